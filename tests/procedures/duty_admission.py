"""Lives of the duty admission."""

from tests.domain.scene import COUNTY, COUNTY_UNIT, TOWNSHIP
from tests.procedures.script import Script, Step, Wait

HANDLER, DISPATCHER, HEAD = f"handler@{COUNTY_UNIT}", f"dispatcher@{COUNTY}", f"head@{COUNTY}"
ASKED = {"duty": "农村自建房日常巡查", "list_item": "自建房安全监管", "basis": "上级文件要求"}

REGISTER = Step("register", DISPATCHER, {"unit": COUNTY_UNIT})
COMPARE = Step(
    "compare", DISPATCHER, {"list": "township_duties", "comparison": "unlisted", "comparison_note": "清单无此项"}
)
ADMIT = Step("admit", HEAD, {"decision_grounds": "确有必要", "conditions": "配套经费到位，为期一年"})
DECLINE = Step("decline", HEAD, {"decision_grounds": "应由部门承担"})
PUBLISH = Step("publish", DISPATCHER, {"published_where": "县政府网站"})
FINISHED = (COMPARE, ADMIT, PUBLISH)


def script(*steps: Step | Wait, stage: str, events: tuple[str, ...] = (), **more: bool) -> Script:
    """A life of an application by a county unit for a township; `more`: what its form says besides."""
    return Script(
        "duty_admission", {**ASKED, **more}, steps, stage, events, hat=HANDLER, division=TOWNSHIP, title="巡查职责准入"
    )


SCRIPTS = {
    "main": script(
        REGISTER,
        COMPARE,
        Step("consult", f"head@{TOWNSHIP}", {"township_opinion": "人手不足", "township_able": False}),
        Step("decline", HEAD, DECLINE.fields, person=HANDLER, refused="same_person"),
        DECLINE,
        PUBLISH,
        stage="published",
    ),
    "returned": script(
        REGISTER,
        Step("return_for_supplement", DISPATCHER, reason="缺少经费来源说明"),
        Step("resubmit", HANDLER, {"supplement": "经费由部门预算安排"}),
        Step("return_for_supplement", DISPATCHER, reason="再补", refused="done_already"),
        *FINISHED,
        stage="published",
    ),
    "extended": script(
        REGISTER,
        Wait(days=3),
        Step("request_extension", DISPATCHER, {"clock": "check", "units": 5}, reason="需征求乡镇意见"),
        Step(
            "rule_extension",
            HEAD,
            {"item": "extension.1", "ruling": "granted"},
            person=DISPATCHER,
            refused="same_person",
        ),
        Step("rule_extension", HEAD, {"item": "extension.1", "ruling": "granted"}),
        Wait(days=12),
        *FINISHED,
        stage="published",
        events=("ClockExtended",),
    ),
    "paused": script(
        REGISTER,
        Step("pause", HEAD, {"ground": "consultation", "until": "2026-03-20"}, reason="征求各乡镇意见"),
        Step("compare", DISPATCHER, COMPARE.fields, refused="case_on_hold"),
        Wait(days=10),
        Step("resume", HEAD, reason="意见已齐"),
        *FINISHED,
        stage="published",
        events=("ClocksPaused", "ClocksResumed"),
    ),
    "escalated": script(REGISTER, Wait(days=30), stage="checking", events=("CaseEscalated",)),
    "reopened": script(
        REGISTER,
        *FINISHED,
        Wait(days=5),
        Step("reopen", HEAD, reason="条件未落实"),
        COMPARE,
        DECLINE,
        PUBLISH,
        stage="published",
    ),
}
