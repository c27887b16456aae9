"""Instants and days: kept in UTC, shown and counted in Shanghai."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

from pydantic import AwareDatetime

# Fixed, not from the zone database: the database still knows the summer times of 1986 to 1991.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

ONE_DAY = timedelta(days=1)


def utc(instant: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a time without zone, which would mean the machine's."""
    if instant.utcoffset() is None:
        raise ValueError(f"时间缺少时区：{instant.isoformat()}")
    return instant.astimezone(UTC)


Instant = AwareDatetime
"""An aware datetime. Pydantic models refuse a time without zone here (compiled: states hold dozens)."""


def local(instant: Instant) -> datetime:
    """The same instant on the clocks of Shanghai. Raises ValueError for a time without zone."""
    if instant.utcoffset() is None:
        raise ValueError(f"时间缺少时区：{instant.isoformat()}")
    return instant.astimezone(SHANGHAI)


def day_of(instant: Instant) -> date:
    """The day in Shanghai that `instant` belongs to; 24:00 belongs to the day that begins."""
    return local(instant).date()


def midnight(day: date) -> Instant:
    """The first instant of `day` in Shanghai, 00:00+08:00."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def end_of(day: date) -> Instant:
    """The first instant that is no longer `day`: its 24:00, the next day's 00:00+08:00."""
    return midnight(day + ONE_DAY)


@lru_cache(maxsize=16_384)  # a state is shown again and again with the same instants
def rfc3339(instant: Instant) -> str:
    """RFC 3339 with +08:00; microseconds only when there are any: `2026-10-09T00:00:00+08:00`."""
    return local(instant).isoformat()


def shown(due_at: Instant) -> str:
    """A due date for people: `2026-10-08 17:30`, with seconds when there are any.

    A due date is the first late instant, so 00:00 of the 9th is shown as the 8th's end: `2026-10-08 24:00`.
    """
    there = local(due_at)
    if there.time() == time():
        return f"{there.date() - ONE_DAY} 24:00"
    return there.strftime("%Y-%m-%d %H:%M:%S" if there.second else "%Y-%m-%d %H:%M")
