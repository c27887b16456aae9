"""Discipline checks: who may do what, which check is sealed, and that a tip never comes out of its seal."""

from typing import Any

import pytest
import yaml

from domain.rules.procedure import Procedure, read
from domain.rules.refusal import Refusal
from domain.rules.soundness import faults
from tests.domain.scene import COUNTY, TOWNSHIP, VILLAGE, Life, code, document, procedure, when, whole
from tests.procedures.check import (
    APPROVE,
    CARRY_OUT,
    CLERK,
    COUNTY_OFFICE,
    FINDING,
    FOUND,
    NOTICE,
    OFFICE,
    REGULAR,
    REPORT,
    SUBMIT,
    SURPRISE,
    life,
    rectify,
)
from tests.procedures.script import Step, live

CHECK = procedure("check")
SEALED = {name for name, stage in CHECK.stages.items() if stage.sealed}


def opened(division: str = VILLAGE, hat: str = COUNTY_OFFICE, **fields: Any) -> Life | Refusal:
    one = Life(CHECK, when("2026-03-02 09:00"))
    decided = one.open(REGULAR | fields, hat, division, title="样例检查")
    return decided if isinstance(decided, Refusal) else one


@pytest.mark.parametrize(
    ("kind", "target", "division", "holder", "sealed"),
    [
        ("regular", "village", VILLAGE, OFFICE, ()),
        ("regular", "township", TOWNSHIP, COUNTY_OFFICE, ()),
        ("surprise", "village", VILLAGE, OFFICE, (OFFICE, COUNTY_OFFICE)),
        ("surprise", "township", TOWNSHIP, COUNTY_OFFICE, (COUNTY_OFFICE,)),
        ("report", "village", VILLAGE, OFFICE, (OFFICE, COUNTY_OFFICE)),
        ("report", "township", TOWNSHIP, COUNTY_OFFICE, (COUNTY_OFFICE,)),
    ],
)
def test_a_check_is_held_by_the_level_above_and_sealed_to_it(
    kind: str, target: str, division: str, holder: str, sealed: tuple[str, ...]
) -> None:
    one = opened(division, kind=kind, target=target)
    assert isinstance(one, Life)
    assert (one.now.holder, one.now.sealed) == (holder, sealed)


def test_who_is_checked_must_be_where_the_case_is() -> None:
    for division, target in ((TOWNSHIP, "village"), (VILLAGE, "township"), (COUNTY, "village")):
        assert code(opened(division, target=target)) == "no_stage"


@pytest.mark.parametrize("hat", [CLERK, f"head@{TOWNSHIP}", f"dispatcher@{COUNTY}", f"integration@{COUNTY}"])
def test_nobody_else_arranges_a_check(hat: str) -> None:
    assert code(opened(hat=hat)) == "hat_not_allowed"


@pytest.mark.parametrize(
    ("done", "hat", "again"),
    [
        (rectify("finding.1"), OFFICE, APPROVE),
        (SUBMIT, OFFICE, APPROVE),
        (SUBMIT, COUNTY_OFFICE, APPROVE),
        (SUBMIT, OFFICE, Step("reject", OFFICE, {"finding": "未改"}, reason="未改")),
        (SUBMIT, OFFICE, Step("return", OFFICE, reason="补")),
    ],
)
def test_who_reported_it_rectified_does_not_approve_it(done: Step, hat: str, again: Step) -> None:
    both = "P-both"  # one person with two hats
    steps = [
        Step(s.action, s.hat, s.fields, s.reason, both if s is done else None) for s in (rectify("finding.1"), SUBMIT)
    ]
    steps = [
        Step(s.action, s.hat, s.fields, s.reason, both if s.action == done.action else None)
        for s in (rectify("finding.1"), SUBMIT)
    ]
    one = live(life((CARRY_OUT, FINDING, NOTICE, *steps), "approving"))
    more = {"reason": again.reason} if again.reason else {}
    assert code(one.act(again.action, hat, again.fields, both, **more)) == "same_person"
    assert not isinstance(one.act(again.action, OFFICE, again.fields, "P-other", **more), Refusal)


def test_who_checks_does_not_report_it_rectified() -> None:
    one = live(life(FOUND, "rectifying"))
    assert code(one.act("rectify_finding", CLERK, rectify("finding.1").fields, OFFICE)) == "same_person"


def test_each_finding_has_its_own_clock_and_goes_to_the_place() -> None:
    one = live(life(FOUND, "rectifying"))
    due = {clock.item: clock.due_at for clock in one.now.clocks.values() if clock.item}
    assert due == {"finding.1": when("2026-04-02 00:00"), "finding.2": when("2026-03-21 00:00")}
    assert {item.to for item in one.now.items.values()} == {CLERK}
    assert "整改通知书" in [paper.title for paper in one.papers]


