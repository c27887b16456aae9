import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from embedded import child as child_module
from embedded.child import Child
from embedded.state import Trouble
from embedded.supervisor import Stopped, Supervisor
from settings import ROOT

STUBBORN = "trap '' TERM INT; echo deaf; while :; do sleep 0.1; done"


def child(tmp_path: Path, script: str = "exec sleep 60", **options: float) -> Child:
    return Child("子进程", ["sh", "-c", script], tmp_path / "child.log", stop_within=options.get("stop_within", 4.0))


def until(supervisor: Supervisor, happened: Callable[[], bool], within: float = 60) -> None:
    deadline = time.monotonic() + within
    while not happened():
        assert time.monotonic() < deadline
        supervisor.tick()
        time.sleep(0.02)


def test_killed_child_comes_back_after_a_growing_pause(tmp_path: Path) -> None:
    told: list[str] = []
    one = child(tmp_path)
    with Supervisor(told.append) as supervisor:
        supervisor.start(one)
        for _ in range(2):
            before = one.pid
            one.send(signal.SIGKILL)
            until(supervisor, lambda before=before: one.alive and one.pid != before)  # type: ignore[misc]
    assert "0.2 秒后重启" in told[0]
    assert "0.4 秒后重启" in told[1]
    assert not one.alive


def test_child_that_cannot_start_is_reported_with_its_last_words(tmp_path: Path) -> None:
    one = child(tmp_path, "echo 缺少文件; exit 3")
    with Supervisor() as supervisor:
        supervisor.start(one)
        with pytest.raises(Trouble, match="缺少文件"):
            supervisor.wait(one, lambda: False, 30)


def test_deaf_child_is_killed_at_its_deadline(tmp_path: Path) -> None:
    one = child(tmp_path, STUBBORN, stop_within=0.3)
    with Supervisor() as supervisor:
        supervisor.start(one)
        until(supervisor, lambda: "deaf" in one.tail())
        began = time.monotonic()
    assert not one.alive
    assert time.monotonic() - began >= 0.3


def test_signal_to_us_becomes_an_orderly_stop(tmp_path: Path) -> None:
    one = child(tmp_path)
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Stopped), Supervisor() as supervisor:
        supervisor.start(one)
        os.kill(os.getpid(), signal.SIGTERM)
        supervisor.run()
    assert not one.alive
    assert signal.getsignal(signal.SIGTERM) is before


def test_terminal_signals_do_not_reach_children(tmp_path: Path) -> None:
    one = child(tmp_path)
    with Supervisor() as supervisor:
        supervisor.start(one)
        assert one.pid is not None
        assert os.getsid(one.pid) == one.pid != os.getsid(0)


def test_child_dies_with_a_killed_parent(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from embedded.child import Child\n"
        f"one = Child('x', ['sh', '-c', {STUBBORN!r}], Path(sys.argv[1])); one.start()\n"
        "print(one.pid, flush=True); time.sleep(60)"
    )
    argv = [sys.executable, "-c", code, str(tmp_path / "log")]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        orphan = int(parent.stdout.readline())
        assert Path(f"/proc/{orphan}").exists()
        parent.kill()
    deadline = time.monotonic() + 60
    while _runs(orphan):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_grown_log_makes_way_at_a_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "LOG_BYTES_MAX", 3)
    one = child(tmp_path, "true")
    one.log.write_text("old words")
    one.start()
    assert (tmp_path / "child.log.1").read_text() == "old words"
    one.kill()


def _runs(pid: int) -> bool:
    """Whether it lives; a zombie, which only waits for its new parent, does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
