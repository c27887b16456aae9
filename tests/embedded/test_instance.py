import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embedded import leftover
from embedded.instance import plan
from embedded.postgres import Postgres
from embedded.state import State, Trouble
from embedded.temporal import free_port, listening
from settings import Settings, read

STAND_IN = Path(__file__).with_name("stand_in.py")
Process = subprocess.Popen[str]


class Run:
    """Starts instances on one state and finds every process that belongs to them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.port = free_port()
        self.mark = f"BIHUAN_TEST={uuid.uuid4()}"
        self.parents: list[Process] = []

    def start(self) -> Process:
        argv = [sys.executable, str(STAND_IN), str(self.root), str(self.port)]
        env = os.environ | dict([self.mark.split("=")])
        parent = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=env)
        self.parents.append(parent)
        return parent

    def ready(self) -> Process:
        parent = self.start()
        assert parent.stdout
        lines = iter(parent.stdout.readline, "")
        said = []
        for line in lines:
            said.append(line)
            if line == "ready\n":
                return parent
        pytest.fail("".join(said))

    def processes(self) -> dict[int, str]:
        backends = leftover.tenants(self.root / "postgres")  # these overwrite their environment
        found = dict.fromkeys(backends, "")
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and self.mark.encode() in (entry / "environ").read_bytes():
                    found[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
        return found

    def pid(self, part: str) -> int:
        return next((pid for pid, command in self.processes().items() if part in command), 0)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path / "var")
    yield run
    for parent in run.parents:
        parent.kill()
        parent.communicate()


def until(happened: Callable[[], object], within: float) -> float:
    began = time.monotonic()
    while not happened():
        assert time.monotonic() - began < within
        time.sleep(0.05)
    return time.monotonic() - began


def test_interrupted_instance_ends_in_order_and_starts_again(run: Run) -> None:
    parent = run.ready()
    assert read(run.root / "run" / "environment")["BIHUAN_PORT"] == str(run.port)
    assert len(run.processes()) > 5
    parent.send_signal(signal.SIGINT)
    assert parent.wait(60) == 0
    assert not run.processes()
    assert not list((run.root / "run").iterdir())
    assert "shut down" in (run.root / "log" / "postgres.log").read_text().splitlines()[-1]
    run.ready()


def test_no_child_survives_a_killed_parent_and_nothing_is_lost(run: Run) -> None:
    parent = run.ready()
    database = Postgres(State(run.root))
    database.sql("CREATE TABLE kept AS SELECT 42 AS n", "bihuan")
    parent.kill()
    run.ready()  # at once, while the old ones may still be ending
    assert database.sql("SELECT n FROM kept", "bihuan") == "42"
    run.parents[-1].kill()
    until(lambda: not run.processes(), 60)


@pytest.mark.parametrize("part", ["start-dev", "TEMPORAL_ADDRESS", "serve_forever", "bin/postgres"])
def test_every_killed_child_is_replaced(run: Run, part: str) -> None:
    run.ready()
    before = run.pid(part)
    temporal = int(read(run.root / "run" / "environment")["TEMPORAL_ADDRESS"].rsplit(":", 1)[1])
    os.kill(before, signal.SIGKILL)
    until(lambda: run.pid(part) not in (0, before), 60)
    until(lambda: listening(run.port) and listening(temporal), 60)
    until(lambda: _answers(Postgres(State(run.root))), 60)


def test_second_start_on_the_same_state_is_refused(run: Run) -> None:
    run.ready()
    second = run.start()
    said, _ = second.communicate(timeout=60)
    assert second.returncode == 1
    assert "正由另一个 bihuan up 使用" in said


def test_taken_port_is_refused_before_anything_starts(run: Run) -> None:
    first = Run(run.root.with_name("other"))
    first.port = run.port
    parent = first.ready()
    said, _ = run.start().communicate(timeout=60)
    assert f"端口 {run.port} 已被占用" in said
    parent.send_signal(signal.SIGTERM)
    parent.communicate(timeout=60)


def test_database_of_ones_own_needs_both_roles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BIHUAN_DATABASE_URL", "postgresql://bihuan@db/bihuan")
    with pytest.raises(Trouble, match="BIHUAN_OWNER_URL"):
        plan(State(tmp_path), "127.0.0.1", 1)
    monkeypatch.setenv("BIHUAN_OWNER_URL", "postgresql://bihuan_owner@db/bihuan")
    assert plan(State(tmp_path), "127.0.0.1", 1).database_url == Settings(port=1).database_url


def _answers(database: Postgres) -> bool:
    try:
        return database.sql("SELECT 1") == "1"
    except Trouble:
        return False
