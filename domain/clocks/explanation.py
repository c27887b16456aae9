"""Explanations: every step by which a clock came to its due date, for the people bound by it."""

import datetime as dt
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.clocks.clock import Clock
from domain.clocks.schedule import due_of
from domain.days.calendar import Calendar, Day
from domain.days.counting import Pause, unrolled
from domain.days.instant import ONE_DAY, Instant, day_of, end_of, local, shown, utc
from domain.days.limit import Limit, Roll, TimeUnit


class StepKind(StrEnum):
    """What a step is about."""

    AUTHORITY = "authority"  # the rule that sets the limit
    CALENDAR = "calendar"  # the calendar by which it is counted
    EXTENDED = "extended"  # so many units more, since `at`
    START = "start"  # the first day, excluded
    COUNTED = "counted"  # a day, or the days `date` to `to`, that count
    SKIPPED = "skipped"  # a day off that does not count
    ELAPSED = "elapsed"  # seconds, minutes or hours that run on
    PAUSED = "paused"  # a time from `at` (the days `date` to `to`) that does not count; without `to` it lasts
    ROLLED = "rolled"  # a last day that is a day off, and gives way to the next day
    LAST_DAY = "last_day"
    DUE = "due"  # the first late instant, in `at`


@dataclass(frozen=True, slots=True)
class CountingStep:
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


Titles = Mapping[str, str]
NOTHING: Titles = {}
LASTING = "恢复之前没有到期时刻"


def explain(calendar: Calendar, start: Instant, limit: Limit, roll: Roll = Roll.NONE) -> tuple[CountingStep, ...]:
    """How `count` comes to its result, step by step; the last step carries the same `due_at`."""
    return tuple(_walk(calendar, start, limit, roll, (), NOTHING))


def explain_clock(calendar: Calendar, clock: Clock, grounds: Titles = NOTHING) -> tuple[CountingStep, ...]:
    """The same of a clock with its rule, calendar, extensions and pauses. `grounds`: code → title, for the words.

    A clock that is still paused, and was not over before, has no due step.
    """
    if clock.until is None:
        walk = _walk(calendar, clock.started_at, clock.budget, Roll(clock.roll), clock.pauses, grounds)
    else:
        walk = _named_end(calendar, clock, clock.until, grounds)
    return (*_grounded(calendar, clock), *walk)


def text(steps: Sequence[CountingStep]) -> str:
    """The words of all steps, numbered, one a line."""
    return "\n".join(f"{number}. {step.words}" for number, step in enumerate(steps, start=1))


def _grounded(calendar: Calendar, clock: Clock) -> Iterator[CountingStep]:
    limit = f"时限{clock.limit}" if clock.until is None else "截止时刻由表单写明"
    yield CountingStep(StepKind.AUTHORITY, None, None, False, f"{clock.title}{limit}，依据：{clock.authority}")
    words = f"放假和调休按日历 {calendar.version} 推算"
    yield CountingStep(StepKind.CALENDAR, None, None, False, words)
    n = clock.limit.n if clock.until is None else 0
    for each in clock.extensions:
        n += each.n
        more, whole = Limit(each.n, clock.limit.unit), Limit(n, clock.limit.unit)
        words = f"{_moment(each.at)}批准延长{more}，依据：{each.authority}；"
        words += f"时限合计{whole}" if clock.until is None else f"截止之后共延长{whole}"
        yield CountingStep(StepKind.EXTENDED, day_of(each.at), utc(each.at), False, words)


