"""A whole instance of our own, as `bihuan up` starts it, in a directory that is gone afterwards; and its clients."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.register import PEOPLE, person, seed
from embedded import temporal
from embedded.child import Child, spawn
from embedded.instance import Instance, Plan, migrate
from embedded.postgres import Postgres
from embedded.state import State
from ledger.identity import token
from ledger.store.connection import Writers
from settings import ROOT, read


@contextmanager
def instance(tell: Callable[[str], None]) -> Iterator[Instance]:
    """PostgreSQL, Temporal, one worker and one API, started and ready, with the registers filled."""
    with tempfile.TemporaryDirectory(prefix="bihuan-bench-", ignore_cleanup_errors=True) as directory:
        state = State(Path(directory))
        state.prepare()

        def prepare(owner_url: str) -> None:
            migrate(owner_url)
            asyncio.run(seed(owner_url, Postgres(state).app_url))

        os.environ["BIHUAN_EVIDENCE_DIR"] = str(state.root / "evidence")
        with Instance(Plan(state, port=temporal.free_port(), migrate=prepare), tell) as running:
            running.start()
            yield running


def url(running: Instance) -> str:
    """The application role's database."""
    assert running.postgres is not None
    return running.postgres.app_url


def second(running: Instance, name: str, module: str, **environment: str) -> Child:
    """One more process of `module` on the same instance, under its supervisor."""
    state = running.plan.state
    env = dict(os.environ) | read(state.environment) | {"PYTHONUNBUFFERED": "1"} | environment
    env.pop("BIHUAN_OWNER_URL")
    child = Child(name, [sys.executable, "-m", module], state.log / f"{module}2.log", env=env, cwd=ROOT, wave=2)
    running.supervisor.start(child)
    return child


async def tokens(app_url: str) -> dict[str, str]:
    """A token for everybody who takes part in a life, by post."""
    writers = Writers(app_url, 1)
    made = {post: await token.create(writers, person(post), hat) for post, hat in PEOPLE.items()}
    await writers.close()
    return made


def clients(running: Instance, addresses: list[str], **wanted: Any) -> "tuple[subprocess.Popen[bytes], Path]":
    """The clients, in a process of their own that nobody restarts, and the file that they will leave.

    `wanted`: the other fields of `bench.message.Wanted`.
    """
    root = running.plan.state.root
    report = root / "clients.json"
    wishes = {"addresses": addresses, "tokens": asyncio.run(tokens(url(running))), "report": str(report), **wanted}
    with (running.plan.state.log / "clients.log").open("wb") as log:
        argv = [sys.executable, "-m", "bench.client", json.dumps(wishes)]
        env = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        return spawn(argv, output=log.fileno(), env=env, cwd=ROOT), report


def reported(process: "subprocess.Popen[bytes]", report: Path, log: Path) -> Mapping[str, Any]:
    """What the clients found. Raises RuntimeError with the end of their log when they broke."""
    if process.wait() != 0 or not report.exists():
        raise RuntimeError(f"客户端异常退出：\n{log.read_text(errors='replace')[-2000:]}")
    found: Mapping[str, Any] = json.loads(report.read_text())
    return found
