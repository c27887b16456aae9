"""What a village may not do: decide without its people, hush a topic up, show too briefly, sign for itself."""

import pytest

from domain.case.command import Tell
from domain.rules.refusal import Refusal
from tests.domain.scene import DISPATCHER, GRID_WORKER, PHOTO, VILLAGE, Life, code, procedure, when
from tests.procedures import affairs_day, decision, disclosure
from tests.procedures.affairs_day import there
from tests.procedures.script import Script, Step, Wait, live

CLERK, COMMITTEE = affairs_day.CLERK, affairs_day.COMMITTEE


def day(*steps: Step | Wait, stage: str) -> Life:
    return live(affairs_day.life(steps, stage))


def opens(one: Life, present: int) -> bool:
    done = one.act("open_meeting", CLERK, there(present))
    assert not isinstance(done, Refusal), done
    return one.now.stage == "deliberating"


def test_of_two_topics_one_is_done_and_one_is_told_why_not() -> None:
    one = live(affairs_day.SCRIPTS["main"])
    lamp, road = one.now.items["topic.1"], one.now.items["topic.2"]
    assert (lamp.state_title, one.now.items["child.1"].state_title) == ("已议定", "转入下月")
    assert (road.state_title, road.answer["decline_reason"]) == ("未采纳", "今年没有资金")


def test_a_topic_is_not_declined_without_a_reason() -> None:
    one = day(*affairs_day.PROPOSED, stage="collecting")
    assert code(one.act("decline_topic", CLERK, {"item": "topic.2"})) == "invalid_fields"


def test_what_was_decided_is_a_child_case_over_which_the_month_does_not_close() -> None:
    one = day(*affairs_day.IMPLEMENTING, stage="implementing")
    said = one.now.items["child.1"].data
    assert (said["procedure"], said["title"], said["division"]) == ("commitment", "村口路灯不亮", VILLAGE)
    assert said["fields"] == {"topic": "村口路灯不亮", "resolution": "修好", "responsible": "样例责任人"}
    refusal = one.act("submit", CLERK, affairs_day.SUBMIT.fields)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, "议定或转办的事项" in refusal.words) == ("requirement_not_met", True)
    one.hear(Tell("child_closed", said["case"], "YD-2026-000001", "已办结"))
    assert one.now.items["child.1"].state == "closed"
    assert not isinstance(one.act("submit", CLERK, affairs_day.SUBMIT.fields), Refusal)
    assert not isinstance(one.act("verify", COMMITTEE, affairs_day.VERIFY.fields), Refusal)


def test_a_topic_that_cannot_wait_becomes_a_hazard_before_the_meeting() -> None:
    one = day(*affairs_day.PROPOSED, stage="collecting")
    said = {"item": "topic.1", "passed_to": "hazard", "more": {"kind": "safety", "place": "村口"}}
    assert code(one.act("pass_on", CLERK, said, reason="漏电")) == "invalid_fields"  # a hazard says what it is
    more = {**said["more"], "description": "灯杆漏电"}  # type: ignore[dict-item]
    assert not isinstance(one.act("pass_on", CLERK, {**said, "more": more}, reason="漏电"), Refusal)
    assert (one.now.items["topic.1"].state, one.now.items["child.1"].data["fields"]) == ("passed_on", more)


def test_what_a_child_case_would_refuse_is_refused_when_it_is_decided() -> None:
    one = day(*affairs_day.ANNOUNCED, Wait(until="2026-03-15 09:00"), affairs_day.OPEN, stage="deliberating")
    decision_without_kind = affairs_day.decide("topic.2", handled_as="decision")
    assert code(one.act("decide_topic", CLERK, decision_without_kind.fields)) == "invalid_fields"
    assert one.now.items["topic.2"].open
    given = {**decision_without_kind.fields, "more": {"kind": "representatives"}}
    assert not isinstance(one.act("decide_topic", CLERK, given), Refusal)
    said = one.now.items["child.1"].data
    assert said["fields"] == {"proposal": "修好", "grounds": "修一条柏油路", "kind": "representatives"}


