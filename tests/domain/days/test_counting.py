"""Counting: the vectors of the law, an independent count, and what must hold for every start and limit."""

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

import calendars
from domain.clocks.explanation import CountingStep, StepKind, explain
from domain.days.calendar import Calendar
from domain.days.counting import Due, after, before, count, internal_due, share_of, shift
from domain.days.instant import SHANGHAI, Instant, day_of, midnight
from domain.days.limit import Limit, Roll, TimeUnit

CALENDAR = calendars.load()

VECTORS = [
    ("60 days", Roll.FORWARD, "2026-08-02", "2026-10-08", False),
    ("15 days", Roll.FORWARD, "2026-09-16", "2026-10-08", False),
    ("30 days", Roll.FORWARD, "2026-01-16", "2026-02-24", False),
    ("15 days", Roll.FORWARD, "2026-01-30", "2026-02-14", False),
    ("15 days", Roll.NONE, "2026-09-16", "2026-10-01", False),
    ("5 working days", Roll.NONE, "2026-09-29", "2026-10-12", False),
    ("15 working days", Roll.NONE, "2026-02-10", "2026-03-09", False),
    ("2 working days", Roll.NONE, "2026-04-30", "2026-05-07", False),
    ("5 working days", Roll.NONE, "2026-04-30", "2026-05-11", False),
    ("60 days", Roll.FORWARD, "2026-11-23", "2027-01-22", True),
    # beyond the table
    ("60 days", Roll.NONE, "2026-11-23", "2027-01-22", False),
    ("0 days", Roll.NONE, "2026-10-01", "2026-10-01", False),
    ("0 days", Roll.FORWARD, "2026-10-01", "2026-10-08", False),
    ("0 working days", Roll.NONE, "2026-10-01", "2026-10-01", False),
    ("1 working day", Roll.NONE, "2026-12-31", "2027-01-01", True),
    ("1 working day", Roll.NONE, "2026-12-30", "2026-12-31", False),
    ("31 days", Roll.FORWARD, "2026-11-30", "2026-12-31", False),
    ("1 month", Roll.NONE, "2026-01-31", "2026-02-28", False),
    ("1 month", Roll.NONE, "2024-01-31", "2024-02-29", False),
    ("1 month", Roll.FORWARD, "2026-01-31", "2026-02-28", False),  # a working Saturday
    ("3 months", Roll.FORWARD, "2026-07-03", "2026-10-08", False),
    ("12 months", Roll.NONE, "2024-02-29", "2025-02-28", False),
]


