"""Lives of the report reward."""

from tests.domain.scene import CLAIM_CODE, COUNTY, COUNTY_UNIT, PHOTO
from tests.procedures.script import Script, Step, Wait

OFFICER, HEAD, CASHIER = f"petition_officer@{COUNTY}", f"head@{COUNTY}", f"cashier@{COUNTY}"
APPROVER, INSPECTOR, HANDLER = f"approver@{COUNTY}", f"inspector@{COUNTY}", f"handler@{COUNTY_UNIT}"
REPORT = {
    "kind": "work_safety", "subject": "某采石场", "act": "unlicensed", "place": "村北沟口", "description": "无证开采",
}  # fmt: skip

ACCEPT = Step("accept", OFFICER)
JUDGE = Step("judge_first", OFFICER, {"duty_holder": False, "first_opinion": "此前无同一举报"})
ASSIGN = Step("assign", OFFICER, {"unit": COUNTY_UNIT})
FOUND = {"finding": "founded", "finding_grounds": "现场笔录", "evidence": [PHOTO]}
SUBMIT = Step("submit_finding", HANDLER, FOUND)
CONFIRM = Step("confirm", APPROVER, {"review_opinion": "属实"})
PENALTY = {"penalty_final_on": "2026-03-01", "penalty_document": "〔2026〕1号", "fine_fen": 2_000_000}
CALCULATE = Step("calculate", OFFICER, PENALTY)
APPROVE = Step("approve_first", APPROVER, {"first_approval": "同意"})
APPROVE_AGAIN = Step("approve_second", APPROVER, {"second_approval": "同意"}, person="P-second")
NOTIFY = Step("notify", OFFICER, {"notified_by": "phone"})
CLAIM = Step("claim", OFFICER, {"claim_code": CLAIM_CODE})
PAY = Step("pay", CASHIER, {"paid_on": "2026-03-02", "voucher_files": [PHOTO]})

VERIFYING = (ACCEPT, JUDGE, ASSIGN)
NOTIFIED = (SUBMIT, CONFIRM, CALCULATE, APPROVE, APPROVE_AGAIN, NOTIFY)
FINISHED = (*NOTIFIED, CLAIM, PAY)

SCRIPTS = {
    "main": Script(
        "reward",
        REPORT,
        (
            *VERIFYING,
            SUBMIT,
            CONFIRM,
            CALCULATE,
            APPROVE,
            Step("approve_second", APPROVER, APPROVE_AGAIN.fields, refused="same_person"),
            APPROVE_AGAIN,
            NOTIFY,
            Step("claim", OFFICER, {"claim_code": "000000"}, refused="invalid_fields"),
            CLAIM,
            PAY,
        ),
        "paid",
    ),
    "returned": Script(
        "reward",
        REPORT,
        (
            *VERIFYING,
            Step("return", HANDLER, reason="不属我单位监管"),
            Step("rule_return", OFFICER, {"item": "return.1", "ruling": "accepted", "ruling_opinion": "同意"}),
            Step("resubmit", OFFICER, {"supplement": "已核实，属你单位监管"}),
            Step("return", HANDLER, reason="仍不属", refused="requirement_not_met"),
            *FINISHED,
        ),
        "paid",
        ("ItemOpened", "ItemSettled"),
    ),
    "extended": Script(
        "reward",
        REPORT,
        (
            *VERIFYING,
            Wait(days=50),
            Step(
                "request_extension", HANDLER, {"clock": "verify", "units": 31}, reason="鉴定", refused="invalid_fields"
            ),
            Step("request_extension", HANDLER, {"clock": "verify", "units": 30}, reason="鉴定需要时间"),
            Step(
                "rule_extension",
                HEAD,
                {"item": "extension.1", "ruling": "granted"},
                person=HANDLER,
                refused="same_person",
            ),
            Step("rule_extension", HEAD, {"item": "extension.1", "ruling": "granted"}),
            Step(
                "request_extension",
                HANDLER,
                {"clock": "verify", "units": 1},
                reason="再延",
                refused="extension_used_up",
            ),
            Wait(days=39),
            *FINISHED,
        ),
        "paid",
        ("ClockExtended",),
    ),
    "paused": Script(
        "reward",
        REPORT,
        (
            *VERIFYING,
            Wait(days=1),
            Step("pause", HEAD, {"ground": "appraisal", "until": "2026-04-20"}, reason="送检"),
            Step("submit_finding", HANDLER, FOUND, refused="case_on_hold"),
            Wait(days=20),
            Step("resume", HEAD, reason="鉴定意见已出"),
            *FINISHED,
        ),
        "paid",
        ("ClocksPaused", "ClocksResumed"),
    ),
    "escalated": Script("reward", REPORT, (*VERIFYING, Wait(days=70)), "verifying", ("CaseEscalated",)),
    "reopened": Script(
        "reward",
        REPORT,
        (
            *VERIFYING,
            Step("submit_finding", HANDLER, FOUND | {"finding": "unfounded"}),
            Step("confirm", APPROVER, CONFIRM.fields, refused="requirement_not_met"),
            Step("confirm_unfounded", APPROVER, {"review_opinion": "查无实据"}),
            Wait(days=5),
            Step("reopen", INSPECTOR, reason="有新的证据"),
            *FINISHED,
        ),
        "paid",
    ),
}
