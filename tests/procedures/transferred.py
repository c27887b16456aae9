"""Lives of a matter that another system has handed over."""

from tests.domain.scene import COUNTY, PHOTO, TOWNSHIP
from tests.procedures.script import Script, Step, Wait

SYSTEM, DISPATCHER, HEAD = f"integration@{COUNTY}", f"dispatcher@{TOWNSHIP}", f"head@{TOWNSHIP}"
TAKEN_OVER = {"source": "原热线", "reference": "R-1", "kind": "道路", "due_at": "2026-03-20T17:30:00+08:00"}
DOUBTFUL = {**TAKEN_OVER, "doubt": "办结早于受理", "contradictory": True}

CONCLUDE = Step("conclude", DISPATCHER, {"result": "路面已修复", "evidence": [PHOTO]})
CHECK = Step("check", DISPATCHER, {"finding": "办结时间为录入错误", "due_at": "2026-04-10T17:30:00+08:00"})


def script(*steps: Step | Wait, stage: str, events: tuple[str, ...] = (), doubtful: bool = False) -> Script:
    """A life from the moment at which the county takes the matter over."""
    fields = DOUBTFUL if doubtful else TAKEN_OVER
    return Script("transferred", fields, steps, stage, events, hat=SYSTEM, title="路面破损")


SCRIPTS = {
    "main": script(Step("conclude", HEAD, CONCLUDE.fields, refused="hat_not_allowed"), CONCLUDE, stage="closed"),
    "returned": script(
        Step("return_for_check", DISPATCHER, reason="地点对不上"),
        Step("check", DISPATCHER, {"finding": "已与来电人核对"}, person=SYSTEM, refused="same_person"),
        CHECK,
        CONCLUDE,
        stage="closed",
    ),
    "doubtful": script(Wait(days=1), CHECK, Wait(days=20), CONCLUDE, stage="closed", doubtful=True),
    "ended_there": script(Step("ended", SYSTEM, {"result": "原单位已修复"}), stage="closed"),
    "extended": script(
        Wait(days=2),
        Step("request_extension", DISPATCHER, {"clock": "due", "units": 10}, reason="等待材料"),
        Step("rule_extension", HEAD, {"item": "extension.1", "ruling": "granted"}),
        Wait(days=20),  # past the end that was named, within the ten days more
        CONCLUDE,
        stage="closed",
        events=("ClockExtended",),
    ),
    "paused": script(
        Step("pause", HEAD, {"ground": "superior", "until": "2026-03-20"}, reason="等待批复"),
        Step("return_for_check", DISPATCHER, reason="再核对", refused="case_on_hold"),
        Wait(days=5),
        Step("resume", HEAD, reason="已批复"),
        CONCLUDE,
        stage="closed",
        events=("ClocksPaused", "ClocksResumed"),
    ),
    "escalated": script(Wait(days=40), stage="open", events=("CaseEscalated",)),
    "reopened": script(
        CONCLUDE, Wait(days=5), Step("reopen", HEAD, reason="又塌了"), Wait(days=14), CONCLUDE, stage="closed"
    ),
}