def test_an_agenda_does_not_close_over_an_open_child_case_but_may_carry_it_over() -> None:
    one = day(*affairs_day.IMPLEMENTING, stage="implementing")
    child = {"procedure": "decision", "title": "修柏油路", "fields": decision.matter("representatives")}
    for step in (Step("spawn", CLERK, child), affairs_day.CARRY):
        assert not isinstance(one.act(step.action, step.hat, step.fields, reason=step.reason), Refusal)
    assert code(one.act("submit", CLERK, affairs_day.SUBMIT.fields)) == "requirement_not_met"
    assert not isinstance(one.act("carry_over", CLERK, {"item": "child.2"}, reason="四议两公开还在进行"), Refusal)
    for step in (affairs_day.SUBMIT, affairs_day.VERIFY):
        assert not isinstance(one.act(step.action, step.hat, step.fields), Refusal)
    assert one.now.closed


def test_the_day_opens_with_half_of_the_representatives() -> None:
    assert opens(day(*affairs_day.ANNOUNCED, Wait(until="2026-03-15 09:00"), stage="notice"), 20)
    assert not opens(day(*affairs_day.ANNOUNCED, Wait(until="2026-03-15 09:00"), stage="notice"), 19)


def test_the_day_does_not_open_without_one_of_the_committee() -> None:
    one = day(*affairs_day.ANNOUNCED, Wait(until="2026-03-15 09:00"), stage="notice")
    assert code(one.act("open_meeting", CLERK, {**there(30), "officers_present": 0})) == "invalid_fields"


def test_hands_that_are_against_do_not_keep_the_day_from_opening() -> None:
    one = day(*affairs_day.ANNOUNCED, Wait(until="2026-03-15 09:00"), stage="notice")
    one.act("open_meeting", CLERK, {**there(20), "in_favour": 0, "opposed": 20})
    assert one.now.stage == "deliberating"


def test_a_recusal_does_not_undo_a_day_that_decides_nothing() -> None:
    one = day(*affairs_day.MET, stage="deliberating")
    assert not isinstance(one.act("recuse", COMMITTEE, {"name": "样例代表"}, reason="近亲属"), Refusal)
    assert (one.now.stage, one.now.tallies["attendance"].due) == ("deliberating", 40)


def test_the_day_is_postponed_once_and_only_for_want_of_people() -> None:
    one = day(*affairs_day.ANNOUNCED, Wait(until="2026-03-15 09:00"), stage="notice")
    postponed = {"postponed_to": "2026-03-19"}
    assert code(one.act("postpone", CLERK, postponed, reason="人不齐")) == "requirement_not_met"
    assert not opens(one, 19)
    assert not isinstance(one.act("postpone", CLERK, postponed, reason="人不齐"), Refusal)
    one.expire(when("2026-03-18 23:00"))
    assert code(one.act("open_meeting", CLERK, there(20))) == "window_still_open"
    one.expire(when("2026-03-19 09:00"))
    assert not opens(one, 19)
    assert code(one.act("postpone", CLERK, postponed, reason="人不齐")) == "done_already"
    assert not isinstance(one.act("call_off", DISPATCHER, reason="两次人数不足"), Refusal)
    assert one.now.stage_title == "未开成"


def test_notice_and_publicity_have_their_days() -> None:
    one = day(*affairs_day.ANNOUNCED, stage="notice")  # announced on the 10th: three days end with the 13th
    one.expire(when("2026-03-13 23:00"))
    assert code(one.act("open_meeting", CLERK, there(30))) == "window_still_open"
    one = day(*affairs_day.MET, affairs_day.PUBLISH, stage="published")  # on the 15th: seven end with the 22nd
    one.expire(when("2026-03-22 23:00"))
    assert code(one.act("implement", CLERK)) == "window_still_open"
    one.expire(when("2026-03-23 00:00"))
    assert not isinstance(one.act("implement", CLERK), Refusal)


def test_the_days_of_the_month_are_counted_from_the_first() -> None:
    one = day(stage="collecting")
    dues = {name: f"{one.now.clocks[name].due_at:%m-%d %H:%M}" for name in ("collect", "agenda", "meeting")}
    midnight = "16:00"  # of the named day in Shanghai, told in UTC
    shown = {"collect": f"03-08 {midnight}", "agenda": f"03-10 {midnight}", "meeting": f"03-20 {midnight}"}
    assert dues == shown


