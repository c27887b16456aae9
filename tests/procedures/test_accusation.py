"""Accusations: sealed to the level above the accused, and nothing tells of them anywhere else (DOMAIN §6.2)."""

from typing import Any

import pytest

from domain.case.document import UNSAID
from domain.case.sight import sees
from domain.rules.hat import WEARABLE, Actor, Hat
from domain.rules.procedure import Procedure
from domain.rules.refusal import Refusal
from domain.rules.rule import meets
from tests.domain.scene import (
    COUNTY,
    COUNTY_UNIT,
    HOMES,
    OTHER_TOWNSHIP,
    TOWNSHIP,
    TOWNSHIP_UNIT,
    VILLAGE,
    Life,
    code,
    procedure,
    when,
)
from tests.procedures.dossier import petition
from tests.procedures.petition import CLAIM, COUNTY_INSPECTOR, INSPECTOR, OFFICE

SCOPES = (VILLAGE, TOWNSHIP, OTHER_TOWNSHIP, COUNTY, TOWNSHIP_UNIT, COUNTY_UNIT)
ABOVE = {
    "village": {INSPECTOR, COUNTY_INSPECTOR},
    "township": {COUNTY_INSPECTOR},
    "county": {OFFICE},  # until it has been passed outside the county
}
# What may be done while sealed: nothing that opens something for others, or speaks of it elsewhere.
WITHIN = {"receive_clue", "inform_reporter", "conclude_clue", "feed_back_reporter", "pass_outside", "recuse_sealed"}
UNREAD = ("withdrawn_unread", "declined_unread", "not_again_unread")  # closed before anybody said what it was
WITHIN |= {"view_reporter"}


def accusation(level: str, **fields: Any) -> Life:
    return petition("2026-02-10 09:00", category="accusation", accused_level=level, **fields)


def who_sees(life: Life) -> set[str]:
    hats = [Hat(role, scope) for role in WEARABLE for scope in SCOPES]
    return {str(hat) for hat in hats if sees(life.now, Actor("P-any", hat), HOMES.get(hat.scope, hat.scope))}


def told(life: Life) -> set[str]:
    """Whom the clocks that run would tell."""
    return {
        rung.to for clock in life.now.clocks.values() if clock.state == "running" for rung in clock.rungs if rung.to
    }


@pytest.mark.parametrize("level", ABOVE)
def test_it_is_sealed_at_once_to_the_level_above(level: str) -> None:
    one = accusation(level)
    assert who_sees(one) == ABOVE[level]
    assert told(one) == ABOVE[level]
    one.expire(when("2027-06-01 00:00"))
    assert who_sees(one) == ABOVE[level]
    assert one.now.notified == ()


@pytest.mark.parametrize("level", ABOVE)
def test_one_registered_as_something_else_leaves_nothing_behind(level: str) -> None:
    one = petition("2026-02-10 09:00")
    # Nobody who might be accused has ever seen it, so that its disappearing tells nobody anything.
    assert who_sees(one) == {OFFICE, COUNTY_INSPECTOR} == told(one) | {OFFICE}
    done = one.act("classify", OFFICE, {"category": "accusation", "accused_level": level})
    assert not isinstance(done, Refusal), done
    assert (who_sees(one), told(one), one.now.items) == (ABOVE[level], ABOVE[level], {})


def test_one_that_names_no_level_is_not_taken() -> None:
    refused = Life(procedure("petition"), when("2026-02-10 09:00")).open(CLAIM | {"category": "accusation"})
    assert code(refused) == "invalid_fields"
    assert (
        code(petition("2026-02-10 09:00").act("classify", OFFICE, {"category": "accusation"})) == "requirement_not_met"
    )


def test_nothing_that_is_done_while_sealed_speaks_of_it_elsewhere() -> None:
    rules = procedure("petition")
    for name, stage in rules.stages.items():
        if stage.sealed and not stage.for_now and name not in UNREAD:
            assert actions_from(rules, name) <= WITHIN, name
            posts = {*stage.sealed, "holder"}
            assert all(set(rules.actions[action].by) <= posts for action in actions_from(rules, name)), name


