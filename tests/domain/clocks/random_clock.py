"""Clocks made by hand: what has happened to them, without dates, cards or ladder."""

from collections.abc import Sequence

from domain.clocks.clock import Clock, Extension
from domain.days.calendar import Calendar
from domain.days.counting import Pause
from domain.days.instant import Instant
from domain.days.limit import Limit, Roll


def made(
    calendar: Calendar,
    start: Instant,
    limit: Limit,
    roll: Roll = Roll.NONE,
    more: Sequence[int] = (),
    pauses: Sequence[Pause] = (),
) -> Clock:
    """A clock started at `start`, extended by `more` units each, paused as often; its due date is left to count."""
    return Clock(
        id="handle",
        title="办理",
        limit=limit,
        roll=roll,
        authority="《信访工作条例》第三十四条",
        started_at=start,
        due_at=start,
        internal_due_at=None,
        provisional=False,
        calendar=calendar.version,
        version=1,
        state="paused" if pauses and pauses[-1].ended_at is None else "running",
        extensions=tuple(Extension(n, start, "《信访工作条例》第三十四条第二款") for n in more),
        pauses=tuple(pauses),
    )
