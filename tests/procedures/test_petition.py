"""The petition by statute: every date counted by hand, what is refused, windows that lapse, and papers."""

import pytest

from domain.case.context import Rival
from domain.case.document import UNSAID
from domain.case.event import ClockLapsed
from domain.rules.refusal import Refusal
from tests.domain.scene import (
    COUNTY,
    COUNTY_UNIT,
    PHOTO,
    TOWNSHIP,
    Life,
    code,
    procedure,
    when,
)
from tests.procedures.dossier import Petition, last_day, petition
from tests.procedures.petition import (
    ACCEPT,
    ASSIGN,
    CLAIM,
    CLASSIFY,
    DRAFT,
    FORWARD,
    HANDLED,
    HANDLER,
    HEAD,
    INVESTIGATE,
    ISSUE,
    OFFICE,
    REQUEST_REREVIEW,
    REQUEST_REVIEW,
    RULE_REREVIEW,
    RULE_REVIEW,
    SERVE,
    SERVED,
)
from tests.procedures.script import Step

COUNTY_HANDLER, COUNTY_UNIT_HEAD = f"handler@{COUNTY_UNIT}", f"head@{COUNTY_UNIT}"


def served(at: str) -> Petition:
    """A petition whose opinion was served at `at`, and everything before it on the same morning."""
    one = petition(at)
    for step in (*HANDLED, INVESTIGATE, DRAFT, ISSUE):
        one.take(step)
    one.take(SERVE, served_at=at.replace(" ", "T") + ":00+08:00")
    return one


def test_every_date_to_the_end_of_the_re_review() -> None:
    one = petition("2026-08-03 09:00")
    assert one.last_day("register") == "2026-08-18"  # 15 days
    one.take(CLASSIFY, "2026-08-04 09:00")
    assert one.last_day("register") == "2026-08-18"  # classifying does not begin it again
    one.take(ASSIGN, "2026-08-05 09:00")
    assert one.last_day("acceptance") == "2026-08-20"  # 15 days
    assert one.last_day("objection") == "2026-08-12"  # working days: Thu 6, 7, 10, 11, 12
    one.take(ACCEPT, "2026-08-07 09:00", hat=COUNTY_HANDLER)
    conclude = one.now.clocks["conclude"]
    assert last_day(conclude) == "2026-10-06"  # 60 days; a duty, so the National Day holiday moves nothing
    assert conclude.internal_due_at == when("2026-09-22 00:00")  # 15 days before 10-07 00:00
    ask = Step("request_extension", COUNTY_HANDLER, {"clock": "conclude", "units": 20}, reason="需要测绘")
    one.take(ask, "2026-08-20 09:00")
    one.take(Step("rule_extension", COUNTY_UNIT_HEAD, {"item": "extension.1", "ruling": "granted"}))
    assert one.last_day("conclude") == "2026-10-26"
    assert one.now.clocks["conclude"].internal_due_at == when("2026-10-12 00:00")
    one.take(Step("notify_extension", COUNTY_HANDLER, reason="需要测绘"))
    one.take(DRAFT, "2026-09-01 09:00", hat=COUNTY_HANDLER)
    one.take(ISSUE, "2026-09-02 09:00", hat=COUNTY_UNIT_HEAD)
    assert one.last_day("service") == "2026-09-09"  # working days: Thu 3, 4, 7, 8, 9
    early = one.act("serve", COUNTY_HANDLER, SERVED | {"served_at": "2026-09-02T09:00:00+08:00"})
    assert code(early) == "requirement_not_met"  # assigned with report back
    one.take(Step("report_back", COUNTY_HANDLER, {"reported_back": "已办结"}))
    one.take(SERVE, "2026-09-04 09:00", hat=COUNTY_HANDLER, served_at="2026-09-03T10:00:00+08:00")
    assert one.last_day("review_request") == "2026-10-08"  # 30 days from service: 10-03, rolled over the holiday
    one.take(REQUEST_REVIEW, "2026-10-08 23:30")
    assert one.last_day("review") == "2026-11-07"  # 30 days, a Saturday: no roll for a duty
    assert one.now.clocks["review"].internal_due_at == when("2026-10-24 00:00")
    one.take(RULE_REVIEW, "2026-10-20 09:00")
    assert one.last_day("review_service") == "2026-10-27"  # working days: Wed 21, 22, 23, 26, 27
    one.take(Step("serve_review", OFFICE, SERVED), "2026-10-22 15:00", served_at="2026-10-22T10:00:00+08:00")
    assert one.last_day("rereview_request") == "2026-11-23"  # 11-21 is a Saturday
    one.take(REQUEST_REREVIEW, "2026-11-23 16:00")
    assert one.last_day("rereview") == "2026-12-23"
    hearing = Step("pause", OFFICE, {"ground": "hearing", "until": "2026-12-20"}, reason="上级机关举行听证")
    one.take(hearing, "2026-12-01 10:00")
    one.take(Step("resume", OFFICE, reason="听证结束"), "2026-12-06 10:00")
    assert one.last_day("rereview") == "2026-12-28"  # five days of hearing, 2 to 6, do not count
    one.take(RULE_REREVIEW, "2026-12-20 09:00")
    assert (one.now.closed, one.now.fields["outcome"], one.now.cards) == (True, "rereview_ended", {})
    assert code(one.act("reopen", OFFICE, reason="再看看")) == "requirement_not_met"
    numbers = [paper.number for paper in one.papers]
    assert numbers == [
        "信交〔2026〕000001-2号", "信受〔2026〕000001-3号", "信延〔2026〕000001-4号", "信处〔2026〕000001-5号",
        "信送〔2026〕000001-6号", "信复〔2026〕000001-7号", "信送〔2026〕000001-8号",
    ]  # fmt: skip
    assert "送达时间：2026年9月3日10时0分" in one.papers[4].text
    assert "办理期限延长至 2026年10月26日" in one.papers[2].text
    assert "处理意见：支持" in one.papers[3].text
    assert [paper.document for paper in one.papers if UNSAID in paper.text] == []


