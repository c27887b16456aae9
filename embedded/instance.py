"""One instance of the whole: which children there are, in what order they start, which variables they get."""

import http.client
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import TracebackType
from typing import Self

from embedded import temporal
from embedded.child import Child
from embedded.postgres import Postgres
from embedded.state import State, Trouble
from embedded.supervisor import Supervisor
from settings import ROOT, write

START_WITHIN = 60.0  # seconds; a first start on a slow disk, crash recovery included


def migrate(owner_url: str) -> None:
    """Brings the schema up to date. Imported only here: Temporal starts meanwhile."""
    importlib.import_module("ledger.store.migration").upgrade(owner_url)


@dataclass(frozen=True)
class Plan:
    """What to start, as the command line and the environment say."""

    state: State
    host: str = "127.0.0.1"
    port: int = 8080
    database_url: str | None = None  # both or neither
    owner_url: str | None = None
    own_temporal: bool = True
    worker: Sequence[str] = (sys.executable, "-m", "worker")
    api: Sequence[str] = (sys.executable, "-m", "api")
    migrate: Callable[[str], None] = migrate
    furnish: Callable[[str], None] = lambda _: None  # what must be in the database before anybody asks


@dataclass
class Instance:
    """`with Instance(plan, tell) as i: i.start(); i.supervisor.run()`; leaving the block ends everything."""

    plan: Plan
    tell: Callable[[str], None]
    supervisor: Supervisor = field(init=False)
    temporal_port: int = field(default=0, init=False)
    temporal_pages: str | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        self.supervisor = Supervisor(self.tell).__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.supervisor.__exit__(kind, error, trace)
        self.plan.state.environment.unlink(missing_ok=True)
        if self.postgres:
            self.postgres.forget_link()

    @cached_property
    def postgres(self) -> Postgres | None:
        return None if self.plan.database_url else Postgres(self.plan.state)

    def start(self) -> None:
        """Everything up and `/readyz` answering, or Trouble. Temporal starts while the database does."""
        plan = self.plan
        if temporal.listening(plan.port, self.probe_host) or not temporal.bindable(plan.port, plan.host):
            raise Trouble(f"端口 {plan.port} 已被占用或不能使用，请用 --port 另选。")
        server = self._start_temporal() if plan.own_temporal else None
        self.tell("[1/4] 启动数据库 …")
        self._start_postgres()
        self.tell("[2/4] 更新数据库结构 …")
        plan.migrate(self._owner_url)
        plan.furnish(self._environment()["BIHUAN_DATABASE_URL"])
        write(plan.state.environment, self._environment() | {"BIHUAN_OWNER_URL": self._owner_url})
        api = self._python("接口", plan.api, "api")
        self.supervisor.start(api)
        self.tell("[3/4] 启动流程引擎 …")
        if server:
            self.supervisor.wait(server, lambda: temporal.listening(self.temporal_port), START_WITHIN)
        self.supervisor.start(self._python("后台", plan.worker, "worker"))
        self.tell("[4/4] 启动接口与后台 …")
        self.supervisor.wait(api, self.answers, START_WITHIN)

    def answers(self) -> bool:
        """Whether `/readyz` says 200."""
        connection = http.client.HTTPConnection(self.probe_host, self.plan.port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    @property
    def probe_host(self) -> str:
        return "127.0.0.1" if self.plan.host == "0.0.0.0" else self.plan.host  # noqa: S104 - compared, not bound

    @property
    def address(self) -> str:
        return f"http://{self.probe_host}:{self.plan.port}"

    def _start_temporal(self) -> Child:
        # The port that was asked for is the API's, which takes it last.
        self.temporal_port = temporal.free_port(7233, but=(self.plan.port,))
        pages = temporal.free_port(8233, but=(self.plan.port, self.temporal_port))
        self.temporal_pages = f"http://{temporal.HOST}:{pages}"
        server = temporal.child(self.plan.state, self.temporal_port, pages)
        self.supervisor.start(server)
        return server

    def _start_postgres(self) -> None:
        if self.postgres is None:
            return
        self.postgres.initialise()
        self.supervisor.start(self.postgres.child)
        self.supervisor.wait(self.postgres.child, self.postgres.ready, START_WITHIN)
        self.postgres.create_roles()

    @property
    def _owner_url(self) -> str:
        return self.postgres.owner_url if self.postgres else self.plan.owner_url or ""

    def _environment(self) -> dict[str, str]:
        """The variables that children and other commands get."""
        url = self.postgres.app_url if self.postgres else self.plan.database_url or ""
        environment = {"BIHUAN_DATABASE_URL": url, "BIHUAN_HOST": self.plan.host, "BIHUAN_PORT": str(self.plan.port)}
        evidence = os.environ.get("BIHUAN_EVIDENCE_DIR") or str(self.plan.state.root / "evidence")
        environment["BIHUAN_EVIDENCE_DIR"] = evidence
        if self.plan.own_temporal:  # no profile of the user's may add credentials meant for another server
            address = f"{temporal.HOST}:{self.temporal_port}"
            environment |= {"TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": "default"}
            environment |= {"TEMPORAL_CONFIG_FILE": os.devnull}
        return environment

    def _python(self, name: str, argv: Sequence[str], log: str) -> Child:
        env = dict(os.environ)
        if self.plan.own_temporal:
            env = {key: value for key, value in env.items() if not key.startswith("TEMPORAL_")}
        env.pop("BIHUAN_OWNER_URL", None)  # only migrations may change the schema
        env |= self._environment() | {"PYTHONUNBUFFERED": "1"}
        return Child(name, argv, self.plan.state.log / f"{log}.log", env=env, cwd=ROOT, wave=2)


def plan(state: State, host: str, port: int) -> Plan:
    """The plan for this environment. Raises Trouble when only one of the two database addresses is given."""
    database_url, owner_url = os.environ.get("BIHUAN_DATABASE_URL"), os.environ.get("BIHUAN_OWNER_URL")
    if bool(database_url) != bool(owner_url):
        raise Trouble("BIHUAN_DATABASE_URL（应用角色）与 BIHUAN_OWNER_URL（结构所有者）须同时设置。")
    own_temporal = not os.environ.get("TEMPORAL_ADDRESS") and not os.environ.get("TEMPORAL_PROFILE")
    return Plan(state, host, port, database_url, owner_url, own_temporal)
