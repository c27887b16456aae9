"""Lives of the affairs day: opened on the 1st, held on the 15th."""

from collections.abc import Mapping
from typing import Any

from tests.domain.scene import DISPATCHER, GRID_WORKER, PHOTO, TOWNSHIP, VILLAGE
from tests.procedures.script import Script, Step, Wait

CLERK, COMMITTEE = f"clerk@{VILLAGE}", f"committee@{VILLAGE}"
HEAD = f"head@{TOWNSHIP}"
MONTH = {"month": "2026年3月"}
FIRST = "2026-03-01 08:00"


def topic(title: str, kind: str = "people") -> Step:
    """A topic that the grid worker brings from a villager."""
    return Step("propose_topic", GRID_WORKER, {"topic_title": title, "topic_kind": kind, "proposer": "样例村民"})


def there(present: int, due: int = 40) -> Mapping[str, Any]:
    """The meeting as it opens: so many of the representatives due are there."""
    return {
        "members": due, "present": present, "in_favour": present, "opposed": 0, "roll": [PHOTO],
        "witness": "样例列席人", "officers_present": 1,
    }  # fmt: skip


def decide(item: str, **more: Any) -> Step:
    """What the hands said of a topic."""
    said = {"item": item, "resolution": "修好", "hands_for": 18, "hands_against": 2, "responsible": "样例责任人"}
    return Step("decide_topic", CLERK, said | {"handled_as": "commitment"} | more)


LAMP, ROAD = topic("村口路灯不亮"), topic("修一条柏油路", "village")
FIX = Step("fix_topics", CLERK, {"topics": "路灯、道路"})
ANNOUNCE = Step(
    "announce_agenda",
    CLERK,
    {"agenda_text": "路灯、道路", "research": "可行", "planned_on": "2026-03-15", "meeting_place": "村委会"},
)
OPEN = Step("open_meeting", CLERK, there(20))
DECLINE = Step("decline_topic", CLERK, {"item": "topic.2", "decline_reason": "今年没有资金"}, reason="今年没有资金")
PUBLISH = Step("publish_results", CLERK, {"results": "路灯月底修好；道路今年没有资金", "photos": [PHOTO]})
IMPLEMENT = Step("implement", CLERK)
CARRY = Step("carry_over", CLERK, {"item": "child.1"}, reason="下月接着办")
LATER = {"clock": "small_progress", "units": 1}
SUBMIT = Step("submit", CLERK, {"summary": "已落实"})
VERIFY = Step("verify", COMMITTEE, {"verify_opinion": "属实"})

PROPOSED = (LAMP, ROAD)
ANNOUNCED = (*PROPOSED, Wait(until="2026-03-08 16:00"), FIX, Wait(until="2026-03-10 09:00"), ANNOUNCE)
MET = (*ANNOUNCED, Wait(until="2026-03-15 09:00"), OPEN, decide("topic.1"), DECLINE)
IMPLEMENTING = (*MET, PUBLISH, Wait(days=8), IMPLEMENT)
FINISHED = (CARRY, SUBMIT, VERIFY)


def life(steps: tuple[Step | Wait, ...], stage: str, *events: str) -> Script:
    """An affairs day of March."""
    return Script("affairs_day", MONTH, steps, stage, events, at=FIRST, hat=CLERK)


SCRIPTS = {
    "main": life((*IMPLEMENTING, Step("show_progress", CLERK, {"small_progress_text": "已购灯"}), *FINISHED), "closed"),
    "returned": life(
        (
            *PROPOSED,
            Wait(days=6),
            FIX,
            Step("return", COMMITTEE, reason="漏了群众议题"),
            topic("清理河道"),
            Step("resubmit", CLERK, {"supplement": "已补"}),
            ANNOUNCE,
            Step("return", COMMITTEE, reason="再退", refused="requirement_not_met"),
            Wait(until="2026-03-15 09:00"),
            OPEN,
            decide("topic.1"),
            DECLINE,
            Step("carry_over", CLERK, {"item": "topic.3"}, reason="下月再议"),
            PUBLISH,
            Wait(days=8),
            IMPLEMENT,
            *FINISHED,
        ),
        "closed",
        "ItemSettled",
    ),
    "extended": life(
        (
            *IMPLEMENTING,
            Step("request_extension", CLERK, {**LATER, "units": 2}, reason="待料", refused="invalid_fields"),
            Step("request_extension", CLERK, LATER, reason="待料"),
            Step(
                "rule_extension",
                HEAD,
                {"item": "extension.1", "ruling": "granted"},
                person=CLERK,
                refused="same_person",
            ),
            Step("rule_extension", HEAD, {"item": "extension.1", "ruling": "granted"}),
            *FINISHED,
        ),
        "closed",
        "ClockExtended",
    ),
    "paused": life(
        (
            *IMPLEMENTING,
            Step("pause", HEAD, {"ground": "force", "until": "2026-04-10"}, reason="汛情"),
            CARRY,
            Step("submit", CLERK, SUBMIT.fields, refused="case_on_hold"),
            Wait(days=5),
            Step("resume", HEAD, reason="汛情已过"),
            SUBMIT,
            VERIFY,
        ),
        "closed",
        "ClocksPaused",
        "ClocksResumed",
    ),
    "escalated": life((*ANNOUNCED, Wait(days=20)), "notice", "CaseEscalated"),
    "reopened": life(
        (
            *IMPLEMENTING,
            *FINISHED,
            Wait(days=5),
            Step(
                "reopen",
                DISPATCHER,
                {"resolution": "路灯又不亮", "responsible": "样例责任人"},
                reason="群众反映路灯又不亮",
            ),
            Step("submit", CLERK, SUBMIT.fields, refused="requirement_not_met"),
            Step("carry_over", CLERK, {"item": "child.2"}, reason="下月接着办"),
            SUBMIT,
            Step("reject", COMMITTEE, reason="路灯未修"),
            SUBMIT,
            VERIFY,
        ),
        "closed",
    ),
}