def test_an_objection_is_heard_for_five_working_days() -> None:
    one = petition("2026-09-29 09:00")
    one.take(CLASSIFY)
    one.take(FORWARD)
    one.expire(when("2026-10-12 23:59"))
    assert code(one.act("return", HANDLER)) == "invalid_fields"  # only the reason is missing
    one.expire(when("2026-10-13 00:00"))
    assert code(one.act("return", HANDLER, reason="不属本单位职权")) == "window_closed"


def test_a_unit_that_takes_it_over_has_its_own_time() -> None:
    one = petition("2026-08-03 09:00")
    one.take(CLASSIFY)
    one.take(FORWARD)
    one.take(Step("transfer", OFFICE, {"unit": COUNTY_UNIT}, reason="职责调整"), "2026-08-07 09:00")
    assert (one.last_day("objection"), one.last_day("acceptance")) == ("2026-08-14", "2026-08-22")


@pytest.mark.parametrize(
    ("at", "units", "expected"),
    [
        ("2026-10-06 23:59", 30, None),
        ("2026-10-06 23:59", 31, "invalid_fields"),
        ("2026-10-07 00:00", 1, "extension_too_late"),
    ],
)
def test_an_extension_is_asked_before_due_and_for_thirty_days_at_most(
    at: str, units: int, expected: str | None
) -> None:
    one = petition("2026-08-07 09:00")
    for step in HANDLED:
        one.take(step)
    one.expire(when(at))
    done = one.act("request_extension", HANDLER, {"clock": "conclude", "units": units}, reason="需要测绘")
    assert (code(done) if isinstance(done, Refusal) else None) == expected


def test_only_the_head_of_the_body_rules_on_an_extension_and_once() -> None:
    one = petition("2026-08-07 09:00")
    for step in HANDLED:
        one.take(step)
    ask = Step("request_extension", HANDLER, {"clock": "conclude", "units": 30}, reason="需要测绘")
    one.take(ask)
    granted = {"item": "extension.1", "ruling": "granted"}
    for hat in (HANDLER, OFFICE, COUNTY_UNIT_HEAD, f"head@{TOWNSHIP}", f"head@{COUNTY}"):
        assert code(one.act("rule_extension", hat, granted)) == "hat_not_allowed", hat
    assert code(one.act("rule_extension", HEAD, granted, person=HANDLER)) == "same_person"
    one.take(Step("rule_extension", HEAD, granted))
    assert one.last_day("conclude") == "2026-11-05"
    assert code(one.act("request_extension", HANDLER, ask.fields, reason="再延")) == "extension_used_up"


def test_a_window_that_lapses_closes_the_case_exactly_then() -> None:
    one = served("2026-09-03 10:00")
    one.expire(when("2026-10-08 23:59"))
    assert (one.now.stage, one.now.holder) == ("served", OFFICE)
    (firing,) = one.expire(when("2026-10-09 00:00"))
    assert isinstance(firing.event, ClockLapsed)
    assert firing.due_at == when("2026-10-09 00:00")
    assert (one.now.stage, one.now.fields["outcome"]) == ("closed", "window_lapsed")
    assert code(one.act("request_review", OFFICE, REQUEST_REVIEW.fields)) == "case_closed"
    assert one.last_day("reopening") == "2026-11-08"


def test_a_window_never_lapses_on_a_date_that_is_not_certain() -> None:
    one = served("2026-12-07 10:00")
    assert one.now.clocks["review_request"].provisional
    one.expire(when("2027-03-01 00:00"))
    assert one.now.stage == "served"


