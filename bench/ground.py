"""The ground that figures are taken on: PostgreSQL and Temporal of our own in one directory, gone afterwards."""

import asyncio
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncpg

from bench.register import seed
from embedded import temporal
from embedded.child import Child
from embedded.postgres import Postgres
from embedded.state import State
from embedded.supervisor import Supervisor
from ledger.store.migration import upgrade
from settings import ROOT

START_WITHIN = 60.0  # seconds
TEMPLATE = "bihuan"  # what PostgreSQL calls the database that the others are copied from


@dataclass
class Ground:
    """`with Ground() as ground:`, from the main thread and outside of an event loop."""

    state: State = field(init=False)
    postgres: Postgres = field(init=False)
    supervisor: Supervisor = field(init=False)
    temporal_port: int = field(default=0, init=False)

    def __enter__(self) -> Self:
        self.state = State(Path(tempfile.mkdtemp(prefix="bihuan-bench-")))
        self.state.prepare()
        self.supervisor = Supervisor().__enter__()
        try:
            self._start_postgres()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.supervisor.__exit__(kind, error, trace)
        self.postgres.forget_link()
        shutil.rmtree(self.state.root, ignore_errors=True)

    def _start_postgres(self) -> None:
        self.postgres = Postgres(self.state)
        self.postgres.initialise()
        self.supervisor.start(self.postgres.child)
        self.supervisor.wait(self.postgres.child, self.postgres.ready, START_WITHIN)
        self.postgres.create_roles()
        upgrade(self.postgres.owner_url)
        asyncio.run(seed(self.postgres.owner_url, self.postgres.app_url))

    def start_temporal(self) -> None:
        """Temporal, for the themes that need it; at most one."""
        if self.temporal_port:
            return
        port = temporal.free_port()
        server = temporal.child(self.state, port, None)
        self.supervisor.start(server)
        self.supervisor.wait(server, lambda: temporal.listening(port), START_WITHIN)
        self.temporal_port = port

    @property
    def temporal_address(self) -> str:
        """Host and port of Temporal; `start_temporal` comes first."""
        return f"{temporal.HOST}:{self.temporal_port}"

    def fresh(self, name: str) -> str:
        """A database of this name, empty but for the registers; the application role's address."""
        self.postgres.sql(f'create database "{name}" template "{TEMPLATE}" owner bihuan_owner')
        return self.postgres.url("bihuan", name)

    async def owner(self, name: str) -> "asyncpg.Connection[asyncpg.Record]":
        """A connection of the owner role to a database that `fresh` made."""
        return await asyncpg.connect(self.postgres.url("bihuan_owner", name))

    def checkpoint(self) -> None:
        """Write PostgreSQL's dirty pages to disk, so that each contender begins with as few as the others."""
        self.postgres.sql("checkpoint")

    def start_worker(self, url: str) -> Child:
        """The product's own worker on a database; `stop` ends it."""
        env = {name: value for name, value in os.environ.items() if not name.startswith(("TEMPORAL_", "BIHUAN_"))}
        env |= {"BIHUAN_DATABASE_URL": url, "PYTHONUNBUFFERED": "1", "TEMPORAL_CONFIG_FILE": os.devnull}
        env |= {"TEMPORAL_ADDRESS": self.temporal_address, "TEMPORAL_NAMESPACE": "default"}
        argv = [sys.executable, "-m", "worker"]
        worker = Child("后台", argv, self.state.log / "worker.log", env=env, cwd=ROOT, wave=2)
        self.supervisor.start(worker)
        return worker

    def stop(self, child: Child) -> None:
        """End a child before the others."""
        self.supervisor.wards = [ward for ward in self.supervisor.wards if ward.child is not child]
        child.send(child.stop_signal)
        if child.process is not None:
            child.process.wait(10)
