"""Lives of the village disclosure: the first quarter of 2026, opened on 1 April."""

from tests.domain.scene import DISPATCHER, PHOTO, TOWNSHIP, VILLAGE
from tests.procedures.script import Script, Step, Wait

CLERK, COMMITTEE, RESIDENT = f"clerk@{VILLAGE}", f"committee@{VILLAGE}", f"resident@{VILLAGE}"
HEAD = f"head@{TOWNSHIP}"
QUARTER = {"catalogue": "财务收支", "occasion": "quarterly", "period": "2026年第一季度"}
FIRST = "2026-04-01 08:00"

PREPARE = Step("prepare", CLERK, {"entries": "办公用品 300 元", "whitelist": True, "vouchers": [PHOTO]})
AUDIT = Step("audit", COMMITTEE, {"audit_opinion": "凭证齐全"})
SIGN = Step("sign", CLERK, {"sign_opinion": "同意"}, person="P-signer")
PUBLISH = Step("publish", CLERK, {"place": "公开栏", "photos": [PHOTO]})
OBJECT = Step("object", RESIDENT, {"objector": "样例村民", "objection": "金额不清"})
ANSWER = Step("answer_objection", CLERK, {"item": "objection.1", "outcome": "answered", "answer": "含两次采购"})
ARCHIVE = Step("archive", CLERK)

PUBLISHED = (PREPARE, AUDIT, SIGN, PUBLISH)
FINISHED = (Wait(days=14), ARCHIVE)  # the window rolls over a weekend


def life(steps: tuple[Step | Wait, ...], stage: str, *events: str) -> Script:
    """A disclosure of the quarter."""
    return Script("disclosure", QUARTER, steps, stage, events, at=FIRST, hat=CLERK)


SCRIPTS = {
    "main": life((*PUBLISHED, Wait(days=2), OBJECT, Wait(days=3), ANSWER, *FINISHED), "archived", "DocumentIssued"),
    "returned": life(
        (
            PREPARE,
            Step("return", COMMITTEE, refused="invalid_fields"),
            Step("return", COMMITTEE, reason="少一张凭证"),
            Step("resubmit", CLERK, {"supplement": "已补凭证", "entries": "办公用品 320 元"}),
            AUDIT,
            SIGN,
            PUBLISH,
            *FINISHED,
        ),
        "archived",
    ),
    "extended": life(
        (
            Step(
                "request_extension", CLERK, {"clock": "publish", "units": 11}, reason="对账", refused="invalid_fields"
            ),
            Step("request_extension", CLERK, {"clock": "publish", "units": 5}, reason="对账"),
            Step(
                "rule_extension",
                HEAD,
                {"item": "extension.1", "ruling": "granted"},
                person=CLERK,
                refused="same_person",
            ),
            Step("rule_extension", HEAD, {"item": "extension.1", "ruling": "granted"}),
            Wait(days=16),
            *PUBLISHED,
            *FINISHED,
        ),
        "archived",
        "ClockExtended",
    ),
    "paused": life(
        (
            Step("pause", HEAD, {"ground": "force", "until": "2026-04-20"}, reason="汛情"),
            Step("prepare", CLERK, PREPARE.fields, refused="case_on_hold"),
            Wait(days=5),
            Step("resume", HEAD, reason="汛情已过"),
            *PUBLISHED,
            *FINISHED,
        ),
        "archived",
        "ClocksPaused",
        "ClocksResumed",
    ),
    "escalated": life((PREPARE, AUDIT, Wait(days=25)), "signing", "CaseEscalated"),
    "reopened": life(
        (
            *PUBLISHED,
            *FINISHED,
            Wait(days=5),
            Step("reopen", DISPATCHER, reason="漏列一项"),
            Step("archive", CLERK, refused="action_not_allowed_in_stage"),
            *PUBLISHED,
            *FINISHED,
        ),
        "archived",
    ),
}
