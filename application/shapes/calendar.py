"""The official days, and how a limit is counted by them."""

import datetime as dt

from application.shapes.explanation import CountingStepShape
from application.shapes.shape import Moment, Shape


class YearShape(Shape):
    """A year that is published: how many days are off, how many are worked for it, and which edition it is."""

    year: int
    off_days: int
    work_days: int
    version: int


class YearsShape(Shape):
    """Every year that a calendar holds; `calendar`: which calendar that is."""

    calendar: str
    items: list[YearShape]


class DaysOffShape(Shape):
    """Days off, both included."""

    name: str
    first: dt.date
    last: dt.date


class WorkDayShape(Shape):
    """A day that is worked although it is of a weekend, and for what."""

    name: str
    date: dt.date


class CalendarYearShape(Shape):
    """The days of a year that are otherwise than weekdays and weekends are, and the notice that says so."""

    calendar: str
    year: int
    version: int
    source: str
    off: list[DaysOffShape]
    work: list[WorkDayShape]


class DueShape(Shape):
    """When a limit ends: `due_at` is the first late instant, `due_text` how officials write it (24:00 of the last day).

    `steps` only where they were asked for.
    """

    calendar: str
    due_at: Moment
    due_text: str
    provisional: bool
    steps: list[CountingStepShape] | None = None
