"""Starts children in order, restarts those that die, ends them in order."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Self

from embedded.child import Child
from embedded.state import Trouble

BACKOFF_MIN = 0.2
BACKOFF_MAX = 5.0
STEADY_AFTER = 10.0  # seconds alive after which a death counts as the first again
DEATHS_AT_START_MAX = 4
_TICK = 0.05
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to stop. Not an Exception, so that nothing on the way swallows it."""


@dataclass
class Ward:
    """A child under watch. Times are monotonic seconds."""

    child: Child
    started_at: float
    restart_at: float | None = None
    deaths: int = 0  # in a row


class Supervisor:
    """`with Supervisor(tell) as s: s.start(child); s.wait(child, ready, within); s.run()`

    The first SIGINT, SIGTERM or SIGHUP raises Stopped out of whatever runs.
    Leaving the block ends the children.
    """

    def __init__(self, tell: Callable[[str], None] = lambda _: None) -> None:
        self.tell = tell
        self.wards: list[Ward] = []

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._asked) for number in _SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        self.stop()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _asked(self, _number: int, _frame: FrameType | None) -> None:
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    def start(self, child: Child) -> None:
        """Starts `child` and keeps it alive from now on."""
        ward = Ward(child, time.monotonic())
        self.wards.append(ward)
        child.start()

    def wait(self, child: Child, ready: Callable[[], bool], within: float) -> None:
        """Watches until `ready()`. Raises Trouble with the end of the log when it does not come to that."""
        deadline = time.monotonic() + within
        while not ready():
            self.tick()
            ward = next(ward for ward in self.wards if ward.child is child)
            if ward.deaths >= DEATHS_AT_START_MAX or time.monotonic() > deadline:
                raise Trouble(f"{child.name} 未能启动。日志 {child.log} 的末尾：\n{child.tail()}")
            time.sleep(_TICK)

    def run(self) -> None:
        """Watches for ever; ends by Stopped."""
        while True:
            self.tick()
            time.sleep(_TICK)

    def tick(self) -> None:
        """Notices deaths and restarts what is due."""
        now = time.monotonic()
        for ward in self.wards:
            if ward.restart_at is None and not ward.child.alive:
                self._mourn(ward, now)
            elif ward.restart_at is not None and ward.restart_at <= now:
                self._restart(ward)

    def _mourn(self, ward: Ward, now: float) -> None:
        ward.deaths = 1 if now - ward.started_at > STEADY_AFTER else ward.deaths + 1
        pause = min(BACKOFF_MAX, BACKOFF_MIN * 2 ** min(ward.deaths - 1, 10))
        ward.restart_at = now + pause
        code = ward.child.process.returncode if ward.child.process else None
        self.tell(f"{ward.child.name} 意外退出（{code}），{pause:.1f} 秒后重启。日志：{ward.child.log}")

    def _restart(self, ward: Ward) -> None:
        ward.restart_at = None
        try:
            ward.child.start()
        except (Trouble, OSError) as error:  # counted as one more death by the next tick
            self.tell(f"{ward.child.name} 无法重启：{error}")
        ward.started_at = time.monotonic()

    def stop(self) -> None:
        """Ends all children, highest wave first. Bounded by the sum of the waves' longest patience."""
        children = [ward.child for ward in self.wards]
        self.wards = []
        for wave in sorted({child.wave for child in children}, reverse=True):
            group = [child for child in children if child.wave == wave]
            for child in group:
                child.send(child.stop_signal)
            _await(group, max(child.stop_within for child in group))
            for child in group:
                child.send(child.last_signal)
            _await(group, 0.5)
            for child in group:
                child.kill()


def _await(children: list[Child], within: float) -> None:
    deadline = time.monotonic() + within
    while any(child.alive for child in children) and time.monotonic() < deadline:
        time.sleep(0.01)
