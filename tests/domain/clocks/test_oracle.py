"""The engine against an independent reading of the rules: ten thousand clocks, and the vectors of the requirements."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

import pytest

from domain.clocks.budget import budget
from domain.clocks.clock import Clock
from domain.days.calendar import Calendar, DaysOff, MakeupDay, YearDocument
from domain.days.counting import Pause, count
from domain.days.instant import SHANGHAI, Instant
from domain.days.limit import Limit, Roll, TimeUnit
from tests.domain.clocks import oracle
from tests.domain.clocks.random_clock import made
from tests.domain.days.test_counting import VECTORS
from tests.domain.scene import calendar, when

CLOCKS = 10_000
SEED = 20261123


def days(held: Calendar) -> oracle.Days:
    """A calendar as plain sets."""
    documents = held.documents
    return oracle.Days(
        frozenset(day for one in documents for day, _ in one.off_days()),
        frozenset(day for one in documents for day, _ in one.work_days()),
        frozenset(one.year for one in documents),
    )


def a_calendar(dice: Random) -> Calendar:
    """Some of five years published, each with holidays and make-up days anywhere."""
    years = [year for year in range(2024, 2029) if dice.random() < 0.75]
    return Calendar(_year(dice, year) for year in years)


def _year(dice: Random, year: int) -> YearDocument:
    first = date(year, 1, 1)
    length = (date(year + 1, 1, 1) - first).days
    spans: list[tuple[date, date]] = []
    place = 0
    while (place := place + dice.randrange(60)) < length:
        end = min(place + dice.randrange(10), length - 1)
        spans.append((first + timedelta(days=place), first + timedelta(days=end)))
        place = end + 1
    off = {begin + timedelta(days=n) for begin, end in spans for n in range((end - begin).days + 1)}
    weekends = [day for n in range(length) if (day := first + timedelta(days=n)).weekday() > 4 and day not in off]
    return YearDocument(
        year=year,
        version=1,
        source="掷骰",
        off=tuple(DaysOff(first=begin, last=end, name="放假") for begin, end in spans),
        work=tuple(MakeupDay(date=day, name="放假") for day in dice.sample(weekends, 8)),
    )


@dataclass(frozen=True)
class Told:
    """A clock, and the same as plain data."""

    held: Calendar
    days: oracle.Days
    clock: Clock
    pauses: list[tuple[Instant, Instant | None]]

    def due(self) -> oracle.Answer | None:
        limit = self.clock.budget
        return oracle.due(self.clock.started_at, limit.n, str(limit.unit), self.clock.roll, self.pauses, self.days)


def moment(dice: Random, earliest: Instant, most: int) -> Instant:
    """An instant up to so many days later, often a midnight, sometimes `earliest` itself."""
    at = earliest + timedelta(seconds=dice.randrange(most * 86_400)) * dice.choice([0, 1, 1, 1, 1])
    midnight = at.replace(hour=0, minute=0, second=0)
    return midnight if dice.random() < 0.3 and midnight >= earliest else at


def clocks() -> Iterator[Told]:
    """As many as CLOCKS, always the same."""
    dice = Random(SEED)
    shelf = [(held, days(held)) for held in (a_calendar(dice) for _ in range(60))]
    for _ in range(CLOCKS):
        held, plain = dice.choice(shelf)
        unit = dice.choice(list(TimeUnit))
        start = moment(dice, datetime(2024, 10, 1, tzinfo=SHANGHAI), 1200)
        most = {TimeUnit.SECOND: 10**6, TimeUnit.MINUTE: 20_000, TimeUnit.HOUR: 400, TimeUnit.MONTH: 3}.get(unit, 40)
        limit = Limit(dice.randrange(unit.value in oracle.SECONDS, most), unit)
        more = [dice.randrange(1, 20) for _ in range(dice.choice([0, 0, 1, 2]))]
        pauses: list[Pause] = []
        at = start
        for _ in range(dice.choice([0, 1, 1, 2, 3])):
            began = moment(dice, at, 25)
            at = moment(dice, began, 25)
            pauses.append(Pause(began, at, "hearing"))
        if pauses and dice.random() < 0.1:
            pauses[-1] = Pause(pauses[-1].began_at, None, "hearing")
        clock = made(held, start, limit, dice.choice(list(Roll)), more, pauses)
        yield Told(held, plain, clock, [(each.began_at, each.ended_at) for each in pauses])


def test_ten_thousand_clocks_are_due_when_an_independent_count_says(capsys: pytest.CaptureFixture[str]) -> None:
    seen = 0
    for told in clocks():
        seen += 1
        clock, answer = told.clock, told.due()
        counted = (told.held, clock.started_at, clock.budget, Roll(clock.roll), clock.pauses)
        if answer is None:
            with pytest.raises(ValueError, match="lasts"):
                count(*counted)
            continue
        due = count(*counted)
        assert oracle.Answer(due.due_at, due.last_day, due.provisional) == answer, clock
        assert count(told.held, clock.started_at, clock.budget, Roll(clock.roll), clock.pauses).due_at == answer.due_at
    with capsys.disabled():
        print(f" {seen} clocks agree ", end="")
    assert seen == CLOCKS


def test_the_budget_of_ten_thousand_clocks_adds_up_and_leads_to_the_same_due_date() -> None:
    dice, recounted = Random(SEED + 1), 0
    for told in clocks():
        clock, answer = told.clock, told.due()
        at = moment(dice, clock.started_at, 60)
        stands = budget(told.held, clock, at)
        unit = str(clock.limit.unit)
        whole = oracle.span(clock.started_at, clock.budget.n, unit) * oracle.SECONDS.get(unit, 1)
        assert (stands.whole, stands.consumed + stands.left) == (whole, whole), clock
        assert stands.consumed == oracle.used(clock.started_at, unit, told.pauses, told.days, at), (clock, at)
        assert stands.running + stands.paused == at - clock.started_at
        known = [pause for pause in clock.pauses if pause.began_at <= at]
        paused = bool(known) and (known[-1].ended_at is None or known[-1].ended_at > at)
        goes_on = known[-1].ended_at if paused else at
        at_midnight = not paused and at == at.replace(hour=0, minute=0, second=0)  # a start there would lose that day
        if answer is None or goes_on is None or at >= answer.due_at or at_midnight:
            continue
        # What is left, counted from there under the pauses still to come, ends when the whole does.
        rest = Limit(max(stands.left, 0), TimeUnit(stands.unit))
        later = clock.pauses[len(known) :]
        assert count(told.held, goes_on, rest, Roll(clock.roll), later).due_at == answer.due_at, (clock, at)
        recounted += 1
    assert recounted > CLOCKS // 4


@pytest.mark.parametrize(("limit", "roll", "start", "last", "provisional"), VECTORS)
def test_the_oracle_knows_the_vectors(limit: str, roll: Roll, start: str, last: str, provisional: bool) -> None:
    parsed = Limit.parse(limit)
    answer = oracle.due(when(f"{start} 09:30"), parsed.n, str(parsed.unit), str(roll), [], days(calendar()))
    assert answer is not None
    assert (answer.last_day, answer.provisional) == (date.fromisoformat(last), provisional)
