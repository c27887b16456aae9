"""Counting: from a start and a limit to the first late instant, and the instants derived from it.

The first day is excluded and the day ends at 24:00 in Shanghai (民法典 201, 203); limits in seconds, minutes
or hours run through nights and days off and never roll.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.days.calendar import Calendar
from domain.days.instant import ONE_DAY, Instant, day_of, end_of, midnight, utc
from domain.days.limit import Limit, Roll, TimeUnit

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """A time that does not count; `ended_at` is None while it lasts."""

    began_at: Instant
    ended_at: Instant | None
    ground: str


@dataclass(frozen=True, slots=True)
class Due:
    """`due_at` is the first late instant; `last_day` the last day on time, None for limits in hours and less.

    `provisional`: counting or rolling consulted a year whose days off are not published.
    """

    due_at: Instant
    last_day: date | None
    provisional: bool


def count(
    calendar: Calendar, start: Instant, limit: Limit, roll: Roll = Roll.NONE, pauses: Sequence[Pause] = ()
) -> Due:
    """When `limit`, running from `start` but not in `pauses` (ended ones, in order), is over.

    A day counts if the limit was running when it began: so the first day is excluded, and so is that of resuming.
    A limit whose last day, rolled or not, was cut short by a pause has the day of resuming for its end, which rolls
    in its turn. Raises ValueError for a start without zone.
    """
    if limit.duration is not None:
        return Due(_run_out(start, limit.duration, pauses), None, False)
    last, provisional = _last_day(calendar, start, limit, roll, pauses)
    return Due(end_of(last), last, provisional)


def count_until(calendar: Calendar, start: Instant, until: Instant, more: Limit, pauses: Sequence[Pause] = ()) -> Due:
    """The first late instant where a form named the last moment: right after it, later by the pauses and by `more`."""
    first_late = utc(until) + MICROSECOND
    # Already late at its start: pauses do not move the due date.
    due = Due(first_late if first_late <= start else _run_out(start, first_late - start, pauses), None, False)
    return after(calendar, due, more)


def running(start: Instant, pauses: Sequence[Pause]) -> Iterator[tuple[Instant, Instant | None]]:
    """The spans (begin, end) from `start` on that lie in no pause; the last end is None unless a pause still lasts."""
    for pause in pauses:
        if pause.began_at > start:
            yield start, pause.began_at
        if pause.ended_at is None:
            return
        start = pause.ended_at
    yield start, None


def _run_out(start: Instant, left: timedelta, pauses: Sequence[Pause]) -> Instant:
    for begin, end in running(utc(start), pauses):
        if end is None or begin + left <= end:
            return utc(begin + left)
        left -= end - begin
    raise ValueError("a pause that lasts has no end to count from")


def _last_day(
    calendar: Calendar, start: Instant, limit: Limit, roll: Roll, pauses: Sequence[Pause]
) -> tuple[date, bool]:
    """The last day, and whether it is provisional."""
    by_working_day = limit.unit is TimeUnit.WORKING_DAY
    first = day_of(start)
    left = limit.n if by_working_day else (unrolled(first, limit) - first).days
    provisional = False
    for begin, end in running(start, pauses):
        first = day_of(begin)
        day = _working_days_after(calendar, first, left) if by_working_day else first + left * ONE_DAY
        if end is None or end_of(day) <= end:
            last = calendar.working_day_from(day) if roll == Roll.FORWARD else day
            whole = end is None or end_of(last) <= end
            provisional = provisional or (by_working_day and left > 0 and calendar.provisional(first + ONE_DAY, day))
            if roll == Roll.FORWARD:  # the days asked about are those that ended before a pause
                asked = last if end is None or whole else day_of(end) - ONE_DAY
                provisional = provisional or calendar.provisional(day, asked)
            if whole:
                return last, provisional
            left = 0
            continue
        final = day_of(end - MICROSECOND)  # the last day that was running when it began
        if final > first:
            left -= working_days(calendar, first, final) if by_working_day else (final - first).days
            provisional = provisional or (by_working_day and calendar.provisional(first + ONE_DAY, final))
    raise ValueError("a pause that lasts has no end to count from")


def working_days(calendar: Calendar, first: date, last: date) -> int:
    """How many days after `first`, up to `last`, are worked."""
    return sum(calendar.is_working(first + n * ONE_DAY) for n in range(1, (last - first).days + 1))


def _working_days_after(calendar: Calendar, day: date, n: int) -> date:
    while n:
        day += ONE_DAY
        n -= calendar.is_working(day)
    return day


def unrolled(first: date, limit: Limit) -> date:
    """The last day of a limit in days or months before any rolling; `first` is excluded."""
    return shift(first, limit.n) if limit.unit is TimeUnit.MONTH else first + limit.n * ONE_DAY


def shift(day: date, months: int) -> date:
    """The corresponding day so many months on, or that month's last day when it has none (民法典 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def share_of(start: Instant, due_at: Instant, numerator: int, denominator: int) -> Instant:
    """When numerator/denominator of the time from `start` to `due_at` is used up, rounded to the earlier."""
    return utc(start) + (due_at - start) * numerator // denominator


