"""A stage for trials: PostgreSQL, Temporal and workers in one directory. Ends only what it started."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from embedded import temporal
from embedded.child import Child
from embedded.postgres import Postgres
from embedded.state import State
from ledger.store.migration import upgrade
from settings import ROOT

READY_SECONDS = 30.0


def wait(condition: Callable[[], bool], child: Child) -> None:
    """Until `condition` holds. Raises RuntimeError with the end of the child's log if it never does."""
    deadline = time.monotonic() + READY_SECONDS
    while not condition():
        if not child.alive or time.monotonic() > deadline:
            raise RuntimeError(f"{child.name} did not start:\n{child.tail()}")
        time.sleep(0.05)


def end(child: Child) -> None:
    """Ask it to stop; kill it when it does not."""
    child.send(child.stop_signal)
    deadline = time.monotonic() + child.stop_within + 2
    while child.alive and time.monotonic() < deadline:
        time.sleep(0.02)
    child.kill()


class TrialStage:
    """`with Stage(root) as stage:` gives a migrated database and a Temporal; workers are started when wanted.

    Enter it outside of an event loop and from the main thread.
    """

    def __init__(self, root: Path, with_temporal: bool = True) -> None:
        self.state = State(root)
        self.postgres = Postgres(self.state)
        self.port = temporal.free_port()
        self.temporal: Child | None = None
        self.workers: list[Child] = []
        self._with_temporal = with_temporal

    @property
    def url(self) -> str:
        """The application role's database."""
        return self.postgres.app_url

    @property
    def address(self) -> str:
        """Temporal's."""
        return f"{temporal.HOST}:{self.port}"

    def __enter__(self) -> Self:
        self.state.prepare()
        self.postgres.initialise()
        try:
            self.postgres.child.start()
            if self._with_temporal:
                self.start_temporal(wait_for_it=False)
            wait(self.postgres.ready, self.postgres.child)
            self.postgres.create_roles()
            upgrade(self.postgres.owner_url)
            if self.temporal:
                wait(lambda: temporal.listening(self.port), self.temporal)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End everything, workers first."""
        for worker in self.workers:
            end(worker)
        self.stop_temporal()
        end(self.postgres.child)
        self.postgres.forget_link()

    def start_temporal(self, wait_for_it: bool = True) -> None:
        """Start Temporal on the same port and store as before."""
        self.temporal = temporal.child(self.state, self.port, None)
        self.temporal.start()
        if wait_for_it:
            wait(lambda: temporal.listening(self.port), self.temporal)

    def stop_temporal(self) -> None:
        """End Temporal, keeping its store."""
        if self.temporal:
            end(self.temporal)
        self.temporal = None

    def delete_temporal_store(self) -> None:
        """Delete its database file and what belongs to it. Temporal must be stopped."""
        for path in self.state.temporal.parent.glob(self.state.temporal.name + "*"):
            path.unlink()

    def start_worker(self, extra: Mapping[str, str] | None = None, module: str = "worker") -> Child:
        """One more worker process, that knows this stage only. `module`: the product's own, or one that wraps it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TEMPORAL_", "BIHUAN_"))}
        environment = {"BIHUAN_DATABASE_URL": self.url, "TEMPORAL_ADDRESS": self.address, "PYTHONPATH": str(ROOT)}
        log = self.state.log / f"worker{len(self.workers)}.log"
        worker = Child(
            "worker", (sys.executable, "-m", module), log,
            env=kept | environment | dict(extra or {}), cwd=self.state.root, stop_within=5,
        )  # fmt: skip
        worker.start()
        self.workers.append(worker)
        return worker
