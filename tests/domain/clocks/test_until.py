"""A clock whose last moment the form names: its dates, its words, and what moves it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import yaml

from domain.case.event import CardIssued, CaseEscalated
from domain.case.state import Case
from domain.clocks.budget import budget
from domain.clocks.clock import Clock
from domain.clocks.explanation import explain_clock
from domain.clocks.schedule import Setting, start
from domain.days.instant import shown
from domain.days.limit import Limit, TimeUnit
from domain.rules.procedure import Procedure, read
from domain.rules.refusal import Refusal
from domain.rules.soundness import faults
from tests.domain.scene import COUNTY, PLACES, TOWNSHIP, VILLAGE, Life, calendar, code, document, procedure, when, whole

SYSTEM, DISPATCHER, HEAD = f"integration@{COUNTY}", f"dispatcher@{TOWNSHIP}", f"head@{TOWNSHIP}"
MATTER = {"source": "原热线", "reference": "R-1"}
MOMENT = timedelta(microseconds=1)


def taken_over(due_at: str | None = "2026-03-20T17:30:00+08:00", at: str = "2026-03-02 09:00") -> Life:
    one = Life(procedure("transferred"), when(at))
    opened = one.open({**MATTER, **({"due_at": due_at} if due_at else {})}, SYSTEM)
    assert not isinstance(opened, Refusal), opened
    return one


def words(case: Case) -> list[str]:
    grounds = {"superior": "等待上级答复"}
    return [step.words for step in explain_clock(calendar(), case.clocks["due"], grounds)]


def test_the_moment_itself_is_in_time_and_the_next_is_late() -> None:
    one = taken_over()
    clock = one.now.clocks["due"]
    assert clock.due_at == when("2026-03-20 17:30") + MOMENT
    assert shown(clock.due_at) == "2026-03-20 17:30"
    assert [rung.id for rung in clock.rungs] == ["warning", "yellow", "red", "head@township", "dispatcher@county"]
    one.expire(when("2026-03-20 17:30"))
    assert "red" not in one.now.cards
    one.expire(when("2026-03-20 17:30") + MOMENT)
    assert one.now.cards["red"] == 1
    assert words(one.now)[:1] == [
        "办理截止时刻由表单写明，依据：原系统写明的期限；没有写明的为默认30日，自迁入之日起，由县确定"
    ]
    assert words(one.now)[2:] == [
        "自2026-03-02 09:00:00起算",
        "截止时刻为2026-03-20 17:30:00（含），节假日不顺延",
        "至2026-03-20 17:30届满",
    ]


def test_a_day_that_ends_at_midnight_is_shown_as_such() -> None:
    assert shown(taken_over("2026-03-20T23:59:59.999999+08:00").now.clocks["due"].due_at) == "2026-03-20 24:00"


def test_without_the_field_the_limit_of_the_rule_holds() -> None:
    clock = taken_over(None).now.clocks["due"]
    assert (clock.until, clock.due_at, clock.limit) == (None, when("2026-04-02 00:00"), Limit(30, TimeUnit.DAY))
    assert "办理时限30日" in words(taken_over(None).now)[0]


@pytest.mark.parametrize(("due_at", "early"), [("2026-03-02T15:00:00+08:00", 3), ("2026-03-06T09:00:00+08:00", 24)])
def test_a_day_or_less_is_warned_at_three_quarters(due_at: str, early: int) -> None:
    clock = taken_over(due_at).now.clocks["due"]
    yellow = next(rung.at for rung in clock.rungs if rung.id == "yellow")
    assert yellow < clock.due_at
    if early == 3:
        assert abs(yellow - when("2026-03-02 13:30")) <= MOMENT
    else:
        assert yellow == when("2026-03-06 00:00")  # one working day, the last one, is left


def test_what_was_over_at_the_start_is_late_at_once_and_by_nothing_before() -> None:
    one = taken_over("2026-02-20T17:30:00+08:00")
    clock = one.now.clocks["due"]
    assert clock.due_at == when("2026-02-20 17:30") + MOMENT
    assert min(rung.at for rung in clock.rungs) == one.at
    one.expire(one.at)
    happened = [fact.event for fact in one.facts[1:]]
    assert [type(event) for event in happened] == [CardIssued, CaseEscalated, CaseEscalated]
    assert "；起算时已过截止时刻" in words(one.now)[3]
    assert budget(calendar(), clock, one.at).whole == 0


def test_what_is_paused_and_what_is_granted_put_it_off() -> None:
    one = taken_over()
    one.expire(when("2026-03-04 09:00"))
    assert not isinstance(
        one.act("pause", HEAD, {"ground": "superior", "until": "2026-03-20"}, reason="等待批复"), Refusal
    )
    assert words(one.now)[-1].endswith("恢复之前没有到期时刻")
    one.expire(when("2026-03-06 10:00"))
    assert not isinstance(one.act("resume", HEAD, reason="已批复"), Refusal)
    paused = timedelta(days=2, hours=1)
    clock = one.now.clocks["due"]
    assert clock.due_at == when("2026-03-20 17:30") + paused + MOMENT
    stands = budget(calendar(), clock, one.at)
    assert (stands.unit, stands.whole) == ("second", 18 * 86_400 + 8 * 3600 + 1800)
    assert stands.consumed == 2 * 86_400
    given = {"clock": "due", "units": 10}
    assert not isinstance(one.act("request_extension", DISPATCHER, given, reason="材料未齐"), Refusal)
    assert not isinstance(one.act("rule_extension", HEAD, {"item": "extension.1", "ruling": "granted"}), Refusal)
    # Ten days after the day on which it would have been over: the end of that day.
    assert one.now.clocks["due"].due_at == when("2026-04-02 00:00")
    assert words(one.now)[2].endswith("截止之后共延长10日")
    assert "截止时刻推后49小时" in words(one.now)[5]
    assert words(one.now)[-1] == "至2026-04-01 24:00届满"


def test_a_limit_that_an_action_sets_goes_before_what_the_form_said() -> None:
    one = taken_over()
    one.act("conclude", DISPATCHER, {"result": "已修"})
    one.expire(when("2026-03-21 09:00"))
    assert not isinstance(one.act("reopen", HEAD, reason="又坏了"), Refusal)
    clock = one.now.clocks["due"]
    assert (clock.until, clock.due_at) == (None, when("2026-04-06 00:00"))


def test_what_was_decided_by_the_date_is_not_corrected() -> None:
    one = taken_over()
    given = {"field": "due_at", "value": "2027-03-20T17:30:00+08:00"}
    assert code(one.act("correct", DISPATCHER, given, reason="笔误")) == "not_correctable"


def changed(change: Callable[[dict[str, Any]], object]) -> Procedure:
    parsed = yaml.safe_load(document("transferred"))
    parsed["version"] += 1
    change(parsed)
    return read(whole(parsed))


def test_moving_to_a_rule_without_it_counts_the_limit_and_back_again() -> None:
    one = taken_over()
    plain = changed(lambda parsed: parsed["clocks"]["due"].pop("until"))
    assert not isinstance(one.rebind(plain), Refusal)
    assert (one.now.clocks["due"].until, one.now.clocks["due"].due_at) == (None, when("2026-04-02 00:00"))
    assert not isinstance(one.rebind(procedure("transferred")), Refusal)
    assert one.now.clocks["due"].due_at == when("2026-03-20 17:30") + MOMENT


@pytest.mark.parametrize("name", ["nothing", "kind"])
def test_a_field_that_is_no_instant_is_named(name: str) -> None:
    wrong = changed(lambda parsed: parsed["clocks"]["due"].update(until=name))
    assert faults(wrong) == [f"clocks.due：没有名为“{name}”的时间或日期表单项"]


def test_taking_over_needs_the_fields_of_a_matter_taken_over() -> None:
    wrong = changed(
        lambda parsed: parsed["intake"].update(form=[f for f in parsed["intake"]["form"] if f["name"] != "doubt"])
    )
    assert faults(wrong) == ["intake：没有名为“doubt”的上报表单项"]


def test_keys_that_are_not_used_change_no_hash() -> None:
    hazard, over = (json.loads(procedure(name).canonical) for name in ("hazard", "transferred"))
    assert not any("until" in clock for clock in hazard["clocks"].values())
    assert "transfers" not in hazard["intake"]
    assert [name for name, clock in over["clocks"].items() if "until" in clock] == ["due"]
    assert over["intake"]["transfers"] is True


def test_a_clock_that_no_form_has_named_is_stored_as_before() -> None:
    setting = Setting(procedure("hazard"), calendar(), PLACES[VILLAGE].lineage)
    clock: Clock = start(setting, "triage", {}, when("2026-03-02 09:00"), 1)
    assert clock == replace(clock, until=None)


def committed(due_on: str | None) -> Life:
    one = Life(procedure("commitment"), when("2026-03-15 11:00"))
    said = {"topic": "路灯", "resolution": "修好", "responsible": "样例责任人"}
    opened = one.open(said | ({"due_on": due_on} if due_on else {}), f"clerk@{VILLAGE}")
    assert not isinstance(opened, Refusal), opened
    return one


@pytest.mark.parametrize(
    ("due_on", "days", "first_late"),
    [("2026-03-31", 16, "2026-04-01 00:00"), (None, 30, "2026-04-15 00:00"), ("2026-03-10", 0, "2026-03-16 00:00")],
)
def test_a_date_is_the_last_day_and_counts_whole(due_on: str | None, days: int, first_late: str) -> None:
    clock = committed(due_on).now.clocks["implement"]
    assert (clock.limit, clock.until) == (Limit(days, TimeUnit.DAY), None)
    assert clock.due_at == when(first_late)  # what lies before its start is over with the first day


def test_what_an_action_sets_goes_before_the_date() -> None:
    one = committed("2026-03-31")
    photo = "a" * 64
    one.act("submit", f"clerk@{VILLAGE}", {"result": "已修好", "evidence": [photo]})
    assert not isinstance(one.act("reject", f"committee@{VILLAGE}", reason="只修了一盏"), Refusal)
    assert one.now.clocks["implement"].limit == Limit(10, TimeUnit.DAY)