def _named_end(calendar: Calendar, clock: Clock, until: Instant, grounds: Titles) -> Iterator[CountingStep]:
    """The steps for an end that a form has named: pauses and extensions move it later."""
    yield CountingStep(StepKind.START, None, utc(clock.started_at), False, f"自{_moment(clock.started_at)}起算")
    words = f"截止时刻为{_moment(until)}（含），节假日不顺延"
    words += "；起算时已过截止时刻" if until < clock.started_at else ""
    yield CountingStep(StepKind.ELAPSED, None, utc(until), True, words)
    for pause in clock.pauses:
        yield _paused(
            pause, grounds, f"截止时刻推后{_length(pause.ended_at - pause.began_at)}" if pause.ended_at else LASTING
        )
    if all(pause.ended_at for pause in clock.pauses):
        yield _due(due_of(calendar, clock).due_at)


def _walk(
    calendar: Calendar, start: Instant, limit: Limit, roll: Roll, pauses: Sequence[Pause], grounds: Titles
) -> Iterator[CountingStep]:
    if limit.duration is not None:
        return _elapse(start, limit, pauses, grounds)
    return _count_days(calendar, start, limit, roll, pauses, grounds)


def _elapse(start: Instant, limit: Limit, pauses: Sequence[Pause], grounds: Titles) -> Iterator[CountingStep]:
    begin, left = utc(start), limit.duration or ONE_DAY * 0
    yield CountingStep(StepKind.START, None, begin, False, f"自{_moment(begin)}起算")
    for place, pause in enumerate((*pauses, None)):
        due_at = begin + left
        if pause is None or (begin < pause.began_at and due_at <= pause.began_at):
            rest = f"连续计算{limit}" if place == 0 else f"自{_moment(begin)}起连续计算余下的{_length(left)}"
            yield CountingStep(StepKind.ELAPSED, None, due_at, True, f"{rest}，夜间和节假日照计，不顺延")
            yield from _too_late(pauses[place:], grounds)
            yield _due(due_at)
            return
        if pause.began_at > begin:
            left -= pause.began_at - begin
            ran = _length(pause.began_at - begin)
            words = f"自{_moment(begin)}起连续计算{ran}，至{_moment(pause.began_at)}，夜间和节假日照计"
            yield CountingStep(StepKind.ELAPSED, None, utc(pause.began_at), True, words)
        if pause.ended_at is None:
            yield _paused(pause, grounds, LASTING)
            return
        yield _paused(pause, grounds, f"其间不计，余{_length(left)}")
        begin = utc(pause.ended_at)


def _count_days(
    calendar: Calendar, start: Instant, limit: Limit, roll: Roll, pauses: Sequence[Pause], grounds: Titles
) -> Iterator[CountingStep]:
    day, counted = day_of(start), 0
    whole = limit.n if limit.unit is TimeUnit.WORKING_DAY else (unrolled(day, limit) - day).days
    yield CountingStep(StepKind.START, day, None, False, f"{_named(day)}为起算之日，不计入")
    for place, pause in enumerate((*pauses, None)):
        stop = pause.began_at if pause else None
        if limit.unit is TimeUnit.WORKING_DAY:
            day, counted = yield from _working_days(calendar, day, counted, whole, stop)
        else:
            day, counted = yield from _plain_days(day, counted, whole, stop, limit)
        last = (yield from _rolled(calendar, day, roll, stop)) if counted == whole else None
        if last is not None:
            yield _last_day(calendar, last, roll)
            yield from _too_late(pauses[place:], grounds)
            yield _due(end_of(last))
        if last is not None or pause is None:
            return
        if pause.ended_at is None:
            yield _paused(pause, grounds, LASTING)
            return
        yield _paused(pause, grounds, "末日未满，恢复之日为末日" if counted == whole else "其间不计，恢复之日也不计入")
        day = day_of(pause.ended_at)


def _over(day: dt.date, stop: Instant | None) -> bool:
    """Whether `day` was over before the clock stopped."""
    return stop is None or end_of(day) <= stop


