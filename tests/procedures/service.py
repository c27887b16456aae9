"""Lives of the proxy service item."""

from typing import Any

from tests.domain.scene import DISPATCHER, PHOTO, TOWNSHIP, TOWNSHIP_UNIT
from tests.procedures.script import Script, Step, Wait

PROXY, CALLER = f"proxy@{TOWNSHIP}", f"caller@{TOWNSHIP}"
HANDLER, HEAD = f"handler@{TOWNSHIP_UNIT}", f"head@{TOWNSHIP_UNIT}"

REQUEST: dict[str, Any] = {"area": "forestry", "item_name": "林木采伐许可", "principal": "委托人01"}
ENTRUST = Step("entrust", PROXY, {"scope": "代交材料、代领证件", "materials": "申请表1份、林权证1本"})
TAKE_IN = Step("take_in", PROXY, {"original": "林权证"})
GIVE_BACK = Step("give_back", PROXY, {"item": "material.1", "disposal": "returned", "taken_by": "委托人01"})
LACKING = Step("request_supplement", PROXY, {"lacking": "缺现场照片"})
SUPPLEMENT = Step("take_supplement", PROXY, {"supplement_received": "照片3张"})
PASS = Step("pass_check", PROXY, {"nature": "licence", "promise": "days_20"})
SUBMIT = Step("submit_upward", PROXY, {"unit": TOWNSHIP_UNIT, "batch": "2026-03-01", "instructions": "请依法办理"})
SIGN = Step("sign", HANDLER)
CONCLUDE = Step("conclude", HANDLER, {"result": "granted", "result_note": "已核发", "result_files": [PHOTO]})
DELIVER = Step(
    "deliver", PROXY, {"delivery_method": "door", "delivered_to": "委托人01", "delivery_files": [PHOTO]}
)  # fmt: skip
RATE = Step("rate", CALLER, {"satisfaction": "satisfied"})
CLOSE = Step("close", PROXY)
TAKEN_UP = (ENTRUST, TAKE_IN, PASS, SUBMIT, SIGN)
FINISHED = (CONCLUDE, DELIVER, RATE)

SCRIPTS = {
    "main": Script(
        "service",
        REQUEST,
        (
            ENTRUST,
            TAKE_IN,
            LACKING,
            SUPPLEMENT,
            Step("request_supplement", PROXY, LACKING.fields, refused="done_already"),
            PASS,
            SUBMIT,
            SIGN,
            CONCLUDE,
            DELIVER,
            Step("rate", CALLER, RATE.fields, person=PROXY, refused="same_person"),
            RATE,
            Step("close", PROXY, refused="closing_gate"),
            GIVE_BACK,
            CLOSE,
        ),
        "closed",
        ("ItemSettled",),
    ),
    "returned": Script(
        "service",
        REQUEST,
        (
            *TAKEN_UP,
            Step("return", HANDLER, reason="应由县级部门办理"),
            Step("rule_return", DISPATCHER, {"item": "return.1", "ruling": "accepted", "ruling_opinion": "同意"}),
            Step("resubmit", PROXY, {"supplement": "权限已下放"}),
            Step("return", HANDLER, reason="仍不属", refused="requirement_not_met"),
            *FINISHED,
            GIVE_BACK,
            CLOSE,
        ),
        "closed",
        ("ItemOpened", "ItemSettled"),
    ),
    "extended": Script(
        "service",
        REQUEST,
        (
            *TAKEN_UP,
            Wait(days=10),
            Step(
                "request_extension",
                HANDLER,
                {"clock": "handle", "units": 11},
                reason="现场核查",
                refused="invalid_fields",
            ),
            Step("request_extension", HANDLER, {"clock": "handle", "units": 10}, reason="现场核查"),
            Step(
                "rule_extension",
                HEAD,
                {"item": "extension.1", "ruling": "granted"},
                person=HANDLER,
                refused="same_person",
            ),
            Step("rule_extension", HEAD, {"item": "extension.1", "ruling": "granted"}),
            Wait(days=10),
            *FINISHED,
            GIVE_BACK,
            CLOSE,
        ),
        "closed",
        ("ClockExtended",),
    ),
    "paused": Script(
        "service",
        REQUEST,
        (
            *TAKEN_UP,
            Wait(days=1),
            Step("pause", HEAD, {"ground": "appraisal", "until": "2026-03-20"}, reason="委托鉴定"),
            Step("conclude", HANDLER, CONCLUDE.fields, refused="case_on_hold"),
            Wait(days=10),
            Step("resume", HEAD, reason="鉴定完成"),
            *FINISHED,
            GIVE_BACK,
            CLOSE,
        ),
        "closed",
        ("ClocksPaused", "ClocksResumed"),
    ),
    "escalated": Script("service", REQUEST, (*TAKEN_UP, Wait(days=60)), "handling", ("CaseEscalated",)),
    "reopened": Script(
        "service",
        REQUEST,
        (
            *TAKEN_UP,
            *FINISHED,
            GIVE_BACK,
            CLOSE,
            Wait(days=5),
            Step("reopen", CALLER, reason="证件有误"),
            *FINISHED,
            CLOSE,
        ),
        "closed",
    ),
}
