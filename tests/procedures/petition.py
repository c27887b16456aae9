"""Lives of the petition."""

from typing import Any

from tests.domain.scene import COUNTY, COUNTY_UNIT, PHOTO, TOWNSHIP, TOWNSHIP_UNIT
from tests.procedures.script import Script, Step, Wait

OFFICE = f"petition_officer@{COUNTY}"
REVIEWER = "P-reviewer"  # another person of the same office
HANDLER, HEAD = f"handler@{TOWNSHIP_UNIT}", f"head@{TOWNSHIP_UNIT}"
COUNTY_HEAD = f"head@{COUNTY}"
INSPECTOR, COUNTY_INSPECTOR = f"inspector@{TOWNSHIP}", f"inspector@{COUNTY}"

CLAIM: dict[str, Any] = {
    "channel": "visit", "category": "claim", "petitioner": "信访人01", "matter": "宅基地边界",
    "description": "邻户新建围墙占用通道", "named": True,
}  # fmt: skip
SERVED: dict[str, Any] = {
    "served_at": "2026-03-02T09:00:00+08:00", "service_method": "direct", "receiver": "信访人01",
    "service_files": [PHOTO],
}  # fmt: skip

CLASSIFY = Step("classify", OFFICE, {"category": "claim"})
FORWARD = Step("forward", OFFICE, {"unit": TOWNSHIP_UNIT, "routing": "forwarded", "instructions": "依法处理"})
ASSIGN = Step(
    "assign",
    OFFICE,
    {"unit": COUNTY_UNIT, "routing": "assigned", "instructions": "查清边界", "report_back_on": "2026-09-30"},
)
ACCEPT = Step("accept", HANDLER)
INVESTIGATE = Step("investigate", HANDLER, {"investigation": "现场丈量，走访四邻"})
DRAFT = Step("draft_opinion", HANDLER, {"conclusion": "support", "findings": "围墙越界", "basis": "宅基地登记资料"})
ISSUE = Step("issue_opinion", HEAD)
SERVE = Step("serve", HANDLER, SERVED)
REQUEST_REVIEW = Step("request_review", OFFICE, {"review_request": "对认定的宽度有异议"})
RULE_REVIEW = Step("rule_review", OFFICE, {"review_result": "upheld", "review_opinion": "认定清楚"}, person=REVIEWER)
SERVE_REVIEW = Step("serve_review", OFFICE, SERVED)
REQUEST_REREVIEW = Step("request_rereview", OFFICE, {"rereview_request": "仍有异议"})
RULE_REREVIEW = Step(
    "rule_rereview",
    OFFICE,
    {"outcome": "rereview_ended", "rereview_body": "上级机关", "rereview_opinion": "维持复查意见"},
)
MEDIATE = Step("mediate", HANDLER, {"mediator": "村人民调解委员会"})
MEDIATED = Step(
    "conclude_mediated",
    HANDLER,
    {"outcome": "mediated_performed", "agreement": "已拆除并恢复通道", "agreement_files": [PHOTO]},
)

HANDLED = (CLASSIFY, FORWARD, ACCEPT)
ANSWERED = (INVESTIGATE, DRAFT, ISSUE)
TO_REREVIEW = (*HANDLED, *ANSWERED, SERVE, REQUEST_REVIEW, RULE_REVIEW, SERVE_REVIEW, REQUEST_REREVIEW)

SCRIPTS = {
    "main": Script("petition", CLAIM, (*TO_REREVIEW, RULE_REREVIEW), "closed"),
    "returned": Script(
        "petition",
        CLAIM,
        (
            CLASSIFY,
            FORWARD,
            Step("return", HANDLER, reason="不属本单位职权"),
            Step(
                "rule_return",
                OFFICE,
                {"item": "return.1", "ruling": "accepted", "ruling_opinion": "同意"},
                person=HANDLER,
                refused="same_person",
            ),
            Step("rule_return", OFFICE, {"item": "return.1", "ruling": "accepted", "ruling_opinion": "同意"}),
            Step("resubmit", OFFICE, {"supplement": "职责清单列明由你单位办理"}),
            Step("return", HANDLER, reason="仍不属", refused="requirement_not_met"),
            ACCEPT,
            MEDIATE,
            MEDIATED,
        ),
        "closed",
        ("ItemOpened", "ItemSettled"),
    ),
    "extended": Script(
        "petition",
        CLAIM,
        (
            *HANDLED,
            Wait(days=50),
            Step("request_extension", HANDLER, {"clock": "conclude", "units": 30}, reason="需要测绘"),
            Step(
                "rule_extension",
                HEAD,
                {"item": "extension.1", "ruling": "granted"},
                person=HANDLER,
                refused="same_person",
            ),
            Step("rule_extension", HEAD, {"item": "extension.1", "ruling": "granted"}),
            Step("notify_extension", HANDLER, reason="需要测绘"),
            Wait(days=20),
            *ANSWERED,
            Step("serve", HANDLER, SERVED | {"served_at": "2026-05-11T09:00:00+08:00"}),
            Wait(days=40),
        ),
        "closed",
        ("ClockExtended", "ClockLapsed"),
    ),
    "paused": Script(
        "petition",
        CLAIM,
        (
            *TO_REREVIEW,
            Wait(days=1),
            Step("pause", OFFICE, {"ground": "hearing", "until": "2026-03-20"}, reason="上级机关举行听证"),
            Step("pause", OFFICE, {"ground": "hearing", "until": "2026-03-20"}, reason="再次", refused="case_on_hold"),
            Wait(days=5),
            Step("resume", OFFICE, reason="听证结束"),
            RULE_REREVIEW,
        ),
        "closed",
        ("ClocksPaused", "ClocksResumed"),
    ),
    "escalated": Script("petition", CLAIM, (CLASSIFY, FORWARD, Wait(days=40)), "routed", ("CaseEscalated",)),
    "reopened": Script(
        "petition",
        CLAIM,
        (
            *HANDLED,
            MEDIATE,
            MEDIATED,
            Wait(days=5),
            Step("reopen", OFFICE, reason="协议没有履行完"),
            *ANSWERED,
            Step("serve", HANDLER, SERVED | {"served_at": "2026-03-07T09:00:00+08:00"}),
            Wait(days=40),
        ),
        "closed",
        ("ClockLapsed",),
    ),
}