def test_nothing_is_asked_of_anybody_where_a_case_may_still_be_sealed() -> None:
    rules = procedure("petition")

    def sealed(stage: str) -> bool:
        return bool(rules.stages[stage].sealed) and not rules.stages[stage].for_now

    sealing = {
        source
        for action in rules.actions.values()
        for source in action.from_
        if any(sealed(branch.stage) for branch in action.to) and not sealed(source)
    }
    assert sealing == {"registered"}
    for name in actions_from(rules, "registered"):
        action = rules.actions[name]
        assert (action.opens, action.effect in ("link", "spawn", "merge"), action.starts) == (None, False, []), name


def test_the_ladders_of_sealed_clocks_stay_inside() -> None:
    rules = procedure("petition")
    for stage in rules.stages.values():
        if not stage.sealed:
            continue
        for clock in (rules.clocks[name] for name in stage.clocks):
            for level in ABOVE:
                facts = {"accused_level": level}
                ladder = clock.terms(clock.variant(facts)).ladder
                if stage.title.endswith({"village": "村级）", "township": "乡镇）", "county": "县级）"}[level]):
                    assert {rung.to for rung in rules.ladders[ladder or ""] if meets(rung.when, facts)} == set(
                        stage.sealed
                    )


def actions_from(rules: Procedure, stage: str) -> set[str]:
    return {name for name, action in rules.actions.items() if stage in action.from_}


def test_a_named_reporter_is_told_within_fifteen_working_days_and_again_at_the_end() -> None:
    one = accusation("village")
    assert one.now.clocks["inform"].due_at == when("2026-03-10 00:00")  # the last day is 03-09
    assert code(one.act("conclude_clue", INSPECTOR, {"clue_result": "属实"})) == "requirement_not_met"
    taken(one, "receive_clue", {"clue_received": "accepted"})
    paper = one.papers[-1]
    assert (paper.title, UNSAID in paper.text) == ("线索移送回执", False)
    assert code(one.act("conclude_clue", INSPECTOR, {"clue_result": "属实"})) == "requirement_not_met"
    taken(one, "inform_reporter", {"informed": "已电话告知"})
    assert one.now.clocks["inform"].state == "met"
    one.expire(when("2026-04-30 09:00"))  # then Wed 05-06, 7, 8, Sat 9 worked, 11-15, 18-22, 25
    taken(one, "conclude_clue", {"clue_result": "属实，已立案"})
    assert (one.now.stage, one.now.clocks["feedback"].due_at) == ("feedback_village", when("2026-05-26 00:00"))
    taken(one, "feed_back_reporter", {"reporter_feedback": "已当面反馈"})
    assert (one.now.stage, who_sees(one)) == ("clue_closed_village", ABOVE["village"])


def taken(life: Life, action: str, fields: dict[str, Any]) -> tuple[Any, ...]:
    done = life.act(action, INSPECTOR, fields)
    assert not isinstance(done, Refusal), done
    return done


def test_an_unnamed_one_runs_no_clock_for_telling() -> None:
    assert set(accusation("village", named=False).now.clocks) == {"clue"}


def test_one_against_the_county_goes_outside() -> None:
    one = accusation("county")
    done = one.act("pass_outside", OFFICE, {"passed_to": "上级纪检监察机关", "passed_by": "courier"})
    assert not isinstance(done, Refusal), done
    assert (one.now.stage, who_sees(one)) == ("clue_passed", {OFFICE})


@pytest.mark.parametrize("hat", [f"dispatcher@{COUNTY}", f"head@{COUNTY}", f"inspector@{TOWNSHIP}", OFFICE])
def test_who_does_not_see_it_can_do_nothing_to_it(hat: str) -> None:
    one = accusation("township")
    for name in one.rules.actions:
        assert code(one.act(name, hat)) in {"action_not_allowed_in_stage", "hat_not_allowed"}, name


def test_one_withdrawn_before_it_was_read_is_never_shown() -> None:
    one = petition("2026-02-10 09:00")
    before = who_sees(one)
    opener = one.now.opened_as
    assert not isinstance(one.act("withdraw_unread", opener, person=one.now.opened_by, reason="害怕"), Refusal)
    assert (one.now.stage_title, who_sees(one)) == ("已撤回", before)
    assert not isinstance(one.act("reopen_unread", OFFICE, reason="又来信访"), Refusal)
    assert (one.now.stage, who_sees(one)) == ("registered", before)