def test_a_request_made_in_time_and_recorded_late_is_still_heard() -> None:
    one = served("2026-09-03 10:00")
    one.expire(when("2026-10-10 09:00"))
    proof = {"requested_at": "2026-10-08T17:00:00+08:00", "request_proof": [PHOTO]}
    one.take(Step("admit_late_recorded", OFFICE, proof, reason="邮戳为10月8日"))
    assert (one.now.stage, one.last_day("review")) == ("reviewing", "2026-11-07")


@pytest.mark.parametrize("person", [HANDLER, HEAD])
def test_who_handled_it_does_not_review_it(person: str) -> None:
    one = served("2026-09-03 10:00")
    one.take(REQUEST_REVIEW)
    assert code(one.act("rule_review", OFFICE, RULE_REVIEW.fields, person=person)) == "same_person"


def test_a_review_that_orders_it_done_again_goes_back_to_the_unit() -> None:
    one = served("2026-09-03 10:00")
    one.take(REQUEST_REVIEW)
    one.take(RULE_REVIEW, review_result="redo")
    assert (one.now.stage, one.now.holder, one.last_day("conclude")) == ("investigating", HANDLER, "2026-11-02")


@pytest.mark.parametrize(
    ("count", "problem"), [(5, None), (6, "number_too_large"), (0, "number_too_small"), (1.5, "mistyped_field")]
)
def test_a_joint_petition_has_five_representatives_at_most(count: float, problem: str | None) -> None:
    opened = Life(procedure("petition"), when("2026-08-03 09:00")).open(
        CLAIM | {"joint": True, "representatives": count}
    )
    assert ([each.code for each in opened.errors] if isinstance(opened, Refusal) else [None]) == [problem]


def test_a_joint_petition_names_how_many_represent_it() -> None:
    one = petition("2026-08-03 09:00", joint=True)
    assert code(one.act("classify", OFFICE, CLASSIFY.fields)) == "requirement_not_met"
    one.take(CLASSIFY, representatives=3)


def rival(closed: bool, outcome: str | None = None) -> tuple[Rival, ...]:
    return (Rival("c-1", "XF-2026-000009", closed, when("2026-01-05 09:00"), outcome),)


def test_a_matter_whose_re_review_ended_is_not_taken_again() -> None:
    one = petition("2026-08-03 09:00", rival(True, "rereview_ended"))
    for category in ("claim", "suggestion"):
        refusal = one.act("classify", OFFICE, {"category": category})
        assert isinstance(refusal, Refusal)
        assert refusal.words == "同一事项已经办结，只能不再受理"
    duplicate = {"decline_ground": "duplicate"}
    assert code(one.act("decline_unread", OFFICE, duplicate, reason="重复")) == "requirement_not_met"
    one.take(Step("refuse_unread", OFFICE))
    assert (one.now.stage, one.papers[0].title, UNSAID in one.papers[0].text) == (
        "not_again_unread",
        "不再受理告知书",
        False,
    )


@pytest.mark.parametrize("standing", [(), rival(True, "concluded"), rival(False)])
def test_any_other_matter_is_not_refused_for_good(standing: tuple[Rival, ...]) -> None:
    assert code(petition("2026-08-03 09:00", standing).act("refuse_unread", OFFICE)) == "requirement_not_met"


def test_a_matter_that_is_being_handled_is_declined_as_a_duplicate() -> None:
    duplicate = Step("decline_unread", OFFICE, {"decline_ground": "duplicate"}, reason="正在办理期限内")
    assert (
        code(petition("2026-08-03 09:00").act("decline_unread", OFFICE, duplicate.fields, reason="重复"))
        == "requirement_not_met"
    )
    one = petition("2026-08-03 09:00", rival(False))
    one.take(duplicate)
    assert (one.now.stage, one.papers[0].title, UNSAID in one.papers[0].text) == (
        "declined_unread",
        "不予受理告知书",
        False,
    )


def test_the_other_papers_have_their_numbers_and_nothing_left_empty() -> None:
    one = petition("2026-08-03 09:00")
    for step in (CLASSIFY, FORWARD):
        one.take(step)
    demand = {"requirement": "限期答复", "due_on": "2026-08-20"}
    one.take(Step("supervise", f"head@{COUNTY}", demand), hat=OFFICE)
    one.take(Step("feed_back", HANDLER, {"item": "supervision.1", "result": "已在办"}))
    route = {"statutory_route": "litigation", "statutory_basis": "生效判决"}
    one.take(Step("route_statutory", HANDLER, route))
    assert [paper.number for paper in one.papers] == [
        "信转〔2026〕000001-2号", "督〔2026〕000001-3号", "信导〔2026〕000001-4号",
    ]  # fmt: skip
    assert [paper.document for paper in one.papers if UNSAID in paper.text] == []
    assert "请于 2026年8月20日 前反馈" in one.papers[1].text
