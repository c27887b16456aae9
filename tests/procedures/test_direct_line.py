"""The direct line: who opens it, who holds it, by when it is answered, and that no township buries it."""

from typing import Any

import pytest

from domain.case.sight import follower, outsider, sees
from domain.rules.refusal import Refusal
from tests.domain.scene import COUNTY, TOWNSHIP, VILLAGE, Life, code, context, procedure, when
from tests.procedures.direct_line import (
    ACCEPT,
    ANSWER,
    CONCLUDE,
    COUNTY_OFFICE,
    HANDLED,
    MEMBER,
    OFFICE,
    SAID,
    SCRIPTS,
    at_county,
    life,
)
from tests.procedures.dossier import last_day
from tests.procedures.script import Step, live

LINE = procedure("direct_line")
ORGANS = {OFFICE, COUNTY_OFFICE, "opener"}


def opened(hat: str = MEMBER, at: str = "2026-02-10 09:00", **fields: Any) -> Life | Refusal:
    one = Life(LINE, when(at))
    decided = one.open(SAID | fields, hat, title="林地租金去向")
    return decided if isinstance(decided, Refusal) else one


@pytest.mark.parametrize("hat", [f"clerk@{VILLAGE}", f"grid_worker@{VILLAGE}", OFFICE, f"committee@{TOWNSHIP}"])
def test_only_a_member_of_the_villages_committee_opens_it(hat: str) -> None:
    assert code(opened(hat)) in ("hat_not_allowed", "division_outside_scope")


@pytest.mark.parametrize(
    ("fields", "holder"),
    [
        ({}, OFFICE),
        ({"conflict": False}, OFFICE),
        ({"conflict": True}, COUNTY_OFFICE),
        ({"about": "township"}, COUNTY_OFFICE),
        ({"about": "township", "conflict": False}, COUNTY_OFFICE),
    ],
)
def test_it_goes_to_whom_it_does_not_concern(fields: dict[str, Any], holder: str) -> None:
    one = opened(**fields)
    assert isinstance(one, Life)
    assert one.now.holder == holder
    assert set(one.now.sealed) == (ORGANS if holder == OFFICE else {COUNTY_OFFICE, "opener"})


def test_every_stage_is_sealed_to_the_discipline_organs_and_whoever_brought_it() -> None:
    organs = {"inspector@township", "inspector@county", "opener"}
    assert all(set(stage.sealed) <= organs and "opener" in stage.sealed for stage in LINE.stages.values())
    assert all(post in organs | {"holder", "addressee", "inspector"} for post in LINE.posts)


def test_the_reporter_is_told_and_answered_within_fifteen_working_days() -> None:
    one = opened()
    assert isinstance(one, Life)
    assert last_day(one.now.clocks["accept"]) == "2026-03-09"
    answering = live(life((ACCEPT, *HANDLED), "answering"))
    assert last_day(answering.now.clocks["answer"]) == "2026-03-23"
    for clock in (one.now.clocks["accept"], answering.now.clocks["answer"]):
        assert clock.authority == "《纪检监察机关处理检举控告工作规则》"


def test_the_township_cannot_decline_by_itself() -> None:
    one = opened()
    assert isinstance(one, Life)
    assert code(one.act("decline", OFFICE, reason="不属实")) == "action_not_allowed_in_stage"
    assert not isinstance(one.act("hand_over", OFFICE, reason="请县里定"), Refusal)
    assert one.now.stage == "received_county"
    assert code(one.act("decline", OFFICE, reason="不属实")) == "hat_not_allowed"
    assert not isinstance(one.act("decline", COUNTY_OFFICE, reason="已有结论"), Refusal)
    assert one.papers[-1].title == "不予受理告知书"


def test_whoever_handled_it_does_not_answer_and_an_objection_goes_to_the_county() -> None:
    one = live(life((ACCEPT, *HANDLED, ANSWER), "answered"))
    assert "租金已入账" in one.papers[-1].text
    assert code(one.act("object", OFFICE, reason="?")) == "hat_not_allowed"
    assert not isinstance(one.act("object", MEMBER, reason="没有写明金额"), Refusal)
    assert (one.now.holder, one.now.failures) == (COUNTY_OFFICE, 1)
    assert OFFICE not in one.now.sealed
    for step in at_county(CONCLUDE, ANSWER):
        assert not isinstance(one.act(step.action, step.hat, step.fields, step.person), Refusal)
    assert one.now.stage == "answered_county"


def test_nobody_but_the_organs_and_whoever_brought_it_sees_it_at_any_moment() -> None:
    for script in SCRIPTS.values():
        one = live(script)
        for hat in (f"clerk@{VILLAGE}", f"head@{TOWNSHIP}", f"dispatcher@{COUNTY}", f"head@{COUNTY}"):
            given = context(LINE, hat)
            assert not sees(one.now, given.actor, given.home)
        other = context(LINE, MEMBER, "P-other-member")
        assert not sees(one.now, other.actor, other.home)
        own = context(LINE, MEMBER)
        assert sees(one.now, own.actor, own.home)
        assert follower(one.now, own.actor)
        assert outsider(one.now, own.actor)


def test_no_document_tells_what_was_found() -> None:
    one = live(life((ACCEPT, Step("talk", OFFICE, {"talk": "谈话机密"}), *HANDLED, ANSWER), "answered"))
    told = "".join(paper.text for paper in one.papers)
    assert "谈话机密" not in told
    assert "责令入账" not in told
