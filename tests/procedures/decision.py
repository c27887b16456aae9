"""Lives of the four deliberations and two disclosures."""

from collections.abc import Mapping
from typing import Any

from tests.domain.scene import DISPATCHER, PHOTO, TOWNSHIP, VILLAGE
from tests.procedures.script import Script, Step, Wait

CLERK, COMMITTEE = f"clerk@{VILLAGE}", f"committee@{VILLAGE}"
HEAD = f"head@{TOWNSHIP}"


def matter(kind: str) -> Mapping[str, Any]:
    """A proposal that this kind of meeting decides."""
    return {"kind": kind, "proposal": "硬化村内道路", "grounds": "群众议定"}


def counts(due: int, present: int, in_favour: int, opposed: int = 0, **more: Any) -> Mapping[str, Any]:
    """What was counted at a meeting."""
    counted = {"members": due, "present": present, "in_favour": in_favour, "opposed": opposed}
    return counted | {"roll": [PHOTO], "witness": "样例列席人"} | more


def party(due: int, present: int, in_favour: int) -> Step:
    """The party members' meeting."""
    return Step("party_vote", CLERK, counts(due, present, in_favour, party_advice="同意"))


def representatives(due: int, present: int, in_favour: int, **more: Any) -> Step:
    """The villagers' representatives."""
    made_up: dict[str, Any] = {"four_fifths": True, "women_third": True, "resolution": "硬化道路"} | more
    return Step("representatives_vote", CLERK, counts(due, present, in_favour, **made_up))


def villagers(basis: str, due: int, present: int, in_favour: int) -> Step:
    """The full villagers' meeting, by adults or by households."""
    return Step("villagers_vote", CLERK, counts(due, present, in_favour, basis=basis, resolution="硬化道路"))


def assets(due: int, present: int, in_favour: int, opposed: int = 0) -> Step:
    """The members, on collective assets."""
    form = {"attendance": "members", "resolution": "出租旧校舍"}
    return Step("assets_vote", CLERK, counts(due, present, in_favour, opposed, **form))


PROPOSE = Step("submit_proposal", CLERK, {"party_opinion": "同意提议"})
CONSULT = Step("consult", CLERK, {"consulted": "同意", "plan": "年内完成", "minutes": [PHOTO]})
PARTY = party(30, 24, 20)
CALL = Step(
    "call_meeting",
    CLERK,
    {"draft": "硬化道路", "meeting_on": "2026-03-20", "meeting_place": "村委会", "draft_photos": [PHOTO]},
)
VOTE = representatives(30, 20, 11)
PUBLISH = Step("publish_resolution", CLERK, {"resolution_photos": [PHOTO]})
IMPLEMENT = Step("implement", CLERK, {"responsible": "样例责任人"})
RESULT = Step("publish_result", CLERK, {"result": "已硬化", "evidence": [PHOTO]})
VERIFY = Step("verify", COMMITTEE, {"verify_opinion": "属实"})

CALLED = (PROPOSE, CONSULT, PARTY, CALL)
IMPLEMENTING = (*CALLED, VOTE, PUBLISH, Wait(days=8), IMPLEMENT)
FINISHED = (RESULT, Wait(days=12), VERIFY)  # the window rolls over days off


def life(steps: tuple[Step | Wait, ...], stage: str, *events: str, kind: str = "representatives") -> Script:
    """A decision of spring."""
    return Script("decision", matter(kind), steps, stage, events, hat=CLERK)


SCRIPTS = {
    "main": life((*IMPLEMENTING, *FINISHED), "closed", "GateCounted", "DocumentIssued"),
    "returned": life(
        (
            Step("resubmit", CLERK, {"supplement": "无"}, refused="requirement_not_met"),
            PROPOSE,
            Step("return", CLERK, reason="方案不细"),
            Step("resubmit", CLERK, {"supplement": "已补方案"}),
            CONSULT,
            PARTY,
            CALL,
            VOTE,
            PUBLISH,
            Wait(days=8),
            IMPLEMENT,
            *FINISHED,
        ),
        "closed",
    ),
    "extended": life(
        (
            *IMPLEMENTING,
            Step("request_extension", CLERK, {"clock": "implement", "units": 30}, reason="待料"),
            Step(
                "rule_extension",
                HEAD,
                {"item": "extension.1", "ruling": "granted"},
                person=CLERK,
                refused="same_person",
            ),
            Step("rule_extension", HEAD, {"item": "extension.1", "ruling": "granted"}),
            Wait(days=110),
            *FINISHED,
        ),
        "closed",
        "ClockExtended",
    ),
    "paused": life(
        (
            *IMPLEMENTING,
            Step("pause", HEAD, {"ground": "superior", "until": "2026-03-30"}, reason="待批复"),
            Step("publish_result", CLERK, RESULT.fields, refused="case_on_hold"),
            Wait(days=5),
            Step("resume", HEAD, reason="已批复"),
            *FINISHED,
        ),
        "closed",
        "ClocksPaused",
        "ClocksResumed",
    ),
    "escalated": life((PROPOSE, Wait(days=30)), "consulting", "CaseEscalated"),
    "reopened": life(
        (
            *IMPLEMENTING,
            *FINISHED,
            Wait(days=5),
            Step("reopen", DISPATCHER, reason="路面开裂"),
            *FINISHED,
        ),
        "closed",
    ),
}
