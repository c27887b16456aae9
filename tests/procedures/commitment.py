"""Lives of a commitment: what a village decided to do, and whether it was done."""

from tests.domain.scene import DISPATCHER, GRID_WORKER, PHOTO, TOWNSHIP, VILLAGE
from tests.procedures.script import Script, Step, Wait

CLERK, COMMITTEE = f"clerk@{VILLAGE}", f"committee@{VILLAGE}"
HEAD = f"head@{TOWNSHIP}"
DECIDED = {"topic": "村口路灯不亮", "resolution": "修好", "responsible": "样例责任人"}

LATER = {"clock": "implement", "units": 30}
GRANT = {"item": "extension.1", "ruling": "granted"}
PROGRESS = Step("progress", GRID_WORKER, {"progress": "已购灯"})
SUBMIT = Step("submit", CLERK, {"result": "已修好", "evidence": [PHOTO]})
VERIFY = Step("verify", COMMITTEE, {"verify_opinion": "属实"})


def life(steps: tuple[Step | Wait, ...], stage: str, *events: str) -> Script:
    """A commitment of March."""
    return Script("commitment", DECIDED, steps, stage, events, at="2026-03-15 11:00", hat=CLERK)


SCRIPTS = {
    "main": life((PROGRESS, Wait(days=9), SUBMIT, VERIFY), "closed"),
    "returned": life(
        (
            SUBMIT,
            Step("return", COMMITTEE, reason="没有安装前的照片"),
            Step("resubmit", CLERK, {"supplement": "已补"}),
            Step("reject", COMMITTEE, reason="只修了一盏"),
            SUBMIT,
            Step("verify", COMMITTEE, VERIFY.fields, person=CLERK, refused="same_person"),
            VERIFY,
        ),
        "closed",
    ),
    "extended": life(
        (
            Step("request_extension", CLERK, {**LATER, "units": 61}, reason="待料", refused="invalid_fields"),
            Step("request_extension", CLERK, LATER, reason="待料"),
            Step("rule_extension", HEAD, GRANT, person=CLERK, refused="same_person"),
            Step("rule_extension", HEAD, GRANT),
            Wait(days=45),
            SUBMIT,
            VERIFY,
        ),
        "closed",
        "ClockExtended",
    ),
    "paused": life(
        (
            Step("pause", HEAD, {"ground": "force", "until": "2026-04-10"}, reason="汛情"),
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
    "escalated": life((Wait(days=40),), "implementing", "CaseEscalated"),
    "reopened": life(
        (
            SUBMIT,
            VERIFY,
            Wait(days=5),
            Step("reopen", DISPATCHER, reason="又不亮了"),
            Wait(days=3),
            SUBMIT,
            VERIFY,
        ),
        "closed",
    ),
    "given_up": life(
        (
            Step("give_up", CLERK, {"minutes": [PHOTO]}, reason="线路改造", refused="hat_not_allowed"),
            Step("give_up", DISPATCHER, {"minutes": [PHOTO]}, reason="整村线路改造，说事议事同意不再单独办理"),
        ),
        "given_up",
    ),
}
