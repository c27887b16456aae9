"""The official days of a calendar, and how a limit is counted by them. No house is needed: a calendar is a file."""

from dataclasses import asdict

from application.shapes.calendar import (
    CalendarYearShape,
    DaysOffShape,
    DueShape,
    WorkDayShape,
    YearShape,
    YearsShape,
)
from application.shapes.explanation import CountingStepShape
from domain.clocks.explanation import explain
from domain.days.calendar import Calendar
from domain.days.counting import count
from domain.days.instant import Instant, shown
from domain.days.limit import Limit, Roll


def years(calendar: Calendar) -> YearsShape:
    """The years that are published."""
    return YearsShape(
        calendar=calendar.version,
        items=[
            YearShape(year=one.year, off_days=len(one.off_days()), work_days=len(one.work_days()), version=one.version)
            for one in calendar.documents
        ],
    )


def year(calendar: Calendar, which: int) -> CalendarYearShape | None:
    """The days of one year; None where it is not published."""
    for one in calendar.documents:
        if one.year == which:
            return CalendarYearShape(
                calendar=calendar.version,
                year=which,
                version=one.version,
                source=one.source,
                off=[DaysOffShape(name=span.name, first=span.first, last=span.last) for span in one.off],
                work=[WorkDayShape(name=name, date=day) for day, name in one.work_days()],
            )
    return None


def due(calendar: Calendar, begin: Instant, limit: Limit, roll: Roll, explained: bool) -> DueShape:
    """When a limit that begins at `begin` ends. Raises OverflowError beyond the years that can be written."""
    found = count(calendar, begin, limit, roll)
    answer = DueShape(
        calendar=calendar.version, due_at=found.due_at, due_text=shown(found.due_at), provisional=found.provisional
    )
    if explained:
        answer.steps = [
            CountingStepShape.model_validate(asdict(step)) for step in explain(calendar, begin, limit, roll)
        ]
    return answer
