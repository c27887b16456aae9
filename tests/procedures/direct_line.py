"""Lives of the direct line."""

from tests.domain.scene import COUNTY, PHOTO, TOWNSHIP, VILLAGE
from tests.procedures.script import Script, Step, Wait

MEMBER, OFFICE, COUNTY_OFFICE = f"committee@{VILLAGE}", f"inspector@{TOWNSHIP}", f"inspector@{COUNTY}"
SECOND = "P-second"
SAID = {"about": "village", "kind": "funds", "description": "集体林地租金没有入账"}

ACCEPT = Step("accept", OFFICE)
TALK = Step("talk", OFFICE, {"talk": "已与村会计谈话"})
INVESTIGATE = Step("investigate", OFFICE, {"investigation": "调取账簿，租金确未入账"})
RESULT = {"finding": "founded", "disposal": "责令入账，谈话提醒", "disposal_files": [PHOTO]}
CONCLUDE = Step("conclude", OFFICE, RESULT)
ANSWER = Step("answer", OFFICE, {"reply": "反映属实，租金已入账"}, person=SECOND)
CONFIRM = Step("confirm", MEMBER)
HAND_OVER = Step("hand_over", OFFICE, reason="涉及乡镇干部")

HANDLED = (TALK, INVESTIGATE, CONCLUDE)
FINISHED = (*HANDLED, ANSWER, CONFIRM)


def at_county(*steps: Step) -> tuple[Step, ...]:
    """The steps as the county's office takes them."""
    return tuple(Step(s.action, COUNTY_OFFICE, s.fields, s.reason, s.person and "P-third", s.refused) for s in steps)


def life(steps: tuple[Step | Wait, ...], stage: str, *events: str) -> Script:
    """What a member of the supervision committee says of the own village."""
    return Script("direct_line", SAID, steps, stage, events, hat=MEMBER, title="林地租金去向")


SCRIPTS = {
    "main": life(
        (
            ACCEPT,
            Step("supplement", MEMBER, {"addition": "附租赁合同", "addition_files": [PHOTO]}),
            *HANDLED,
            Step("answer", OFFICE, ANSWER.fields, refused="same_person"),
            ANSWER,
            Wait(days=20),  # nobody objected
        ),
        "closed",
        "ClockLapsed",
    ),
    "returned": life(
        (
            ACCEPT,
            *HANDLED,
            Step("return", OFFICE, reason="未写明金额", person=SECOND),
            Step("resubmit", OFFICE, {"supplement": "租金一万二千元"}),
            ANSWER,
            CONFIRM,
        ),
        "closed",
    ),
    "extended": life(
        (
            ACCEPT,
            Wait(days=50),
            Step(
                "request_extension", OFFICE, {"clock": "handle", "units": 31}, reason="审计", refused="invalid_fields"
            ),
            Step("request_extension", OFFICE, {"clock": "handle", "units": 30}, reason="审计"),
            Step(
                "rule_extension",
                COUNTY_OFFICE,
                {"item": "extension.1", "ruling": "granted"},
                person=OFFICE,
                refused="same_person",
            ),
            Step("rule_extension", COUNTY_OFFICE, {"item": "extension.1", "ruling": "granted"}),
            Wait(days=35),
            *FINISHED,
        ),
        "closed",
        "ClockExtended",
    ),
    "paused": life(
        (
            ACCEPT,
            Step("pause", COUNTY_OFFICE, {"ground": "audit", "until": "2026-04-20"}, reason="审计"),
            Step("conclude", OFFICE, RESULT, refused="case_on_hold"),
            Wait(days=20),
            Step("resume", COUNTY_OFFICE, reason="审计报告已出"),
            *FINISHED,
        ),
        "closed",
        "ClocksPaused",
        "ClocksResumed",
    ),
    "escalated": life((ACCEPT, Wait(days=70)), "handling", "CaseEscalated"),
    "reopened": life(
        (
            ACCEPT,
            *FINISHED,
            Wait(days=5),
            Step("reopen", COUNTY_OFFICE, reason="租金仍未入账"),
            *at_county(CONCLUDE, ANSWER),
            CONFIRM,
        ),
        "closed_county",
    ),
    "handed_over": life(
        (
            ACCEPT,
            TALK,
            HAND_OVER,
            Step("talk", OFFICE, TALK.fields, refused="hat_not_allowed"),
            *at_county(CONCLUDE, ANSWER),
            Step("object", MEMBER, reason="没有答复金额"),
            *at_county(CONCLUDE, ANSWER),
            CONFIRM,
        ),
        "closed_county",
    ),
}
