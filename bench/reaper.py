"""Deaths at random moments and at chosen ones: workers, Temporal, PostgreSQL, each by the id of its process."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.virtual import Virtual
from embedded.child import Child

TEMPORAL, POSTGRES, WORKERS = "Temporal", "PostgreSQL", ("后台一", "后台二")
BEFORE_SECONDS, AFTER_SECONDS = 0.6, 1.2  # a death that must span an instant begins and ends so far from it
VICTIMS = ((WORKERS[0],), (WORKERS[1],), WORKERS, (TEMPORAL,), (TEMPORAL, *WORKERS))
DOWN_SECONDS = 0.3, 3.0
APART_SECONDS = 5.0
SPANS = 2  # of each kind: on a busy machine one may come too late
POLL_SECONDS = 0.05
READY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Blow:
    """Whom to kill at `at` (real), and for how long. `spans`: the virtual instant to be slept through."""

    at: datetime
    victims: tuple[str, ...]
    down_seconds: float
    spans: datetime | None = None


def planned(
    chance: random.Random, time: Virtual, kills: int, firsts: Sequence[datetime], mondays: Sequence[datetime]
) -> list[Blow]:
    """So many deaths at most, never close together; some span the first of a month, or a Monday at eight."""
    real_end = time.begun + time.whole / time.speed
    inner = [first for first in firsts if time.real(first) - timedelta(seconds=3) > time.begun]
    middle = time.begun + (real_end - time.begun) * chance.uniform(0.4, 0.6)
    blows = [Blow(middle, (POSTGRES,), 0.2)]

    def free(at: datetime) -> bool:
        return not any(_near(at, blow.at) for blow in blows)

    def span(instants: Sequence[datetime], victims: tuple[str, ...]) -> None:
        before = timedelta(seconds=BEFORE_SECONDS)
        open_to = [each for each in instants if free(time.real(each) - before)]
        if open_to and len(blows) < kills:
            instant = chance.choice(open_to)
            blows.append(Blow(time.real(instant) - before, victims, BEFORE_SECONDS + AFTER_SECONDS, instant))

    for _ in range(SPANS):
        span(inner, (TEMPORAL,))
        span(mondays, WORKERS)
        span(inner, (TEMPORAL, *WORKERS))
    for _ in range(kills * 20):
        at = time.begun + (real_end - time.begun) * chance.random()
        if len(blows) < kills and free(at):
            blows.append(Blow(at, chance.choice(VICTIMS), chance.uniform(*DOWN_SECONDS)))
    return sorted(blows, key=lambda blow: blow.at)


def _near(one: datetime, other: datetime) -> bool:
    return abs((one - other).total_seconds()) < APART_SECONDS


class Reaper:
    """Deals the blows. `ready`: what tells that one is back, where its users cannot wait for it themselves."""

    def __init__(self, time: Virtual, children: Mapping[str, Child], ready: Mapping[str, Callable[[], bool]]) -> None:
        self._time = time
        self._children = children
        self._ready = ready
        self.killed: Counter[str] = Counter()
        self.deaths: list[str] = []
        self.spanned: dict[tuple[str, ...], list[str]] = {}
        self.missed: list[str] = []

    async def work(self, blows: Sequence[Blow]) -> None:
        """All of them, in order; one that comes while another lasts comes after it."""
        self.spanned = {blow.victims: [] for blow in blows if blow.spans}
        for blow in blows:
            await asyncio.sleep(max(0.0, (blow.at - datetime.now(UTC)).total_seconds()))
            await self._deal(blow)

    async def _deal(self, blow: Blow) -> None:
        died = datetime.now(UTC)
        victims = [self._children[name] for name in blow.victims]
        for name, child in zip(blow.victims, victims, strict=True):
            # SIGQUIT is PostgreSQL's immediate shutdown: it recovers afterwards as after a crash.
            child.send(signal.SIGQUIT if name == POSTGRES else signal.SIGKILL)
            self.killed[name] += 1
        while any(child.alive for child in victims):  # noqa: ASYNC110 - a process of the kernel's
            await asyncio.sleep(POLL_SECONDS)
        await asyncio.sleep(blow.down_seconds)
        back = datetime.now(UTC)
        self.deaths.append(f"{_there(self._time(died))[5:10]} {'、'.join(blow.victims)}")
        for child in victims:
            child.start()
        if blow.spans is not None:
            words = f"{'、'.join(blow.victims)} 停着度过 {_there(blow.spans)}"
            spanned = self._time(died) < blow.spans < self._time(back)
            (self.spanned[blow.victims] if spanned else self.missed).append(words)
        async with asyncio.timeout(READY_SECONDS):
            for name in blow.victims:
                while not self._ready.get(name, _at_once)():  # noqa: ASYNC110
                    await asyncio.sleep(POLL_SECONDS)


def _at_once() -> bool:
    return True


def _there(at: datetime) -> str:
    return (at + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")
