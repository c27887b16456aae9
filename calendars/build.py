"""Writes a year file from the `chinesecalendar` package, to be compared with the notice before committing:

    python -m calendars.build 2027 > calendars/2027.yaml

The package knows one name a day, so a holiday that two festivals share has to be renamed by hand.
"""

import sys
from collections.abc import Iterable, Iterator
from datetime import date

import chinese_calendar

from domain.days.calendar import DaysOff, MakeupDay, YearDocument
from domain.days.instant import ONE_DAY

NAMES = {"清明": "清明节", "端午": "端午节", "中秋": "中秋节"}


def build(year: int) -> YearDocument:
    """The days of `year` as the package has them. Raises NotImplementedError for one it does not know."""
    chinese_calendar.is_workday(date(year, 12, 31))
    off = [(day, name) for day, name in _named(chinese_calendar.holidays) if day.year == year]
    work = [(day, name) for day, name in _named(chinese_calendar.workdays) if day.year == year]
    return YearDocument(
        year=year,
        version=1,
        source=f"《国务院办公厅关于{year}年部分节假日安排的通知》",
        off=tuple(spans(off)),
        work=tuple(MakeupDay(date=day, name=name) for day, name in work),
    )


def _named(days: dict[date, str]) -> Iterator[tuple[date, str]]:
    for day, name in sorted(days.items()):
        chinese = chinese_calendar.Holiday(name).chinese
        yield day, NAMES.get(chinese, chinese)


def spans(days: Iterable[tuple[date, str]]) -> Iterator[DaysOff]:
    """Days off in order, those that follow each other under one name joined."""
    held: DaysOff | None = None
    for day, name in days:
        if held and held.name == name and held.last + ONE_DAY == day:
            held = held.model_copy(update={"last": day})
            continue
        if held:
            yield held
        held = DaysOff.model_validate({"date": day, "name": name})
    if held:
        yield held


def text(document: YearDocument) -> str:
    """`document` as the text of a year file."""
    lines = [f"year: {document.year}", f"version: {document.version}", f"source: {document.source}", "off:"]
    for span in document.off:
        when = f"date: {span.first}" if span.first == span.last else f"from: {span.first}, to: {span.last}"
        lines.append(f"  - {{{when}, name: {span.name}}}")
    lines.append("work:" if document.work else "work: []")
    lines += [f"  - {{date: {makeup.date}, name: {makeup.name}}}" for makeup in document.work]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text(build(int(sys.argv[1]))))