def test_the_day_is_not_opened_before_the_day_that_was_announced() -> None:
    one = day(*affairs_day.ANNOUNCED, Wait(until="2026-03-14 20:00"), stage="notice")
    refusal = one.act("open_meeting", CLERK, there(30))
    assert isinstance(refusal, Refusal)
    assert (refusal.code, "2026-03-15" in refusal.words) == ("requirement_not_met", True)


def test_people_are_not_made_up_by_counting_again() -> None:
    one = day(*affairs_day.ANNOUNCED, Wait(until="2026-03-15 09:00"), stage="notice")
    assert not opens(one, 19)
    assert code(one.act("open_meeting", CLERK, there(2, due=3))) == "requirement_not_met"  # without putting it off
    one.act("postpone", CLERK, {"postponed_to": "2026-03-19"}, reason="人不齐")
    one.expire(when("2026-03-19 09:00"))
    assert code(one.act("open_meeting", CLERK, there(20, due=39))) == "invalid_fields"  # fewer due, and no reason
    assert not opens(one, 19)
    one.expire(when("2026-03-20 09:00"))
    assert code(one.act("open_meeting", CLERK, there(30))) == "done_already"


def test_there_are_no_more_hands_than_people() -> None:
    one = day(*affairs_day.ANNOUNCED, Wait(until="2026-03-15 09:00"), affairs_day.OPEN, stage="deliberating")
    refusal = one.act("decide_topic", CLERK, affairs_day.decide("topic.1", hands_for=19, hands_against=2).fields)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, [each.name for each in refusal.errors]) == (
        "invalid_fields", ["hands_for", "hands_against"],
    )  # fmt: skip
    assert code(one.act("publish_results", CLERK, affairs_day.PUBLISH.fields)) == "requirement_not_met"


def test_nobody_buries_the_day_under_topics() -> None:
    one = day(stage="collecting")
    topics = [affairs_day.topic(f"议题{number}") for number in range(12)]
    told = [one.act(each.action, each.hat, each.fields) for each in topics]
    assert [isinstance(each, Refusal) for each in told] == [False] * 10 + [True] * 2
    assert not isinstance(one.act("propose_topic", CLERK, topics[0].fields), Refusal)  # who holds it writes for others


def test_whoever_did_it_does_not_confirm_it() -> None:
    one = day(*affairs_day.IMPLEMENTING, affairs_day.CARRY, affairs_day.SUBMIT, stage="verifying")
    assert code(one.act("verify", COMMITTEE, affairs_day.VERIFY.fields, CLERK)) == "same_person"


def quarter(*steps: Step | Wait, stage: str) -> Life:
    return live(disclosure.life(steps, stage))


def test_the_committee_refuses_to_sign_and_says_why() -> None:
    one = quarter(disclosure.PREPARE, stage="auditing")
    assert code(one.act("return", COMMITTEE)) == "invalid_fields"
    assert not isinstance(one.act("return", COMMITTEE, reason="少一张凭证"), Refusal)
    assert code(one.act("audit", COMMITTEE, {"audit_opinion": "同意"})) == "action_not_allowed_in_stage"
    again = {"supplement": "已补", "entries": "办公用品 320 元"}
    assert not isinstance(one.act("resubmit", CLERK, again), Refusal)
    assert (one.now.stage, one.now.fields["entries"]) == ("auditing", "办公用品 320 元")


def test_a_refused_signature_sends_the_disclosure_back_to_the_audit() -> None:
    one = quarter(disclosure.PREPARE, disclosure.AUDIT, stage="signing")
    assert not isinstance(one.act("refuse_signature", CLERK, reason="口径不对", person="P-signer"), Refusal)
    assert code(one.act("resubmit", CLERK, {"supplement": "已改"})) == "requirement_not_met"
    assert not isinstance(one.act("prepare", CLERK, disclosure.PREPARE.fields), Refusal)
    assert one.now.stage == "auditing"


def test_who_prepares_audits_and_signs_are_three_people() -> None:
    one = quarter(disclosure.PREPARE, stage="auditing")
    assert code(one.act("audit", COMMITTEE, disclosure.AUDIT.fields, CLERK)) == "same_person"
    one.act("audit", COMMITTEE, disclosure.AUDIT.fields)
    for person in (CLERK, COMMITTEE):
        assert code(one.act("sign", CLERK, disclosure.SIGN.fields, person)) == "same_person"


