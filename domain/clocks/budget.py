"""The budget of a clock at some instant: what is used up and what is left, exact in the clock's own units."""

from dataclasses import dataclass
from datetime import timedelta

from domain.clocks.clock import Clock
from domain.clocks.schedule import spanned
from domain.days.calendar import Calendar
from domain.days.counting import MICROSECOND, running, unrolled, working_days
from domain.days.instant import Instant, day_of
from domain.days.limit import TimeUnit


@dataclass(frozen=True, slots=True)
class Budget:
    """`whole` is the limit with its extensions, `consumed` and `left` its parts; `left` is negative once the limit
    itself is over: when late, and on the days off from which a due date has rolled.

    In seconds for limits in hours and less; otherwise in days or working days, for which a day is used up once it
    has begun running. `running` and `paused` are the time since the start, whatever is counted.
    """

    unit: str
    whole: int
    consumed: int
    left: int
    running: timedelta
    paused: timedelta


def budget(calendar: Calendar, clock: Clock, at: Instant) -> Budget:
    """How the clock stands at `at`, not before its start."""
    spans = [(begin, min(end or at, at)) for begin, end in running(clock.started_at, clock.pauses) if begin <= at]
    ran = sum(((end - begin) for begin, end in spans), timedelta())
    paused = at - clock.started_at - ran
    limit = spanned(calendar, clock)
    if limit.duration is not None:
        whole, consumed, unit = limit.duration // timedelta(seconds=1), ran // timedelta(seconds=1), "second"
    else:
        first = day_of(clock.started_at)
        by_working_day = limit.unit is TimeUnit.WORKING_DAY
        whole = limit.n if by_working_day else (unrolled(first, limit) - first).days
        unit = TimeUnit.WORKING_DAY.value if by_working_day else TimeUnit.DAY.value
        days = [(day_of(begin), day_of(end - MICROSECOND)) for begin, end in spans if end > begin]
        consumed = sum(
            working_days(calendar, begin, end) if by_working_day else (end - begin).days for begin, end in days
        )
    return Budget(unit, whole, consumed, whole - consumed, ran, paused)
