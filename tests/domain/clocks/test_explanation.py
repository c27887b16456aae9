"""Explanations of whole clocks: their words for people, and that they come to the date that is counted."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clocks.clock import Clock
from domain.clocks.explanation import StepKind, explain_clock, text
from domain.days.calendar import Calendar
from domain.days.counting import Due, Pause, count
from domain.days.instant import SHANGHAI, Instant, day_of
from domain.days.limit import Limit, Roll, TimeUnit
from tests.domain.clocks.random_clock import made
from tests.domain.scene import calendar, when

GROUNDS = {"hearing": "听证"}


def pause(began: str, ended: str | None) -> Pause:
    return Pause(when(began), when(ended) if ended else None, "hearing")


def told(clock: Clock) -> list[str]:
    return [step.words for step in explain_clock(calendar(), clock, GROUNDS)]


def test_a_clock_names_its_rule_its_calendar_its_extension_and_its_pause() -> None:
    clock = made(
        calendar(),
        when("2026-03-02 09:00"),
        Limit(60, TimeUnit.DAY),
        more=[30],
        pauses=[pause("2026-03-12 10:00", "2026-03-20 16:30")],
    )
    assert told(clock) == [
        "办理时限60日，依据：《信访工作条例》第三十四条",
        f"放假和调休按日历 {calendar().version} 推算",
        "2026-03-02 09:00:00批准延长30日，依据：《信访工作条例》第三十四条第二款；时限合计90日",
        "2026-03-02（星期一）为起算之日，不计入",
        "自2026-03-03（星期二）起连续计算10日，至2026-03-12（星期四），节假日照计，累计10日",
        "自2026-03-12 10:00:00起中止（听证），2026-03-20 16:30:00恢复；其间不计，恢复之日也不计入",
        "自2026-03-21（星期六）起连续计算80日，至2026-06-08（星期一），节假日照计，累计90日",
        "末日为2026-06-08（星期一）",
        "至2026-06-08 24:00届满",
    ]
    steps = explain_clock(calendar(), clock, GROUNDS)
    assert [str(step.kind) for step in steps] == [
        "authority", "calendar", "extended", "start", "counted", "paused", "counted", "last_day", "due",
    ]  # fmt: skip
    assert (steps[5].date, steps[5].to, steps[5].at) == (date(2026, 3, 12), date(2026, 3, 20), when("2026-03-12 10:00"))
    assert text(steps).splitlines()[0] == "1. 办理时限60日，依据：《信访工作条例》第三十四条"


def test_working_days_over_a_holiday_with_a_pause() -> None:
    clock = made(
        calendar(),
        when("2026-09-28 09:00"),
        Limit(5, TimeUnit.WORKING_DAY),
        pauses=[pause("2026-09-30 09:00", "2026-10-07 18:00")],
    )
    assert told(clock)[2:] == [
        "2026-09-28（星期一）为起算之日，不计入",
        "2026-09-29（星期二）工作日，计为第1个工作日",
        "2026-09-30（星期三）工作日，计为第2个工作日",
        "自2026-09-30 09:00:00起中止（听证），2026-10-07 18:00:00恢复；其间不计，恢复之日也不计入",
        "2026-10-08（星期四）工作日，计为第3个工作日",
        "2026-10-09（星期五）工作日，计为第4个工作日",
        "2026-10-10（星期六）国庆节调休上班，计为第5个工作日",
        "末日为2026-10-10（星期六）",
        "至2026-10-10 24:00届满",
    ]


def test_hours_are_told_span_by_span() -> None:
    clock = made(
        calendar(),
        when("2026-03-02 09:00"),
        Limit(24, TimeUnit.HOUR),
        pauses=[pause("2026-03-02 11:30", "2026-03-04 08:00")],
    )
    assert told(clock)[2:] == [
        "自2026-03-02 09:00:00起算",
        "自2026-03-02 09:00:00起连续计算2小时30分钟，至2026-03-02 11:30:00，夜间和节假日照计",
        "自2026-03-02 11:30:00起中止（听证），2026-03-04 08:00:00恢复；其间不计，余21小时30分钟",
        "自2026-03-04 08:00:00起连续计算余下的21小时30分钟，夜间和节假日照计，不顺延",
        "至2026-03-05 05:30届满",
    ]


def test_a_clock_still_paused_has_no_due_step() -> None:
    for limit in (Limit(60, TimeUnit.DAY), Limit(240, TimeUnit.HOUR), Limit(5, TimeUnit.WORKING_DAY)):
        clock = made(calendar(), when("2026-03-02 09:00"), limit, pauses=[pause("2026-03-05 10:00", None)])
        steps = explain_clock(calendar(), clock, GROUNDS)
        assert steps[-1].words == "自2026-03-05 10:00:00起中止（听证），尚未恢复；恢复之前没有到期时刻"
        assert StepKind.DUE not in {step.kind for step in steps}


def test_a_last_day_cut_short_ends_on_the_day_of_resuming() -> None:
    start, limit, roll = when("2026-03-02 09:00"), Limit(3, TimeUnit.DAY), Roll.NONE
    clock = made(calendar(), start, limit, roll, pauses=[pause("2026-03-05 10:00", "2026-03-10 09:00")])
    assert "2026-03-10 09:00:00恢复；末日未满，恢复之日为末日" in told(clock)[-3]
    assert told(clock)[-2:] == ["末日为2026-03-10（星期二）", "至2026-03-10 24:00届满"]


@pytest.mark.parametrize(
    ("began", "ended", "last"),
    [
        ("2026-10-05 10:00", "2026-10-06 10:00", "2026-10-08"),  # wholly within the holiday: it rolls as it would
        ("2026-10-05 10:00", "2026-10-12 10:00", "2026-10-12"),  # over the last day
        ("2026-10-08 10:00", "2026-10-16 10:00", "2026-10-16"),  # the last day cut short
        ("2026-10-08 10:00", "2026-10-17 10:00", "2026-10-19"),  # resumed on a Saturday
        ("2026-10-09 00:00", "2026-10-17 10:00", "2026-10-08"),  # over before
    ],
)
def test_a_rolled_last_day_is_cut_short_like_any_other(began: str, ended: str, last: str) -> None:
    start, limit, pauses = when("2026-09-16 09:00"), Limit(15, TimeUnit.DAY), [pause(began, ended)]
    assert count(calendar(), start, limit, Roll.FORWARD, pauses).last_day == date.fromisoformat(last)
    assert f"末日为{last}" in "\n".join(told(made(calendar(), start, limit, Roll.FORWARD, pauses=pauses)))


def test_a_pause_after_the_end_changes_nothing_and_is_told() -> None:
    for limit in (Limit(3, TimeUnit.DAY), Limit(30, TimeUnit.HOUR)):
        clock = made(calendar(), when("2026-03-02 09:00"), limit, pauses=[pause("2026-03-20 10:00", None)])
        words = told(clock)
        assert words[-2] == "自2026-03-20 10:00:00起中止（听证），尚未恢复；已在届满之后，不改变到期"
        assert words[-1].endswith("届满")


# For every clock

starts = st.datetimes(datetime(2025, 6, 1), datetime(2026, 12, 1), timezones=st.just(SHANGHAI))  # noqa: DTZ001
hours = st.integers(0, 30 * 24) | st.sampled_from([24 * n for n in range(20)])
limits = st.builds(Limit, st.integers(0, 40), st.sampled_from(TimeUnit))
any_calendar = st.sampled_from([calendar(), Calendar(), Calendar(calendar().documents[-1:])])


@st.composite
def clocks(draw: st.DrawFn) -> tuple[Calendar, Clock]:
    """A clock with up to four pauses, some that begin or end at a midnight, the last of which may last."""
    start: Instant = draw(starts)
    pauses: list[Pause] = []
    at = start
    for _ in range(draw(st.integers(0, 4))):
        began = at + timedelta(hours=draw(hours))
        if draw(st.booleans()):
            began = max(at, began.replace(hour=0, minute=0, second=0, microsecond=0))
        at = began + timedelta(hours=draw(hours))
        pauses.append(Pause(began, at, "hearing"))
    lasts: bool = draw(st.booleans())
    if pauses and lasts:
        pauses[-1] = Pause(pauses[-1].began_at, None, "hearing")
    held = draw(any_calendar)
    more = draw(st.lists(st.integers(1, 20), max_size=2))
    return held, made(held, start, draw(limits), draw(st.sampled_from(Roll)), more, pauses)


@given(clocks())
def test_the_explanation_of_a_clock_comes_to_the_same(given_: tuple[Calendar, Clock]) -> None:
    held, clock = given_
    steps = explain_clock(held, clock)
    due: Due | None
    try:
        due = count(held, clock.started_at, clock.budget, Roll(clock.roll), clock.pauses)
    except ValueError:
        due = None
    assert [step.at for step in steps if step.kind is StepKind.DUE] == ([due.due_at] if due else [])
    assert len([step for step in steps if step.kind is StepKind.PAUSED]) == len(clock.pauses)
    assert len([step for step in steps if step.kind is StepKind.EXTENDED]) == len(clock.extensions)
    if due is None:
        assert (steps[-1].kind, steps[-1].to) == (StepKind.PAUSED, None)
        return
    assert steps[-1].kind is StepKind.DUE
    assert [step.date for step in steps if step.kind is StepKind.LAST_DAY] == [due.last_day] * bool(due.last_day)
    assert any(step.provisional for step in steps) == due.provisional
    counted = [step for step in steps if step.counted and step.date]
    if clock.limit.unit is TimeUnit.WORKING_DAY:
        assert len(counted) == clock.budget.n
    elif clock.limit.unit is TimeUnit.DAY:
        assert sum(((step.to or day_of(clock.started_at)) - (step.date or date.min)).days + 1 for step in counted) == (
            clock.budget.n
        )