def test_of_a_township_the_head_rectifies_and_the_county_approves() -> None:
    one = opened(TOWNSHIP, target="township")
    assert isinstance(one, Life)
    carried_out = one.act("carry_out", COUNTY_OFFICE, CARRY_OUT.fields, "P-third", reason="实施")
    assert not isinstance(carried_out, Refusal), carried_out
    head = f"head@{TOWNSHIP}"
    for step in (FINDING, NOTICE):
        assert not isinstance(one.act(step.action, COUNTY_OFFICE, step.fields), Refusal)
    assert (one.now.holder, one.now.items["finding.1"].to) == (head, head)
    for step in (rectify("finding.1"), SUBMIT):
        assert not isinstance(one.act(step.action, head, step.fields), Refusal)
    assert code(one.act("approve", OFFICE, APPROVE.fields)) == "hat_not_allowed"
    assert not isinstance(one.act("approve", COUNTY_OFFICE, APPROVE.fields), Refusal)


def test_nothing_found_closes_only_where_nothing_was_registered() -> None:
    nothing = Step("find_nothing", OFFICE, {"conclusion": "账实相符"})
    live(
        life(
            (CARRY_OUT, Step("issue_notice", OFFICE, NOTICE.fields, refused="requirement_not_met"), nothing),
            "nothing_found",
        )
    )
    refused = Step("find_nothing", OFFICE, {"conclusion": "无"}, refused="requirement_not_met")
    live(life((CARRY_OUT, FINDING, refused), "registering"))


def test_a_tip_is_handled_and_confirmed_by_two_and_stays_sealed() -> None:
    found = {
        "report_finding": "founded",
        "disposal": "talk",
        "grounds": "笔录",
        "report_files": CARRY_OUT.fields["record_files"],
    }
    confirm = Step("confirm_report", OFFICE, {"review_opinion": "同意"}, person="P-second")
    one = live(
        life(
            (
                Step("carry_out_report", OFFICE, {"checkers": "甲、乙", "record": "谈话"}),
                Step("conclude_report", OFFICE, found),
                Step("confirm_report", OFFICE, confirm.fields, refused="same_person"),
                Step("reject_report", OFFICE, reason="补证", person="P-second"),
                Step("conclude_report", OFFICE, found),
                confirm,
                Step("reopen_report", COUNTY_OFFICE, reason="新的线索"),
                Step("conclude_report", OFFICE, found),
                confirm,
            ),
            "report_closed",
            kind="report",
        )
    )
    assert all(each.sealed for each in moves(one))
    assert one.papers == []


def moves(one: Life) -> list[Any]:
    found = [getattr(fact.event, "move", None) for fact in one.facts]
    return [move for move in found if move]


def reachable(rules: Procedure, start: str) -> set[str]:
    """Every stage that some action leads to from `start`, whatever it asks for."""
    found, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        ways = {b.stage for a in rules.actions.values() if here in a.from_ for b in a.to} - found
        found |= ways
        waiting += ways
    return found


def test_no_way_leads_from_a_tip_into_the_open_and_no_shared_verb_tells_of_one() -> None:
    tips = {name for name in CHECK.stages if name.startswith("report_")}
    for name in tips:
        assert reachable(CHECK, name) <= tips
    telling = ("urge", "supervise", "instruct", "link", "feed_back", "copy", "co_handle")
    assert not any(set(CHECK.actions[name].from_) & SEALED for name in telling if name in CHECK.actions)
    assert [name for name, action in CHECK.actions.items() if action.unseals] == ["carry_out"]


def test_an_action_that_ends_a_seal_needs_a_reason_and_somebody_else() -> None:
    parsed = yaml.safe_load(document("check"))
    assert faults(read(whole(parsed))) == []
    parsed["actions"]["carry_out"]["reason"] = False
    assert any("启封" in each for each in faults(read(whole(parsed))))
    parsed["actions"]["carry_out"] |= {"reason": True}
    parsed["separation"] = [each for each in parsed["separation"] if each["groups"][0] != ["intake"]]
    assert any("启封" in each for each in faults(read(whole(parsed))))
    parsed = yaml.safe_load(document("check"))
    parsed["actions"]["carry_out"]["unseals"] = False
    assert any("密封的事项会公开" in each for each in faults(read(whole(parsed))))


def test_what_ends_no_seal_is_pinned_as_it_was() -> None:
    hazard = procedure("hazard")
    assert b"unseals" not in hazard.canonical
    assert b"unseals" in CHECK.canonical
    assert (SURPRISE["kind"], REPORT["kind"]) == ("surprise", "report")


def test_the_level_of_the_place_is_known_at_intake_only() -> None:
    parsed = yaml.safe_load(document("check"))
    parsed["actions"]["find_nothing"]["requires"] = [{"when": {"division_level": ["village"]}, "words": "?"}]
    assert faults(read(whole(parsed))) == ["actions.find_nothing：没有名为“division_level”的表单项"]
    parsed = yaml.safe_load(document("check"))
    parsed["intake"]["stage"][0]["when"]["division_level"] = ["city"]
    assert "intake：“division_level”没有“city”这个值" in faults(read(whole(parsed)))
