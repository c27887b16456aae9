"""The proxy service item: originals go back, a supplement is asked once, and no detour gives a department more time."""

import pytest

from domain.case.document import UNSAID
from domain.rules.refusal import Refusal
from tests.domain.scene import DISPATCHER, Life, code, procedure, when
from tests.procedures.script import Script, Step, Wait, live
from tests.procedures.service import (
    CLOSE,
    CONCLUDE,
    DELIVER,
    ENTRUST,
    FINISHED,
    GIVE_BACK,
    HANDLER,
    LACKING,
    PASS,
    PROXY,
    RATE,
    REQUEST,
    SIGN,
    SUBMIT,
    SUPPLEMENT,
    TAKE_IN,
    TAKEN_UP,
)


def lived(*steps: Step | Wait, stage: str, at: str = "2026-03-02 09:00") -> Life:
    return live(Script("service", REQUEST, steps, stage, at=at))


@pytest.mark.parametrize(
    ("action", "before"),
    [("withdraw", (ENTRUST, TAKE_IN)), ("end_proxy", (ENTRUST, TAKE_IN)), ("close", (*TAKEN_UP, *FINISHED))],
)
def test_nothing_ends_while_an_original_is_in(action: str, before: tuple[Step, ...]) -> None:
    one = live(Script("service", REQUEST, before, {"close": "awaiting_close"}.get(action, "entrusted")))
    refusal = one.act(action, PROXY, reason="委托人要求")
    assert isinstance(refusal, Refusal)
    assert (refusal.code, "还有未办完的原件（material.1）" in refusal.words) == ("closing_gate", True)
    assert not isinstance(one.act("give_back", PROXY, GIVE_BACK.fields), Refusal)
    assert not isinstance(one.act(action, PROXY, reason="委托人要求"), Refusal)
    assert one.now.closed


def test_a_supplement_is_asked_once_with_a_paper_and_waits_at_a_stage_of_its_own() -> None:
    one = lived(ENTRUST, LACKING, stage="supplementing")
    paper = one.papers[-1]
    assert paper.number == "代补〔2026〕000001-3号"
    assert "缺现场照片" in paper.text
    lived(
        ENTRUST,
        LACKING,
        SUPPLEMENT,
        Step("request_supplement", PROXY, LACKING.fields, refused="done_already"),
        stage="entrusted",
    )


def test_the_default_limits_of_the_house() -> None:
    # Mon 03-02: five working days end on 03-09, three on 03-05, two on 03-04.
    assert lived(ENTRUST, stage="entrusted").now.clocks["first_check"].due_at == when("2026-03-10 00:00")
    assert lived(ENTRUST, PASS, stage="ready").now.clocks["submit_upward"].due_at == when("2026-03-06 00:00")
    one = lived(*TAKEN_UP, CONCLUDE, stage="concluded")
    assert one.now.clocks["deliver"].due_at == when("2026-03-05 00:00")


def test_a_licence_takes_twenty_working_days_and_ten_more_on_the_heads_word() -> None:
    one = lived(*TAKEN_UP, stage="handling", at="2026-04-01 09:00")
    handle = one.now.clocks["handle"]
    # April: 2, 3, 7-10, 13-17, 20-24, 27-30 are twenty (04-04 to 04-06 are days off).
    assert (handle.due_at, handle.authority) == (when("2026-05-01 00:00"), "《行政许可法》第四十二条、第八十二条")
    asked = one.act("request_extension", HANDLER, {"clock": "handle", "units": 10}, reason="现场核查")
    assert not isinstance(asked, Refusal)
    assert (
        code(one.act("rule_extension", DISPATCHER, {"item": "extension.1", "ruling": "granted"})) == "hat_not_allowed"
    )
    head = HANDLER.replace("handler", "head")
    assert not isinstance(one.act("rule_extension", head, {"item": "extension.1", "ruling": "granted"}), Refusal)
    assert one.now.clocks["handle"].due_at == when("2026-05-19 00:00")  # May 6-9 (Sat 9 worked), 11-15, 18


@pytest.mark.parametrize(
    ("promise", "due"),
    [("same_day", "2026-03-03"), ("days_3", "2026-03-06"), ("days_5", "2026-03-10"), ("days_10", "2026-03-17")],
)
def test_the_promised_time_is_kept(promise: str, due: str) -> None:
    promised = Step("pass_check", PROXY, {"nature": "other", "promise": promise})
    one = lived(ENTRUST, promised, SUBMIT, SIGN, stage="handling")
    assert one.now.clocks["handle"].due_at == when(f"{due} 00:00")


def test_a_return_or_a_transfer_gives_no_new_time() -> None:
    one = lived(
        *TAKEN_UP,
        Wait(days=7),
        Step("return", HANDLER, reason="应由县级部门办理"),
        Step("rule_return", DISPATCHER, {"item": "return.1", "ruling": "accepted", "ruling_opinion": "同意"}),
        SUBMIT,
        SIGN,
        stage="handling",
    )
    assert one.now.clocks["handle"].due_at == when("2026-03-31 00:00")  # twenty working days from 03-02


def test_who_is_dissatisfied_is_answered_before_closing() -> None:
    rated = Step("rate", RATE.hat, {"satisfaction": "dissatisfied"})
    lived(
        ENTRUST,
        PASS,
        SUBMIT,
        SIGN,
        CONCLUDE,
        DELIVER,
        rated,
        Step("close", PROXY, refused="requirement_not_met"),
        Step("close", PROXY, {"remedy": "已当面说明并补办"}),
        stage="closed",
    )


def test_the_papers_carry_what_was_said() -> None:
    one = lived(*TAKEN_UP, *FINISHED, GIVE_BACK, CLOSE, stage="closed")
    papers = one.papers[1:]  # the receipt came first
    assert [(paper.title, paper.number) for paper in papers] == [
        ("授权委托书", "代委〔2026〕000001-2号"),
        ("代办事项上送单", "代送〔2026〕000001-3号"),
    ]
    unit_unnamed = [paper.text.replace(f"{UNSAID}：\n", "") for paper in papers]  # the scene names no units
    assert not any(UNSAID in text for text in unit_unnamed)
    assert "批次 2026-03-01" in papers[1].text
    assert "承诺时限：20个工作日" in papers[1].text
    assert {paper.document for paper in papers} <= set(procedure("service").documents)
