"""Lives of the analysis list: the township's of a Monday, opened by the round."""

from tests.domain.scene import COUNTY, DISPATCHER, TOWNSHIP
from tests.procedures.script import Script, Step, Wait

HEAD, COUNTY_DISPATCHER, COUNTY_HEAD = f"head@{TOWNSHIP}", f"dispatcher@{COUNTY}", f"head@{COUNTY}"
ROUNDS = f"integration@{COUNTY}"
MONDAY = "2026-03-02 08:00"
LIST = {
    "kind": "weekly", "period": "2026年第10周", "list": "c" * 64, "as_of": "2026-03-02T08:00:00+08:00",
    "cases": 7, "overdue": 2,
}  # fmt: skip

DECIDE = Step("decide", DISPATCHER, {"decision": "三日内清除滑坡", "about": "YH-2026-000001", "responsible": "样例"})
SPAWN = Step(
    "spawn",
    DISPATCHER,
    {
        "procedure": "hazard",
        "title": "滑坡复发",
        "fields": {"kind": "disaster", "place": "村口", "description": "复发"},
    },
)
ANALYSE = Step("analyse", DISPATCHER, {"attendees": "样例到会人员", "opinion": "重点盯住滑坡"})
DONE = Step("carry_out", DISPATCHER, {"item": "decision.1", "outcome": "done", "result": "已清除"})
SUBMIT = Step("submit", DISPATCHER, {"summary": "决定均已落实"})
CONFIRM = Step("confirm", HEAD, {"confirm_opinion": "属实"})
ANALYSED = (DECIDE, ANALYSE)
FINISHED = (DONE, SUBMIT, CONFIRM)


def life(steps: tuple[Step | Wait, ...], stage: str, *events: str) -> Script:
    """The list of a week in March."""
    return Script("analysis", LIST, steps, stage, events, at=MONDAY, hat=ROUNDS, division=TOWNSHIP)


SCRIPTS = {
    "main": life(
        (
            Step("decide", ROUNDS, DECIDE.fields, refused="hat_not_allowed"),
            *ANALYSED,
            SUBMIT,
            Step("confirm", HEAD, CONFIRM.fields, refused="closing_gate"),
            Step("reject", HEAD, reason="决定还没有落实"),
            *FINISHED,
        ),
        "closed",
        "ItemSettled",
    ),
    "returned": life(
        (
            *ANALYSED,
            DONE,
            SUBMIT,
            Step("return", HEAD, reason="没有写明位置"),
            Step("resubmit", DISPATCHER, {"supplement": "已补位置"}),
            Step("confirm", HEAD, CONFIRM.fields, person=DISPATCHER, refused="same_person"),
            CONFIRM,
        ),
        "closed",
    ),
    "extended": life(
        (
            *ANALYSED,
            Step("request_extension", DISPATCHER, {"clock": "decision.1", "units": 31}, reason="连日降雨",
                 refused="invalid_fields"),
            Step("request_extension", DISPATCHER, {"clock": "decision.1", "units": 10}, reason="连日降雨"),
            Step("rule_extension", HEAD, {"item": "extension.1", "ruling": "granted"}),
            Wait(days=12),
            *FINISHED,
        ),
        "closed",
        "ClockExtended",
    ),
    "paused": life(
        (
            *ANALYSED,
            Step("pause", HEAD, {"ground": "force", "until": "2026-03-20"}, reason="汛情"),
            Step("submit", DISPATCHER, SUBMIT.fields, refused="case_on_hold"),
            Wait(days=5),
            Step("resume", HEAD, reason="汛情已过"),
            *FINISHED,
        ),
        "closed",
        "ClocksPaused",
        "ClocksResumed",
    ),
    "escalated": life((DECIDE, Wait(days=20)), "analysing", "CaseEscalated"),
    "reopened": life(
        (
            *ANALYSED,
            *FINISHED,
            Wait(days=5),
            Step("reopen", HEAD, {"decision": "滑坡又有土石"}, reason="决定没有落实到位"),
            Step("submit", DISPATCHER, SUBMIT.fields),
            Step("confirm", HEAD, CONFIRM.fields, refused="closing_gate"),
            Step("reject", HEAD, reason="还没有"),
            Step("carry_out", DISPATCHER, {"item": "decision.2", "outcome": "dropped", "result": "已无土石"}),
            SUBMIT,
            CONFIRM,
        ),
        "closed",
    ),
    "monthly": Script(
        "analysis",
        {**LIST, "kind": "monthly", "period": "2026年3月"},
        (
            Step("decide", COUNTY_HEAD, DECIDE.fields),
            Step("analyse", DISPATCHER, ANALYSE.fields, refused="case_outside_scope"),
            Step("analyse", COUNTY_DISPATCHER, ANALYSE.fields),
            Step("carry_out", COUNTY_DISPATCHER, DONE.fields),
            Step("submit", COUNTY_DISPATCHER, SUBMIT.fields),
            Step("confirm", COUNTY_HEAD, CONFIRM.fields),
        ),
        "closed",
        at=MONDAY,
        hat=ROUNDS,
        division=COUNTY,
    ),
}  # fmt: skip
