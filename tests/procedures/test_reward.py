"""The report reward: exact sums, the claim's window, who may do what, who may see it, and who was first."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.case.acting import act
from domain.case.command import Act
from domain.case.context import Rival
from domain.case.event import ActionTaken
from domain.case.opening import matter
from domain.case.sight import sees
from domain.rules.hat import Actor, Hat
from domain.rules.refusal import Refusal
from tests.domain.scene import COUNTY, GRID_WORKER, TOWNSHIP, VILLAGE, Life, code, context, procedure, when
from tests.procedures.reward import (
    ACCEPT,
    APPROVE,
    APPROVE_AGAIN,
    CALCULATE,
    CASHIER,
    CLAIM,
    CONFIRM,
    HANDLER,
    HEAD,
    INSPECTOR,
    JUDGE,
    NOTIFIED,
    OFFICER,
    PAY,
    PENALTY,
    REPORT,
    SUBMIT,
    VERIFYING,
)
from tests.procedures.script import Script, Step, Wait, live

REWARD = procedure("reward")


def after(*steps: Step | Wait, stage: str, **fields: Any) -> Life:
    return live(Script("reward", REPORT | fields, steps, stage))


@pytest.mark.parametrize(
    ("fine_fen", "amount_fen"),
    [
        (1_999_900, 300_000),  # 15 % of ¥19,999 is ¥2,999.85: the floor
        (2_000_000, 300_000),  # of ¥20,000 exactly the floor
        (2_000_007, 300_001),  # 300,001.05 fen
        (2_000_010, 300_002),  # half a fen is rounded up
        (200_000_000, 30_000_000),
        (200_000_100, 30_000_000),  # 15 % of ¥2,000,001 is ¥300,000.15: the cap
    ],
)
def test_sums_are_exact_in_fen(fine_fen: int, amount_fen: int) -> None:
    calculate = Step("calculate", OFFICER, PENALTY | {"fine_fen": fine_fen})
    one = after(*VERIFYING, SUBMIT, CONFIRM, calculate, stage="approving")
    assert one.now.fields["amount_fen"] == amount_fen


def test_a_kind_with_a_fixed_sum_needs_no_fine_and_one_by_the_fine_does() -> None:
    without = {name: value for name, value in PENALTY.items() if name != "fine_fen"}
    fixed = after(*VERIFYING, SUBMIT, CONFIRM, Step("calculate", OFFICER, without), stage="approving", kind="forest")
    assert fixed.now.fields["amount_fen"] == 100_000
    refused = Step("calculate", OFFICER, without, refused="requirement_not_met")
    after(*VERIFYING, SUBMIT, CONFIRM, refused, stage="calculating")


def test_nothing_is_calculated_before_the_penalty_is_final() -> None:
    early = Step("calculate", OFFICER, PENALTY | {"penalty_final_on": "2026-03-03"}, refused="invalid_fields")
    after(*VERIFYING, SUBMIT, CONFIRM, early, stage="calculating")


@pytest.mark.parametrize(
    ("opened_at", "last"),
    [
        ("2026-03-02 09:00", "2026-05-06"),  # 60 days on is 1 May: it rolls over the holiday
        ("2026-06-01 09:00", "2026-07-31"),
    ],
)
def test_the_claim_is_open_to_the_end_of_its_last_day(opened_at: str, last: str) -> None:
    script = Script("reward", REPORT, (*VERIFYING, *NOTIFIED), "claiming", at=opened_at)
    late = when(f"{last} 00:00") + timedelta(days=1)

    on_time = live(script)
    on_time.expire(late - timedelta(seconds=1))
    assert not on_time.now.closed
    on_time.act("claim", OFFICER, CLAIM.fields)
    assert on_time.now.stage == "paying"

    too_late = live(script)
    too_late.expire(late)
    assert (too_late.now.stage, too_late.now.closed) == ("unclaimed", True)
    assert code(too_late.act("claim", OFFICER, CLAIM.fields)) == "case_closed"


@pytest.mark.parametrize(
    ("done", "again"),
    [
        (CALCULATE, PAY),
        (CALCULATE, APPROVE),
        (CALCULATE, APPROVE_AGAIN),
        (APPROVE, APPROVE_AGAIN),
        (APPROVE, PAY),
        (APPROVE_AGAIN, PAY),
        (SUBMIT, CONFIRM),
        (SUBMIT, CALCULATE),
        (SUBMIT, PAY),
        (CLAIM, PAY),
    ],
)
def test_no_person_acts_in_two_of_the_separated_steps(done: Step, again: Step) -> None:
    line = (*VERIFYING, *NOTIFIED, CLAIM, PAY)
    before = line[: line.index(again)]
    one = live(Script("reward", REPORT, before, one_before(again)))
    first = done.person or done.hat
    assert code(one.act(again.action, again.hat, again.fields, person=first)) == "same_person"


def one_before(step: Step) -> str:
    return REWARD.actions[step.action].from_[0]


def test_every_stage_is_sealed_to_its_own_posts() -> None:
    line = (*VERIFYING, *NOTIFIED, CLAIM, PAY)
    outside = [
        (f"dispatcher@{COUNTY}", COUNTY), (f"dispatcher@{TOWNSHIP}", TOWNSHIP), (f"head@{TOWNSHIP}", TOWNSHIP),
        (f"clerk@{VILLAGE}", VILLAGE), (GRID_WORKER, VILLAGE), (f"caller@{COUNTY}", COUNTY),
        (f"administrator@{COUNTY}", COUNTY), (f"petition_officer@{TOWNSHIP}", TOWNSHIP),
    ]  # fmt: skip
    for place in range(len(line) + 1):
        now = live(Script("reward", REPORT, line[:place], one_stage(place))).now
        for hat, home in outside:
            assert not sees(now, Actor(hat, Hat.parse(hat)), home), (now.stage, hat)
        for hat in (OFFICER, HEAD, INSPECTOR):
            assert sees(now, Actor(hat, Hat.parse(hat)), COUNTY)
        assert sees(now, Actor(HANDLER, Hat.parse(HANDLER)), COUNTY) == (now.stage in ("verifying", "reviewing"))
        assert sees(now, Actor(CASHIER, Hat.parse(CASHIER)), COUNTY) == (now.stage in ("claiming", "paying", "paid"))
        hats = [now.holder, *(rung.to for clock in now.clocks.values() for rung in clock.rungs)]
        assert {hat for hat in hats if hat} <= set(now.sealed), now.stage


def one_stage(place: int) -> str:
    line = (*VERIFYING, *NOTIFIED, CLAIM, PAY)
    return one_before(line[place]) if place < len(line) else "paid"


def test_no_verb_takes_it_to_a_post_that_may_not_see_it() -> None:
    sealed = {post for stage in REWARD.stages.values() for post in stage.sealed} | {"holder", "addressee", "opener"}
    for name, action in REWARD.actions.items():
        assert set(action.by) <= sealed, name
    for kind in REWARD.items.values():
        assert set(kind.to) <= sealed
    for rungs in REWARD.ladders.values():
        assert {rung.to for rung in rungs} <= sealed
    assert {"copy", "co_handle", "co_sign", "link", "spawn"}.isdisjoint(REWARD.actions)


def test_the_form_asks_nothing_about_who_reports() -> None:
    forms = (REWARD.intake.form, *(action.form for action in REWARD.actions.values() if action.effect != "recuse"))
    titles = [field.title for form in forms for field in form]
    assert [title for title in titles if re.search("姓名|电话|证件|身份证|账号|住址", title)] == []


def judged(one: Life, *rivals: Rival) -> str:
    given = replace(context(one.rules, OFFICER), rivals=rivals)
    decided = act(one.now, Act("judge_first", JUDGE.fields), given, one.at)
    assert isinstance(decided, tuple), decided
    taken = decided[0]
    assert isinstance(taken, ActionTaken)
    assert taken.move is not None
    return taken.move.stage


def test_the_first_report_is_the_earliest_received_over_all_channels() -> None:
    one = after(ACCEPT, stage="judging")
    received = one.now.received_at or one.now.opened_at
    minute = timedelta(minutes=1)

    def rival(at: Any, number: str = "JB-2026-000009", closed: bool = False) -> Rival:
        return Rival("other", number, closed, at)

    assert judged(one) == "assigning"
    assert judged(one, rival(received + minute)) == "assigning"
    assert judged(one, rival(received + minute), rival(received - minute)) == "not_first"
    assert judged(one, rival(received - minute, closed=True)) == "not_first"
    assert judged(one, rival(received, "AA-2026-000001")) == "not_first"  # at one instant the lower number
    assert judged(one, rival(received, "ZZ-2026-000001")) == "assigning"
    assert REWARD.stages["not_first"].closed


def test_the_notice_and_the_voucher_name_the_sum_and_nobody_who_reported() -> None:
    one = after(*VERIFYING, *NOTIFIED, CLAIM, PAY, stage="paid")
    papers = {
        p.document: p.text for fact in one.facts if isinstance(fact.event, ActionTaken) for p in fact.event.papers
    }
    assert "奖励人民币 3,000.00 元" in papers["reward_notice"]
    assert "凭举报时取得的领取码领取，无须提供姓名和证件" in papers["reward_notice"]
    assert "奖励金额：人民币 3,000.00 元" in papers["payment_voucher"]
    assert CLAIM.fields["claim_code"] not in "".join(papers.values())


def test_reports_are_of_one_matter_by_subject_and_act() -> None:
    one = matter(REWARD, REPORT, COUNTY)
    assert one == matter(REWARD, REPORT | {"subject": " 某 采石场", "description": "另一说法", "kind": "other"}, COUNTY)
    assert one != matter(REWARD, REPORT | {"act": "infringement"}, COUNTY)


def test_who_has_the_duty_gets_no_reward() -> None:
    after(ACCEPT, Step("judge_first", OFFICER, {**JUDGE.fields, "duty_holder": True}), stage="ineligible")


def test_a_return_is_ruled_and_an_extension_granted_within_the_seal() -> None:
    one = after(*VERIFYING, Step("return", HANDLER, reason="不属"), stage="verifying")
    assert one.now.items["return.1"].to == OFFICER
    one.act("request_extension", HANDLER, {"clock": "verify", "units": 10}, reason="鉴定")
    assert one.now.items["extension.1"].to == HEAD
    assert {OFFICER, HEAD} <= set(one.now.sealed)


def test_a_claim_needs_the_code_that_was_told_and_nobody_can_read_it() -> None:
    one = after(*VERIFYING, *NOTIFIED, stage="claiming")
    assert code(one.act("claim", CLAIM.hat, {"claim_code": "FFFFFFFFFF"})) == "invalid_fields"
    spelt = CLAIM.fields["claim_code"].lower()
    assert not isinstance(one.act("claim", CLAIM.hat, {"claim_code": f" {spelt[:5]} {spelt[5:]} "}), Refusal)
    assert spelt not in str([fact.event for fact in one.facts]).lower()
