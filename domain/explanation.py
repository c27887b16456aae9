"""Explanations: every step by which a limit led to its due date, for the people bound by it."""

import datetime as dt
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from enum import StrEnum

from domain.calendar import Calendar, Day
from domain.counting import unrolled
from domain.instant import ONE_DAY, Instant, day_of, end_of, local, shown, utc
from domain.limit import Limit, Roll, Unit


class StepKind(StrEnum):
    """What a step is about."""

    START = "start"  # the first day, excluded
    COUNTED = "counted"  # a day, or the days `date` to `to`, that count
    SKIPPED = "skipped"  # a day off that does not count
    ELAPSED = "elapsed"  # seconds, minutes or hours that run on
    ROLLED = "rolled"  # a last day that is a day off, and gives way to the next day
    LAST_DAY = "last_day"
    DUE = "due"  # the first late instant, in `at`


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the day or instant it is about, whether it counts towards the limit, and words in Chinese.

    `to`: the last day of a step that covers several. `provisional`: the step relied on a year not published.
    """

    kind: StepKind
    date: dt.date | None
    at: Instant | None
    counted: bool
    words: str
    to: dt.date | None = None
    provisional: bool = False


def explain(calendar: Calendar, start: Instant, limit: Limit, roll: Roll = Roll.NONE) -> tuple[Step, ...]:
    """How `count` comes to its result, step by step; the last step carries the same `due_at`."""
    if limit.duration is not None:
        return tuple(_elapse(start, limit))
    return tuple(_count_days(calendar, day_of(start), limit, roll))


def _elapse(start: Instant, limit: Limit) -> Iterator[Step]:
    due_at = utc(start) + (limit.duration or ONE_DAY * 0)
    begin = local(start).strftime("%Y-%m-%d %H:%M:%S")
    yield Step(StepKind.START, None, utc(start), False, f"自{begin}起算")
    yield Step(StepKind.ELAPSED, None, due_at, True, f"连续计算{limit}，夜间和节假日照计，不顺延")
    yield _due(due_at)


def _count_days(calendar: Calendar, first: dt.date, limit: Limit, roll: Roll) -> Iterator[Step]:
    yield Step(StepKind.START, first, None, False, f"{_named(first)}为起算之日，不计入")
    if limit.unit is Unit.WORKING_DAY:
        last = yield from _working_days(calendar, first, limit.n)
    else:
        last = unrolled(first, limit)
        yield from _plain_days(first, last, limit)
    if roll == Roll.FORWARD:
        last = yield from _roll(calendar, last)
    yield _last_day(calendar, last, roll)
    yield _due(end_of(last))


def _working_days(calendar: Calendar, day: dt.date, n: int) -> Generator[Step, None, dt.date]:
    counted = 0
    while counted < n:
        day += ONE_DAY
        what = calendar.day(day)
        counted += what.working
        kind = StepKind.COUNTED if what.working else StepKind.SKIPPED
        result = f"计为第{counted}个工作日" if what.working else "不计入"
        words = f"{_described(day, what)}，{result}{_mark(day, what)}"
        yield Step(kind, day, None, what.working, words, provisional=what.provisional)
    return day


def _plain_days(first: dt.date, last: dt.date, limit: Limit) -> Iterator[Step]:
    if last == first:
        return
    if limit.unit is Unit.MONTH:
        why = "" if last.day == first.day else "（该月没有对应日，以月末为末日）"
        words = f"满{limit}，至{_named(last)}{why}"
    else:
        words = f"自{_named(first + ONE_DAY)}起连续计算{limit}，至{_named(last)}，节假日照计"
    yield Step(StepKind.COUNTED, first + ONE_DAY, None, True, words, to=last)


def _roll(calendar: Calendar, day: dt.date) -> Generator[Step, None, dt.date]:
    while not (what := calendar.day(day)).working:
        words = f"{_described(day, what)}，末日顺延一日{_mark(day, what)}"
        yield Step(StepKind.ROLLED, day, None, False, words, provisional=what.provisional)
        day += ONE_DAY
    return day


def _last_day(calendar: Calendar, last: dt.date, roll: Roll) -> Step:
    what = calendar.day(last)
    if roll == Roll.FORWARD:
        words = f"末日为{_described(last, what)}{_mark(last, what)}"
        return Step(StepKind.LAST_DAY, last, None, False, words, provisional=what.provisional)
    note = "" if what.working or what.provisional else f"（{_reason(what)}），本时限不顺延"
    return Step(StepKind.LAST_DAY, last, None, False, f"末日为{_named(last)}{note}")


def _due(due_at: Instant) -> Step:
    return Step(StepKind.DUE, None, due_at, False, f"至{shown(due_at)}届满，此后为逾期")


def _named(day: dt.date) -> str:
    return f"{day}（星期{'一二三四五六日'[day.weekday()]}）"


def _described(day: dt.date, what: Day) -> str:
    return f"{_named(day)}{_reason(what)}"


def _reason(what: Day) -> str:
    match what.kind:
        case "makeup":
            return f"{what.name}调休上班"
        case "holiday":
            return f"{what.name}放假"
        case "weekend":
            return "周末休息"
        case "workday":
            return "工作日"


def _mark(day: dt.date, what: Day) -> str:
    return f"【暂定：{day.year}年放假安排尚未公布，按周一至周五上班推算】" if what.provisional else ""
