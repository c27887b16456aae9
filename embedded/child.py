"""One child process: how it is born, how it dies with us, where it writes.

Start children from the main thread only: the kernel ties the death signal to the thread that forked.
"""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from embedded.state import Trouble

LOG_BYTES_MAX = 10 * 1024 * 1024
_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass
class Child:
    """What to run and how to end it; `process` is the present incarnation, if any.

    `wave`: at a stop, higher waves end before lower ones, within `stop_within` seconds,
    else by `last_signal`. `prepare` runs before every start, restarts included.
    `unshare`: in a user namespace of its own.
    """

    name: str
    argv: Sequence[str]
    log: Path
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    wave: int = 0
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 3.5  # the waves together stay below 10 s
    last_signal: signal.Signals = signal.SIGKILL
    death_signal: signal.Signals = signal.SIGKILL
    unshare: bool = False
    prepare: Callable[[], None] | None = None
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Starts the process with its output appended to the log. Raises Trouble, OSError."""
        if self.prepare:
            self.prepare()
        rotate(self.log)
        with self.log.open("ab") as log:
            self.process = spawn(
                self.argv, self.death_signal, self.unshare, output=log.fileno(), env=self.env, cwd=self.cwd
            )

    def send(self, number: signal.Signals) -> None:
        """Sends a signal to the process; one that has ended is no error."""
        if self.process is not None and self.alive:
            self.process.send_signal(number)

    def kill(self) -> None:
        """Ends the process and whatever it left in its group, now."""
        if self.process is not None and self.alive:  # once reaped, its number may belong to a stranger
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def tail(self, lines: int = 12) -> str:
        """The last lines of the log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""


def spawn(
    argv: Sequence[str],
    death_signal: signal.Signals = signal.SIGKILL,
    unshare: bool = False,
    *,
    output: int,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> "subprocess.Popen[bytes]":
    """A process in a session of its own (Ctrl-C reaches only us) which gets `death_signal` when we die."""
    parent = os.getpid()

    def before_exec() -> None:
        # The namespace first: a change of credentials clears the death signal.
        if unshare and _libc.unshare(_CLONE_NEWUSER) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # we died before the line above
            os._exit(1)

    try:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=before_exec,  # noqa: PLW1509 - the process has one thread when children start
        )
    except subprocess.SubprocessError as error:
        text = (
            "以 root 运行时需要用户命名空间（user namespace）来启动 PostgreSQL，而本机不允许。"
            "请改用普通用户运行，或设置 BIHUAN_DATABASE_URL 与 BIHUAN_OWNER_URL 使用已有的 PostgreSQL。"
        )
        raise Trouble(text) from error


def rotate(log: Path) -> None:
    """Keeps one older log beside the present one once that has grown past LOG_BYTES_MAX."""
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_suffix(log.suffix + ".1"))
