"""What a killed run may leave of PostgreSQL: processes still ending, and pid files that name strangers."""

import os
import signal
import time
from pathlib import Path

from embedded.state import Trouble

# How long each signal is given, in seconds: fast shutdown, immediate shutdown, the kernel's.
_STEPS = ((signal.SIGINT, 6.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 2.0))


def clear(data: Path, sockets: Path) -> None:
    """Ends what still runs on `data`, then removes its pid files. Raises Trouble when something will not end.

    Call it under the state's lock only: then whatever runs there has lost its parent. The pid files go as
    PostgreSQL refuses to start when the number in them has meanwhile been given to any other process; its own
    guard against old backends (shared memory) is not needed, as no process is left in the directory.
    """
    for number, within in _STEPS:
        deadline = time.monotonic() + within
        _send(data, number)
        while tenants(data):
            if time.monotonic() > deadline:
                break
            time.sleep(0.02)
        else:
            break
    else:
        raise Trouble(f"上次遗留的 PostgreSQL 进程无法结束：{tenants(data)}")
    (data / "postmaster.pid").unlink(missing_ok=True)
    for lock in sockets.glob(".s.PGSQL.*"):
        lock.unlink()


def tenants(data: Path) -> list[int]:
    """The processes of PostgreSQL, postmaster and backends, that work in `data`."""
    processes = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [int(process.name) for process in processes if _works_in(process, data)]


def _works_in(process: Path, data: Path) -> bool:
    try:
        program = (process / "exe").readlink().name
        return program.startswith("postgres") and (process / "cwd").samefile(data)
    except OSError:  # ended meanwhile, or somebody else's
        return False


def _send(data: Path, number: signal.Signals) -> None:
    running = tenants(data)
    try:
        postmaster = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        postmaster = 0
    # Backends without a postmaster end by themselves; a signal of ours is only for those who would not.
    for pid in running if number == signal.SIGKILL else [pid for pid in running if pid == postmaster]:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
