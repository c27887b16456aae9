"""Lives of the hazard."""

from tests.domain.scene import (
    APPROVER,
    CALLER,
    COUNTY,
    COUNTY_UNIT,
    DISPATCHER,
    HANDLER,
    HAZARD,
    PHOTO,
    TOWNSHIP,
    TOWNSHIP_UNIT,
)  # fmt: skip
from tests.procedures.script import Script, Step, Wait

HEAD = f"head@{TOWNSHIP}"
TRIAGE = Step("triage", DISPATCHER, {"grade": "general"})
DISPATCH = Step("dispatch", DISPATCHER, {"unit": TOWNSHIP_UNIT})
SIGN = Step("sign", HANDLER)
SUBMIT = Step("submit", HANDLER, {"result": "已填平", "evidence": [PHOTO]})
APPROVE = Step("approve", APPROVER, {"approval_opinion": "属实"})
ASK = Step("follow_up", CALLER, {"satisfaction": "satisfied", "follow_up_note": "满意"})
CLOSE = Step("close", DISPATCHER)
GRANTED = {"item": "extension.1", "ruling": "granted"}
HANDLED = (TRIAGE, DISPATCH, SIGN)
FINISHED = (SUBMIT, APPROVE, ASK, CLOSE)

SCRIPTS = {
    "main": Script("hazard", HAZARD, (*HANDLED, *FINISHED), "closed"),
    "returned": Script(
        "hazard",
        HAZARD,
        (
            TRIAGE,
            DISPATCH,
            Step("return", HANDLER, reason="不属我单位职责"),
            Step("rule_return", DISPATCHER, {"item": "return.1", "ruling": "accepted", "ruling_opinion": "同意"}),
            Step("resubmit", DISPATCHER, {"supplement": "已核实，属你单位职责"}),
            Step("return", HANDLER, reason="仍不属", refused="requirement_not_met"),
            SIGN,
            *FINISHED,
        ),
        "closed",
        ("ItemOpened", "ItemSettled"),
    ),
    "extended": Script(
        "hazard",
        HAZARD,
        (
            *HANDLED,
            Wait(days=2),
            Step("request_extension", HANDLER, {"clock": "handle", "units": 5}, reason="备料需要时间"),
            Step("rule_extension", HEAD, GRANTED, person=HANDLER, refused="same_person"),
            Step("rule_extension", HEAD, GRANTED),
            Wait(days=6),
            *FINISHED,
        ),
        "closed",
        ("ClockExtended",),
    ),
    "paused": Script(
        "hazard",
        HAZARD,
        (
            *HANDLED,
            Wait(days=1),
            Step("pause", HEAD, {"ground": "weather", "until": "2026-03-20"}, reason="连日降雨"),
            Step("submit", HANDLER, SUBMIT.fields, refused="case_on_hold"),
            Wait(days=10),
            Step("resume", HEAD, reason="天已放晴"),
            *FINISHED,
        ),
        "closed",
        ("ClocksPaused", "ClocksResumed"),
    ),
    "escalated": Script("hazard", HAZARD, (*HANDLED, Wait(days=30)), "signed", ("CaseEscalated",)),
    "reopened": Script(
        "hazard",
        HAZARD,
        (*HANDLED, *FINISHED, Wait(days=5), Step("reopen", DISPATCHER, reason="复发"), *FINISHED),
        "closed",
    ),
}
COUNTY_HANDLER = f"handler@{COUNTY_UNIT}"
COUNTY_DISPATCHER = f"dispatcher@{COUNTY}"
