"""An independent reading of the rules of counting: midnight by midnight, asking each whether the clock ran there.

A day counts when the clock ran across the midnight with which it began. The limit is over at the first midnight up to
which the clock ran when nothing is left; one that rolls waits for the end of a day that is worked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone

DAY = timedelta(days=1)
BEIJING = timezone(timedelta(hours=8))
SECONDS = {"second": 1, "minute": 60, "hour": 3600}
Pauses = Sequence[tuple[datetime, datetime | None]]


@dataclass
class Days:
    """What is published: `off` and `worked` against the week, in these `years`. `asked`: which days were."""

    off: frozenset[date]
    worked: frozenset[date]
    years: frozenset[int]
    asked: set[date] = field(default_factory=set)

    def works(self, day: date) -> bool:
        self.asked.add(day)
        return day in self.worked or (day not in self.off and day.isoweekday() < 6)


@dataclass(frozen=True)
class Answer:
    """The first late instant, the last day on time where there is one, and whether they rest on a guess."""

    due_at: datetime
    last_day: date | None
    provisional: bool


def due(start: datetime, n: int, unit: str, roll: str, pauses: Pauses, days: Days) -> Answer | None:
    """When the limit is over; None while a pause lasts before that."""
    days.asked.clear()
    if unit in SECONDS:
        return _hours(start, timedelta(seconds=n * SECONDS[unit]), pauses)
    left = span(start, n, unit)
    midnight = _first_midnight(start)
    while not any(end is None and begin < midnight for begin, end in pauses):
        day_ended = (midnight - DAY).date()
        ran_up_to = not any(begin < midnight and (end is None or midnight <= end) for begin, end in pauses)
        if left == 0 and ran_up_to and (roll == "none" or days.works(day_ended)):
            return Answer(midnight, day_ended, any(day.year not in days.years for day in days.asked))
        if left and _ran_across(midnight, pauses):
            left -= 1 if unit != "working_day" or days.works(midnight.date()) else 0
        midnight += DAY
    return None


def used(start: datetime, unit: str, pauses: Pauses, days: Days, at: datetime) -> int:
    """How much of the limit is used up at `at`: seconds, working days or days."""
    if unit in SECONDS:
        stops = [(min(begin, at), min(end or at, at)) for begin, end in pauses]
        return int((at - start - sum((end - begin for begin, end in stops), timedelta())).total_seconds())
    midnight, count = _first_midnight(start), 0
    while midnight < at:
        count += _ran_across(midnight, pauses) and (unit != "working_day" or days.works(midnight.date()))
        midnight += DAY
    return count


def span(start: datetime, n: int, unit: str) -> int:
    """The limit in days, where it is one in months; otherwise as it stands."""
    if unit != "month":
        return n
    first = start.astimezone(BEIJING).date()
    for short in range(4):  # the corresponding day, or the last that the month has
        try:
            there = date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, first.day - short)
        except ValueError:
            continue
        return (there - first).days
    raise AssertionError(first)


def _hours(start: datetime, length: timedelta, pauses: Pauses) -> Answer | None:
    end = start + length
    for began, ended in pauses:
        if began >= end:
            break
        if ended is None:
            return None
        end += ended - began
    return Answer(end, None, False)


def _first_midnight(start: datetime) -> datetime:
    return datetime.combine(start.astimezone(BEIJING).date() + DAY, time(), BEIJING)


def _ran_across(midnight: datetime, pauses: Pauses) -> bool:
    return not any(begin <= midnight and (end is None or midnight <= end) for begin, end in pauses)