def internal_due(
    calendar: Calendar,
    start: Instant,
    limit: Limit,
    due: Due,
    share: tuple[int, int] = (4, 5),
    pauses: Sequence[Pause] = (),
) -> Instant:
    """An office's own, earlier date: `share` of the limit, rounded to the earlier whole day, never rolled.

    Months are taken as the days they come to. 0 days give `share` of the time from `start` to `due`.
    """
    numerator, denominator = share
    if limit.duration is not None:
        return _run_out(start, limit.duration * numerator // denominator, pauses)
    if limit.n == 0:
        return share_of(start, due.due_at, numerator, denominator)
    n = limit.n
    if limit.unit is TimeUnit.MONTH:
        first = day_of(start)
        n = (unrolled(first, limit) - first).days
    unit = TimeUnit.WORKING_DAY if limit.unit is TimeUnit.WORKING_DAY else TimeUnit.DAY
    return count(calendar, start, Limit(n * numerator // denominator, unit), pauses=pauses).due_at


def before(calendar: Calendar, due: Due, limit: Limit) -> tuple[Instant, bool]:
    """The instant at which exactly `limit` is left, and whether it is provisional.

    n working days before: 00:00 of the n-th last working day on or before the last day, so that n whole
    working days are left. Everything else is so much time before `due_at`.
    """
    if limit.n == 0:
        return due.due_at, due.provisional
    if limit.duration is not None:
        return due.due_at - limit.duration, due.provisional
    # A due date of 00:00 sharp has its last instant on time in the day before.
    last = due.last_day or day_of(due.due_at - MICROSECOND)
    if limit.unit is TimeUnit.WORKING_DAY:
        day = _working_days_back(calendar, last, limit.n)
        return midnight(day), due.provisional or calendar.provisional(day, last)
    days = limit.n if limit.unit is TimeUnit.DAY else (last - shift(last, -limit.n)).days
    return due.due_at - days * ONE_DAY, due.provisional


def _working_days_back(calendar: Calendar, last: date, n: int) -> date:
    day = last + ONE_DAY
    while n:
        day -= ONE_DAY
        n -= calendar.is_working(day)
    return day


def after(calendar: Calendar, due: Due, limit: Limit) -> Due:
    """The due date's own successor, `limit` later: a rung of a ladder. n = 0 is the due date itself.

    Days and working days are counted from the last day, or where there is none from the day of `due_at`.
    """
    if limit.n == 0:
        return due
    if limit.duration is not None:
        return Due(due.due_at + limit.duration, None, due.provisional)
    rung = count(calendar, midnight(due.last_day or day_of(due.due_at)), limit)
    return Due(rung.due_at, rung.last_day, due.provisional or rung.provisional)
