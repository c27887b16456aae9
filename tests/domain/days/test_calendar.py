"""The calendar: official days against an independent source, and what a document may not say."""

from datetime import date, timedelta
from typing import Any

import chinese_calendar
import pytest
from pydantic import ValidationError

import calendars
from domain.days.calendar import Calendar, Day, YearDocument

CALENDAR = calendars.load()


def document(**changes: Any) -> YearDocument:
    plain: dict[str, Any] = {"year": 2026, "version": 1, "source": "通知", "off": [], "work": []}
    return YearDocument.model_validate({**plain, **changes})


@pytest.mark.parametrize("year", range(2018, 2027))
def test_every_day_agrees_with_chinesecalendar(year: int) -> None:
    day = date(year, 1, 1)
    while day.year == year:
        assert CALENDAR.is_working(day) == chinese_calendar.is_workday(day), day
        assert CALENDAR.day(day).working == CALENDAR.is_working(day)
        day += timedelta(days=1)


def test_the_years_2018_to_2026_are_published() -> None:
    assert [year for year in range(2010, 2040) if CALENDAR.published(year)] == list(range(2018, 2027))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 9, 30), Day(True, None, "workday", False)),
        (date(2026, 10, 1), Day(False, "国庆节", "holiday", False)),
        (date(2026, 10, 3), Day(False, "国庆节", "holiday", False)),  # a Saturday within the holiday
        (date(2026, 10, 10), Day(True, "国庆节", "makeup", False)),
        (date(2026, 10, 11), Day(False, None, "weekend", False)),
        (date(2020, 1, 31), Day(False, "春节", "holiday", False)),  # the holiday was extended
        (date(2020, 2, 3), Day(True, None, "workday", False)),
        (date(2018, 12, 29), Day(True, "元旦", "makeup", False)),  # moved by the next year's notice
        (date(2027, 10, 1), Day(True, None, "workday", True)),
        (date(2027, 10, 2), Day(False, None, "weekend", True)),
        (date(2017, 10, 2), Day(True, None, "workday", True)),
    ],
)
def test_a_day_tells_what_it_is(day: date, expected: Day) -> None:
    assert CALENDAR.day(day) == expected


def test_a_gap_between_published_years_is_provisional() -> None:
    calendar = Calendar(one for one in CALENDAR.documents if one.year != 2022)
    assert calendar.provisional(date(2021, 12, 31), date(2023, 1, 1))
    assert not calendar.provisional(date(2023, 1, 1), date(2026, 12, 31))


def test_the_version_is_stable_and_does_not_depend_on_the_way_of_writing() -> None:
    spans = document(off=[{"from": "2026-10-01", "to": "2026-10-02", "name": "国庆节"}])
    days = document(off=[{"date": f"2026-10-0{n}", "name": "国庆节"} for n in (2, 1)])
    assert Calendar([spans]).version == Calendar([days]).version
    assert len(Calendar([spans]).version) == 12
    assert Calendar(reversed(CALENDAR.documents)).version == CALENDAR.version


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 2},
        {"source": "另一通知"},
        {"off": [{"date": "2026-10-08", "name": "国庆节"}]},
        {"work": [{"date": "2026-10-10", "name": "国庆节"}]},
    ],
)
def test_the_version_changes_with_every_document(changes: dict[str, Any]) -> None:
    assert Calendar([document(**changes)]).version != Calendar([document()]).version


def test_the_highest_version_of_a_year_holds() -> None:
    old, new = document(), document(version=2, off=[{"date": "2026-12-31", "name": "元旦"}])
    assert Calendar([new, old]) == Calendar([new])
    assert not Calendar([new, old]).is_working(date(2026, 12, 31))


def test_two_texts_of_one_version_are_refused() -> None:
    with pytest.raises(ValueError, match="第1版有两份"):
        Calendar([document(), document(source="另一通知")])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"off": [{"date": "2025-12-31", "name": "元旦"}]}, "不在2026年内"),
        ({"work": [{"date": "2027-01-02", "name": "元旦"}]}, "不在2026年内"),
        ({"off": [{"from": "2026-10-07", "to": "2026-10-01", "name": "国庆节"}]}, "颠倒"),
        ({"off": [{"date": "2026-10-01", "name": "国庆节"}] * 2}, "重复"),
        (
            {
                "off": [{"date": "2026-10-10", "name": "国庆节"}],
                "work": [{"date": "2026-10-10", "name": "国庆节"}],
            },
            "重复",
        ),
        ({"work": [{"date": "2026-10-09", "name": "国庆节"}]}, "本来就是工作日"),
        ({"off": [{"date": "2026-10-01", "from": "2026-10-01", "name": "国庆节"}]}, "Field required"),
        ({"off": [{"date": "2026-10-01", "name": " "}]}, "at least 1"),
        ({"offf": []}, "Extra inputs"),
        ({"version": 0}, "greater than"),
    ],
)
def test_a_document_that_contradicts_itself_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        document(**changes)


def test_a_calendar_does_not_change() -> None:
    with pytest.raises(AttributeError):
        CALENDAR.documents = ()  # type: ignore[misc]
