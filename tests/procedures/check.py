"""Lives of the discipline checks."""

from tests.domain.scene import COUNTY, PHOTO, TOWNSHIP, VILLAGE
from tests.procedures.script import Script, Step, Wait

OFFICE, COUNTY_OFFICE = f"inspector@{TOWNSHIP}", f"inspector@{COUNTY}"
CLERK, HEAD = f"clerk@{VILLAGE}", f"head@{TOWNSHIP}"
REGULAR = {"kind": "regular", "target": "village", "content": "村级财务、村务公开"}
SURPRISE, REPORT = REGULAR | {"kind": "surprise"}, REGULAR | {"kind": "report"}

NOTIFY = Step("notify", OFFICE, {"planned_on": "2026-03-05", "preparation": "账簿"})
CARRY_OUT = Step(
    "carry_out",
    OFFICE,
    {"carried_out_on": "2026-03-02", "checkers": "样例·甲、样例·乙", "record": "查看账簿", "record_files": [PHOTO]},
    reason="按计划实施",
)
FINDING = Step("register_finding", OFFICE, {"finding": "白条入账", "basis": "村级财务制度"})
LATER = Step("register_finding", OFFICE, {"finding": "公开栏未更新", "due_on": "2026-03-20"})
NOTICE = Step("issue_notice", OFFICE, {"requirement": "逐项整改，附凭证"})


def rectify(item: str, hat: str = CLERK) -> Step:
    """What was found is put right."""
    return Step("rectify_finding", hat, {"item": item, "result": "已整改", "evidence": [PHOTO]})


SUBMIT = Step("submit", CLERK, {"summary": "已全部整改", "evidence": [PHOTO]})
APPROVE = Step("approve", OFFICE, {"approval_opinion": "属实"})

FOUND = (CARRY_OUT, FINDING, LATER, NOTICE)
FINISHED = (rectify("finding.1"), rectify("finding.2"), SUBMIT, APPROVE)


def life(steps: tuple[Step | Wait, ...], stage: str, *events: str, **fields: str) -> Script:
    """A check of a village that the county arranged, by default a regular one."""
    return Script("check", REGULAR | fields, steps, stage, events, hat=COUNTY_OFFICE, title="样例检查")


SCRIPTS = {
    "main": life(
        (
            Step("carry_out", COUNTY_OFFICE, CARRY_OUT.fields, reason="实施", refused="same_person"),
            *FOUND,
            Step("find_nothing", OFFICE, {"conclusion": "无"}, refused="action_not_allowed_in_stage"),
            rectify("finding.1"),
            SUBMIT,
            Step("approve", OFFICE, APPROVE.fields, person=CLERK, refused="same_person"),
            Step("approve", OFFICE, APPROVE.fields, refused="closing_gate"),  # a finding is still open
            Step("return", OFFICE, reason="还有一项未整改"),
            rectify("finding.2"),
            SUBMIT,
            APPROVE,
        ),
        "closed",
        "ItemOpened",
        "ItemSettled",
        kind="surprise",
    ),
    "returned": life(
        (
            NOTIFY,
            *FOUND,
            *FINISHED[:-1],
            Step("return", OFFICE, reason="凭证不全"),
            Step("resubmit", CLERK, {"supplement": "已补凭证"}),
            Step("reject", OFFICE, {"finding": "白条仍未更换"}, reason="现场不符"),
            rectify("finding.3"),
            SUBMIT,
            APPROVE,
        ),
        "closed",
    ),
    "extended": life(
        (
            *FOUND,
            rectify("finding.2"),
            Step(
                "request_extension", CLERK, {"clock": "rectify", "units": 31}, reason="补票", refused="invalid_fields"
            ),
            Step("request_extension", CLERK, {"clock": "rectify", "units": 30}, reason="补票"),
            Step("request_extension", CLERK, {"clock": "finding.1", "units": 30}, reason="补票"),
            Step(
                "rule_extension",
                COUNTY_OFFICE,
                {"item": "extension.1", "ruling": "granted"},
                person=CLERK,
                refused="same_person",
            ),
            Step("rule_extension", COUNTY_OFFICE, {"item": "extension.1", "ruling": "granted"}),
            Step("rule_extension", COUNTY_OFFICE, {"item": "extension.2", "ruling": "granted"}),
            Wait(days=55),
            rectify("finding.1"),
            SUBMIT,
            APPROVE,
        ),
        "closed",
        "ClockExtended",
    ),
    "paused": life(
        (
            *FOUND,
            Step("pause", COUNTY_OFFICE, {"ground": "force", "until": "2026-03-25"}, reason="汛情"),
            Step("submit", CLERK, SUBMIT.fields, refused="case_on_hold"),
            Wait(days=10),
            Step("resume", COUNTY_OFFICE, reason="汛情已过"),
            *FINISHED,
        ),
        "closed",
        "ClocksPaused",
        "ClocksResumed",
    ),
    "escalated": life((*FOUND, Wait(days=50)), "rectifying", "CaseEscalated"),
    "reopened": life(
        (
            *FOUND,
            *FINISHED,
            Wait(days=5),
            Step("reopen", COUNTY_OFFICE, {"finding": "白条入账再次发生"}, reason="回头看发现反弹"),
            SUBMIT,
            Step("approve", OFFICE, APPROVE.fields, refused="closing_gate"),
            Step("return", OFFICE, reason="未整改"),
            rectify("finding.3"),
            SUBMIT,
            APPROVE,
        ),
        "closed",
    ),
}