def test_nothing_but_names_and_sums_is_declared_for_audit() -> None:
    one = quarter(stage="preparing")
    assert code(one.act("prepare", CLERK, {**disclosure.PREPARE.fields, "whitelist": False})) == "requirement_not_met"


def test_what_was_audited_is_not_corrected_on_its_way_to_the_board() -> None:
    one = quarter(disclosure.PREPARE, disclosure.AUDIT, stage="signing")
    given = {"field": "entries", "value": "办公用品 30 元"}
    assert code(one.act("correct", CLERK, given, reason="笔误")) == "action_not_allowed_in_stage"


def test_an_objection_is_heard_in_its_window_and_not_after() -> None:
    one = quarter(*disclosure.PUBLISHED, stage="published")  # 1 April: the 11th is a Saturday, Monday takes its place
    one.expire(when("2026-04-13 23:59"))
    assert not isinstance(one.act("object", disclosure.RESIDENT, disclosure.OBJECT.fields), Refusal)
    assert code(one.act("archive", CLERK)) == "window_still_open"
    one.expire(when("2026-04-14 00:00"))
    assert code(one.act("object", disclosure.RESIDENT, disclosure.OBJECT.fields)) == "window_closed"
    assert code(one.act("archive", CLERK)) == "closing_gate"
    corrected = {"item": "objection.1", "outcome": "corrected", "answer": "已改"}
    assert code(one.act("answer_objection", CLERK, corrected)) == "requirement_not_met"
    given = {**corrected, "corrected_entries": "办公用品 320 元"}
    assert not isinstance(one.act("answer_objection", CLERK, given), Refusal)
    assert not isinstance(one.act("archive", CLERK), Refusal)


def test_whoever_objects_does_not_answer() -> None:
    one = quarter(*disclosure.PUBLISHED, disclosure.OBJECT, stage="published")
    done = one.act("answer_objection", CLERK, disclosure.ANSWER.fields, disclosure.RESIDENT)
    assert code(done) == "same_person"


def test_an_objection_has_ten_days_to_be_answered() -> None:
    one = quarter(*disclosure.PUBLISHED, disclosure.OBJECT, stage="published")
    clock = one.now.clocks["objection.1"]
    assert (clock.limit.n, f"{clock.due_at:%m-%d}") == (10, "04-11")
    one.wait(days=11)
    assert one.now.clocks["objection.1"].red


@pytest.mark.parametrize("hat", [COMMITTEE, GRID_WORKER])
def test_a_decision_is_objected_to_in_its_publicity_and_answered_before_it_closes(hat: str) -> None:
    steps = (*decision.IMPLEMENTING, decision.RESULT)
    one = live(Script("decision", decision.matter("representatives"), steps, "result_published", hat=CLERK))
    given = {"objector": "样例村民", "objection": "厚度不足"}
    assert not isinstance(one.act("object", hat, given), Refusal)
    one.wait(days=12)
    assert code(one.act("object", hat, given)) == "window_closed"
    assert code(one.act("verify", COMMITTEE, decision.VERIFY.fields)) == "closing_gate"
    answer = {"item": "objection.1", "outcome": "dismissed", "answer": "取芯检测合格"}
    assert not isinstance(one.act("answer_objection", CLERK, answer), Refusal)
    assert not isinstance(one.act("verify", COMMITTEE, decision.VERIFY.fields, "P-other"), Refusal)
    assert one.now.closed


def test_communities_and_villages_open_by_their_own_clerk_only() -> None:
    for name, fields in (("affairs_day", affairs_day.MONTH), ("disclosure", disclosure.QUARTER)):
        one = Life(procedure(name), when("2026-03-01 08:00"))
        assert code(one.open(fields, disclosure.RESIDENT, VILLAGE)) == "hat_not_allowed"


def test_a_photograph_shows_the_board() -> None:
    one = quarter(disclosure.PREPARE, disclosure.AUDIT, disclosure.SIGN, stage="signed")
    assert code(one.act("publish", CLERK, {"place": "公开栏"})) == "invalid_fields"
    assert not isinstance(one.act("publish", CLERK, {"place": "公开栏", "photos": [PHOTO]}), Refusal)