def at(text: str) -> Instant:
    """A Shanghai wall-clock time."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def due(limit: str, start: str, roll: Roll = Roll.NONE) -> Due:
    return count(CALENDAR, at(start), Limit.parse(limit), roll)


@pytest.mark.parametrize("time", ["00:00:00", "09:30:00", "23:59:59.999999"])
@pytest.mark.parametrize(("limit", "roll", "start", "last", "provisional"), VECTORS)
def test_vectors(time: str, limit: str, roll: Roll, start: str, last: str, provisional: bool) -> None:
    last_day = date.fromisoformat(last)
    first_late = midnight(last_day + timedelta(days=1))
    assert due(limit, f"{start}T{time}", roll) == Due(first_late, last_day, provisional)


def test_the_day_of_the_start_is_that_of_shanghai() -> None:
    evening_in_utc = datetime(2026, 8, 1, 16, 0, tzinfo=UTC)  # already the 2nd in Shanghai
    assert count(CALENDAR, evening_in_utc, Limit(60, TimeUnit.DAY)).last_day == date(2026, 10, 1)
    assert count(CALENDAR, evening_in_utc - timedelta(seconds=1), Limit(60, TimeUnit.DAY)).last_day == date(2026, 9, 30)


@pytest.mark.parametrize(("limit", "end"), [("24 hours", "2026-10-02T18:30:07"), ("30 minutes", "2026-10-01T19:00:07")])
def test_short_units_run_through_nights_and_holidays_and_never_roll(limit: str, end: str) -> None:
    assert due(limit, "2026-10-01T18:30:07", Roll.FORWARD) == Due(at(end), None, False)


def test_a_start_without_zone_is_refused() -> None:
    for limit in (Limit(1, TimeUnit.DAY), Limit(1, TimeUnit.HOUR)):
        with pytest.raises(ValueError, match="缺少时区"):
            count(CALENDAR, datetime(2026, 1, 1), limit)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("limit", "start", "internal"),
    [
        ("60 days", "2026-08-02T09:00", "2026-09-20T00:00"),  # 48 days
        ("7 days", "2026-08-03T09:00", "2026-08-09T00:00"),  # 5.6 → 5 days
        ("1 day", "2026-08-03T09:00", "2026-08-04T00:00"),  # 0 days: the same day's end
        ("3 working days", "2026-09-29T09:00", "2026-10-09T00:00"),  # 2 working days: 30 September, 8 October
        ("1 month", "2026-01-31T09:00", "2026-02-23T00:00"),  # 28 days → 22
        ("24 hours", "2026-08-03T09:00", "2026-08-04T04:12"),
        ("0 days", "2026-08-03T14:00", "2026-08-03T22:00"),
    ],
)
def test_the_internal_due_is_four_fifths_rounded_earlier(limit: str, start: str, internal: str) -> None:
    found = internal_due(CALENDAR, at(start), Limit.parse(limit), due(limit, start))
    assert found == at(internal)


def test_the_internal_due_does_not_roll_with_the_legal_one() -> None:
    legal = due("15 days", "2026-09-16T09:00", Roll.FORWARD)
    assert internal_due(CALENDAR, at("2026-09-16T09:00"), Limit(15, TimeUnit.DAY), legal) == at("2026-09-29T00:00")


def test_a_share_is_exact() -> None:
    assert share_of(at("2026-08-03T09:00"), at("2026-08-04T09:00"), 3, 4) == at("2026-08-04T03:00")
    assert share_of(at("2026-08-03T09:00"), at("2026-08-03T09:00:01"), 1, 3) == at("2026-08-03T09:00:00.333333")


@pytest.mark.parametrize(
    ("limit", "start", "left", "instant"),
    [
        ("60 days", "2026-08-09", "1 working day", "2026-10-08T00:00"),  # the last day is the 8th, worked
        ("15 days", "2026-09-16", "1 working day", "2026-09-30T00:00"),  # the last day is 1 October, off
        ("5 working days", "2026-09-29", "1 working day", "2026-10-12T00:00"),
        ("5 working days", "2026-09-29", "2 working days", "2026-10-10T00:00"),  # a working Saturday
        ("15 days", "2026-09-16", "0 working days", "2026-10-02T00:00"),
        ("15 days", "2026-09-16", "3 days", "2026-09-29T00:00"),
        ("15 days", "2026-09-16", "6 hours", "2026-10-01T18:00"),
        ("30 days", "2026-03-31", "1 month", "2026-03-31T00:00"),
        ("24 hours", "2026-09-30T10:00", "1 working day", "2026-09-30T00:00"),  # due on a holiday at 10:00
        ("24 hours", "2026-09-30T00:00", "1 working day", "2026-09-30T00:00"),  # due at the 30th's end
        ("72 hours", "2026-09-28T10:00", "1 day", "2026-09-30T10:00"),
    ],
)
def test_before_leaves_exactly_so_much(limit: str, start: str, left: str, instant: str) -> None:
    assert before(CALENDAR, due(limit, start), Limit.parse(left)) == (at(instant), False)


@pytest.mark.parametrize(
    ("limit", "start", "later", "due_at", "last_day"),
    [
        ("15 days", "2026-09-16", "0 days", "2026-10-02T00:00", "2026-10-01"),
        ("15 days", "2026-09-16", "1 working day", "2026-10-09T00:00", "2026-10-08"),
        ("15 days", "2026-09-16", "3 working days", "2026-10-11T00:00", "2026-10-10"),
        ("15 days", "2026-09-16", "1 day", "2026-10-03T00:00", "2026-10-02"),
        ("15 days", "2026-09-16", "2 hours", "2026-10-02T02:00", None),
        ("24 hours", "2026-09-29T10:00", "1 working day", "2026-10-09T00:00", "2026-10-08"),
        ("24 hours", "2026-09-29T10:00", "1 hour", "2026-09-30T11:00", None),
        ("24 hours", "2026-09-29T10:00", "0 hours", "2026-09-30T10:00", None),
    ],
)
def test_a_rung_is_counted_from_the_due_date(
    limit: str, start: str, later: str, due_at: str, last_day: str | None
) -> None:
    expected = Due(at(due_at), date.fromisoformat(last_day) if last_day else None, False)
    assert after(CALENDAR, due(limit, start), Limit.parse(later)) == expected


def test_what_derives_from_a_provisional_date_is_provisional() -> None:
    legal = due("60 days", "2026-11-23", Roll.FORWARD)
    assert before(CALENDAR, legal, Limit(1, TimeUnit.WORKING_DAY)) == (at("2027-01-22"), True)
    assert before(CALENDAR, legal, Limit(6, TimeUnit.HOUR))[1]
    assert after(CALENDAR, legal, Limit(1, TimeUnit.HOUR)).provisional
    last_of_the_year = due("1 day", "2026-12-30")
    assert not last_of_the_year.provisional
    assert after(CALENDAR, last_of_the_year, Limit(1, TimeUnit.WORKING_DAY)).provisional
    assert before(CALENDAR, due("1 day", "2026-12-31"), Limit(1, TimeUnit.WORKING_DAY)) == (
        at("2027-01-01"),
        True,
    )


# For every start and limit

starts = st.datetimes(datetime(2018, 1, 1), datetime(2026, 6, 1), timezones=st.just(SHANGHAI))  # noqa: DTZ001
rolls = st.sampled_from(Roll)
units = st.sampled_from(TimeUnit)
limits = st.builds(Limit, st.integers(0, 90), units)


def naive(start: Instant, limit: Limit, roll: Roll) -> date:
    """The last day, counted with fingers on another calendar."""
    day, left = start.date(), limit.n
    if limit.unit is TimeUnit.MONTH:
        year, month = day.year + (day.month - 1 + left) // 12, (day.month - 1 + left) % 12 + 1
        ends = [n for n in range(1, day.day + 1) if _exists(year, month, n)]
        day, left = date(year, month, ends[-1]), 0
    while left:
        day += timedelta(days=1)
        if limit.unit is TimeUnit.DAY or chinese_calendar.is_workday(day):
            left -= 1
    while roll is Roll.FORWARD and chinese_calendar.is_holiday(day):
        day += timedelta(days=1)
    return day


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


@given(starts, st.integers(0, 90), st.sampled_from([TimeUnit.DAY, TimeUnit.WORKING_DAY]), rolls)
def test_an_independent_count_agrees(start: Instant, n: int, unit: TimeUnit, roll: Roll) -> None:
    assert count(CALENDAR, start, Limit(n, unit), roll).last_day == naive(start, Limit(n, unit), roll)


@given(starts, st.integers(0, 5), rolls)
def test_an_independent_count_of_months_agrees(start: Instant, n: int, roll: Roll) -> None:
    assert count(CALENDAR, start, Limit(n, TimeUnit.MONTH), roll).last_day == naive(
        start, Limit(n, TimeUnit.MONTH), roll
    )


@given(starts, limits, rolls)
def test_nothing_is_due_before_its_start(start: Instant, limit: Limit, roll: Roll) -> None:
    result = count(CALENDAR, start, limit, roll)
    assert result.due_at > start or (limit.n == 0 and result.due_at == start)
    assert result.due_at.tzinfo is UTC
    inner = internal_due(CALENDAR, start, limit, result)
    assert start <= inner <= result.due_at


@given(starts, starts, limits, rolls)
def test_who_starts_later_is_not_due_earlier(one: Instant, other: Instant, limit: Limit, roll: Roll) -> None:
    first, second = sorted((one, other))
    assert count(CALENDAR, first, limit, roll).due_at <= count(CALENDAR, second, limit, roll).due_at


@given(starts, limits, rolls)
def test_a_longer_limit_is_not_due_earlier(start: Instant, limit: Limit, roll: Roll) -> None:
    longer = Limit(limit.n + 1, limit.unit)
    assert count(CALENDAR, start, limit, roll).due_at <= count(CALENDAR, start, longer, roll).due_at


@given(starts, limits, limits, rolls)
def test_before_and_after_lie_on_their_sides(start: Instant, limit: Limit, offset: Limit, roll: Roll) -> None:
    legal = count(CALENDAR, start, limit, roll)
    instant, _ = before(CALENDAR, legal, offset)
    rung = after(CALENDAR, legal, offset)
    if offset.n == 0:
        assert (instant, rung) == (legal.due_at, legal)
    else:
        assert instant < legal.due_at < rung.due_at


@given(st.dates(date(2018, 1, 1), date(2026, 12, 1)), st.integers(-60, 60))
def test_months_reach_the_month_they_name(day: date, months: int) -> None:
    reached = shift(day, months)
    assert (reached.year * 12 + reached.month) - (day.year * 12 + day.month) == months
    assert reached.day == day.day or (reached.day < day.day and (reached + timedelta(days=1)).day == 1)


any_calendar = st.sampled_from([CALENDAR, Calendar(), Calendar(CALENDAR.documents[2:5])])


@given(any_calendar, starts, limits, rolls)
def test_the_explanation_comes_to_the_same(calendar: Calendar, start: Instant, limit: Limit, roll: Roll) -> None:
    result, steps = count(calendar, start, limit, roll), explain(calendar, start, limit, roll)
    assert steps[0].kind is StepKind.START
    assert not steps[0].counted
    assert (steps[-1].kind, steps[-1].at) == (StepKind.DUE, result.due_at)
    assert [step.date for step in steps if step.kind is StepKind.LAST_DAY] == [result.last_day] * bool(result.last_day)
    assert any(step.provisional for step in steps) == result.provisional
    if limit.unit is TimeUnit.WORKING_DAY:
        assert sum(step.counted for step in steps) == limit.n
        days = [step.date for step in steps if step.kind in (StepKind.COUNTED, StepKind.SKIPPED)]
        assert days == [day_of(start) + timedelta(days=1 + n) for n in range(len(days))]


def words(steps: tuple[CountingStep, ...]) -> str:
    return "\n".join(step.words for step in steps)


def test_the_explanation_names_every_day_off_and_every_make_up_day() -> None:
    told = words(explain(CALENDAR, at("2026-09-29T10:00"), Limit(5, TimeUnit.WORKING_DAY)))
    assert "2026-09-29（星期二）为起算之日，不计入" in told
    assert "2026-10-01（星期四）国庆节放假，不计入" in told
    assert "2026-10-10（星期六）国庆节调休上班，计为第4个工作日" in told
    assert "2026-10-11（星期日）周末休息，不计入" in told
    assert told.endswith("至2026-10-12 24:00届满")


def test_the_explanation_tells_of_rolling_and_of_not_rolling() -> None:
    rolled = explain(CALENDAR, at("2026-08-02"), Limit(60, TimeUnit.DAY), Roll.FORWARD)
    assert [step.date for step in rolled if step.kind is StepKind.ROLLED] == [date(2026, 10, n) for n in range(1, 8)]
    kept = explain(CALENDAR, at("2026-09-16"), Limit(15, TimeUnit.DAY))
    assert "末日为2026-10-01（星期四）（国庆节放假），本时限不顺延" in words(kept)
    worked = explain(CALENDAR, at("2026-01-30"), Limit(15, TimeUnit.DAY), Roll.FORWARD)
    assert "末日为2026-02-14（星期六）春节调休上班" in words(worked)


def test_the_explanation_marks_what_is_provisional() -> None:
    assert "暂定：2027年" in words(explain(CALENDAR, at("2026-11-23"), Limit(60, TimeUnit.DAY), Roll.FORWARD))
    assert "暂定" not in words(explain(CALENDAR, at("2026-11-23"), Limit(60, TimeUnit.DAY)))


def test_the_explanation_of_hours_says_that_they_run_on() -> None:
    told = words(explain(CALENDAR, at("2026-09-29T10:00"), Limit(2, TimeUnit.HOUR), Roll.FORWARD))
    assert "夜间和节假日照计" in told
    assert told.endswith("至2026-09-29 12:00届满")
