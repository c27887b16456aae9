"""What a benchmark prints: rows, each a figure with its spread beside its target."""

import asyncio
import gc
import statistics
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Pace:
    """How much to do: rounds of every contender, and a factor on the amounts of a full run."""

    rounds: int
    share: float

    def of(self, amount: int, least: int = 1) -> int:
        """The part of `amount` that this run does."""
        return max(least, round(amount * self.share))


FULL = Pace(5, 1.0)
QUICK = Pace(2, 0.12)


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over several rounds."""

    median: float
    least: float
    most: float
    count: int

    @classmethod
    def over(cls, values: Sequence[float]) -> "Spread":
        """Median, minimum and maximum. Raises ValueError when there is none."""
        return cls(statistics.median(values), min(values), max(values), len(values))

    def shown(self, unit: str) -> str:
        """For people: `0.62×（0.58–0.66）`."""
        middle = f"{_number(self.median)}{unit}"
        return middle if self.count == 1 else f"{middle}（{_number(self.least)}–{_number(self.most)}）"


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure is to reach (DESIGN §9)."""

    sign: Literal["≥", "≤"]
    value: float

    def met(self, value: float) -> bool:
        """Whether `value` reaches it."""
        return value >= self.value if self.sign == "≥" else value <= self.value


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One line of the report. Without a target it only informs; `notes` give the parts and the conditions."""

    title: str
    figure: Spread
    unit: str
    target: Target | None = None
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The row as printed."""
        parts = [self.title, self.figure.shown(self.unit)]
        if self.target is not None:
            reached = "达到" if self.target.met(self.figure.median) else "未达到"
            parts += [f"目标 {self.target.sign} {_number(self.target.value)}{self.unit}", reached]
        return ["  " + "  ".join(parts), *(f"      {note}" for note in self.notes)]


Contender = Callable[[], Awaitable[float]]
Work = Callable[[], Awaitable[object]]


async def interleaved(contenders: Mapping[str, Contender], rounds: int) -> dict[str, list[float]]:
    """What each contender gave in each round, taken in turn: A B A B. Each ends before the next begins."""
    given: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            gc.collect()
            await asyncio.sleep(0.2)
            given[name].append(await contender())
    return given


def ratio(above: Sequence[float], below: Sequence[float]) -> Spread:
    """The ratio round by round."""
    return Spread.over([a / b for a, b in zip(above, below, strict=True)])


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


async def by_callers(count: int, work: Sequence[Work]) -> None:
    """Do all of `work` by `count` callers at once, each taking the next when it has done one."""
    left = iter(work)

    async def caller() -> None:
        for item in left:
            await item()

    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(caller())


def _number(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