def _working_days(
    calendar: Calendar, day: dt.date, counted: int, whole: int, stop: Instant | None
) -> Generator[CountingStep, None, tuple[dt.date, int]]:
    while counted < whole and (stop is None or end_of(day) < stop):
        day += ONE_DAY
        what = calendar.day(day)
        counted += what.working
        kind = StepKind.COUNTED if what.working else StepKind.SKIPPED
        result = f"计为第{counted}个工作日" if what.working else "不计入"
        words = f"{_described(day, what)}，{result}{_mark(day, what)}"
        yield CountingStep(kind, day, None, what.working, words, provisional=what.provisional)
    return day, counted


def _plain_days(
    day: dt.date, counted: int, whole: int, stop: Instant | None, limit: Limit
) -> Generator[CountingStep, None, tuple[dt.date, int]]:
    last = day + (whole - counted) * ONE_DAY
    if stop is not None:
        last = min(last, day_of(stop - dt.timedelta.resolution))
    if last <= day:
        return day, counted
    n = (last - day).days
    if limit.unit is TimeUnit.MONTH and n == whole:
        why = "" if last.day == day.day else "（该月没有对应日，以月末为末日）"
        words = f"满{limit}，至{_named(last)}{why}"
    else:
        words = f"自{_named(day + ONE_DAY)}起连续计算{n}日，至{_named(last)}，节假日照计"
        if n < whole:
            by_month = f"（{limit}按对应日合{whole}日）" if limit.unit is TimeUnit.MONTH and counted == 0 else ""
            words += f"，累计{counted + n}日{by_month}"
    yield CountingStep(StepKind.COUNTED, day + ONE_DAY, None, True, words, to=last)
    return last, counted + n


def _rolled(
    calendar: Calendar, day: dt.date, roll: Roll, stop: Instant | None
) -> Generator[CountingStep, None, dt.date | None]:
    """The last day, from `day` on; None when the clock stopped before that was over."""
    while _over(day, stop):
        what = calendar.day(day)
        if roll == Roll.NONE or what.working:
            return day
        words = f"{_described(day, what)}，末日顺延一日{_mark(day, what)}"
        yield CountingStep(StepKind.ROLLED, day, None, False, words, provisional=what.provisional)
        day += ONE_DAY
    return None


def _too_late(pauses: Sequence[Pause], grounds: Titles) -> Iterator[CountingStep]:
    yield from (_paused(pause, grounds, "已在届满之后，不改变到期") for pause in pauses)


def _paused(pause: Pause, grounds: Titles, effect: str) -> CountingStep:
    words = f"自{_moment(pause.began_at)}起中止（{grounds.get(pause.ground, pause.ground)}），"
    words += f"{_moment(pause.ended_at)}恢复；{effect}" if pause.ended_at else f"尚未恢复；{effect}"
    to = day_of(pause.ended_at) if pause.ended_at else None
    return CountingStep(StepKind.PAUSED, day_of(pause.began_at), utc(pause.began_at), False, words, to=to)


def _last_day(calendar: Calendar, last: dt.date, roll: Roll) -> CountingStep:
    what = calendar.day(last)
    if roll == Roll.FORWARD:
        words = f"末日为{_described(last, what)}{_mark(last, what)}"
        return CountingStep(StepKind.LAST_DAY, last, None, False, words, provisional=what.provisional)
    note = "" if what.working or what.provisional else f"（{_reason(what)}），本时限不顺延"
    return CountingStep(StepKind.LAST_DAY, last, None, False, f"末日为{_named(last)}{note}")


def _due(due_at: Instant) -> CountingStep:
    return CountingStep(StepKind.DUE, None, due_at, False, f"至{shown(due_at)}届满")


def _moment(at: Instant) -> str:
    return local(at).strftime("%Y-%m-%d %H:%M:%S")


def _length(time: dt.timedelta) -> str:
    minutes, seconds = divmod(time // dt.timedelta(seconds=1), 60)
    parts = ((minutes // 60, "小时"), (minutes % 60, "分钟"), (seconds, "秒"))
    return "".join(f"{n}{unit}" for n, unit in parts if n) or "0秒"


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
