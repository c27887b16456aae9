"""Faults planted in the hazard's file: each is named, with the place or the path on which it shows."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from domain.rules.procedure import ProcedureFault, read
from domain.rules.soundness import faults
from tests.domain.scene import document, whole

Document = dict[str, Any]


def spoilt(spoil: Callable[[Document], object], procedure_id: str = "hazard") -> list[str]:
    """What is found after `spoil` has had its way with a procedure's file."""
    parsed: Document = yaml.safe_load(document(procedure_id))
    spoil(parsed)
    return faults(read(whole(parsed)))


def update(*path: str, **changes: Any) -> Callable[[Document], object]:
    def spoil(parsed: Document) -> None:
        for step in path:
            parsed = parsed[step]
        parsed.update(changes)

    return spoil


def pop(*path: str | int) -> Callable[[Document], object]:
    def spoil(parsed: Any) -> None:
        for step in path[:-1]:
            parsed = parsed[step]
        del parsed[path[-1]]

    return spoil


def test_the_unspoilt_file_has_no_fault() -> None:
    assert spoilt(lambda _: None) == []


ALL_THE_WAY = "reported → triage → triaged → dispatch → dispatched"


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        pytest.param(
            update("stages", "dispatched", clocks=[]),
            [f"阶段“已派单”没有时限：{ALL_THE_WAY}"],
            id="a stage without a clock",
        ),
        pytest.param(
            update("stages", "dispatched", clocks=["reopening"]),
            [f"阶段“已派单”没有时限：{ALL_THE_WAY}"],
            id="a stage with nothing but a window",
        ),
        pytest.param(
            update("stages", "triaged", holder=None),
            ["阶段“已研判”无人负责：reported → triage → triaged"],
            id="a stage that nobody holds",
        ),
        pytest.param(
            update("stages", "triaged", holder="inspector"),
            ["阶段“已研判”的负责岗位没有层级：inspector"],
            id="a holder at no level",
        ),
        pytest.param(
            update("stages", "triaged", holder="handler@unit"),
            ["阶段“已研判”由承办单位负责，但此时尚未派单：reported → triage → triaged"],
            id="a unit that holds before it is dispatched to",
        ),
        pytest.param(
            update("actions", "reject", to="handling"),
            [
                "阶段“办理中”由承办单位负责，但此时尚未派单："
                "reported → fix_on_spot → awaiting_approval → reject → handling"
            ],
            id="a rejection that forgets the hazards without unit",
        ),
    ],
)
def test_a_stage_nobody_watches_is_named_with_its_path(
    spoil: Callable[[Document], object], expected: list[str]
) -> None:
    found = spoilt(spoil)
    assert found[: len(expected)] == expected


def test_an_action_that_cannot_be_reached() -> None:
    def spoil(parsed: Document) -> None:
        parsed["stages"]["attic"] = {"title": "阁楼", "holder": "head@township", "clocks": ["triage"]}
        parsed["actions"]["tidy"] = {"title": "收拾", "from": ["attic"], "to": "closed", "by": ["head@township"]}

    assert spoilt(spoil) == [
        "阶段“阁楼”（attic）从上报走不到",
        "操作“收拾”（tidy）从上报走不到：只能在 attic 进行",
    ]


def test_a_branch_that_is_never_taken_reaches_nothing() -> None:
    def spoil(parsed: Document) -> None:
        parsed["stages"]["attic"] = {"title": "阁楼", "holder": "head@township", "clocks": ["triage"]}
        parsed["actions"]["sign"]["to"] = [{"when": {"unit": [None]}, "stage": "attic"}, {"stage": "signed"}]

    assert spoilt(spoil) == ["阶段“阁楼”（attic）从上报走不到"]


def test_a_dead_end() -> None:
    def spoil(parsed: Document) -> None:
        parsed["stages"]["pit"] = {"title": "深坑", "holder": "head@township", "clocks": ["triage"]}
        parsed["actions"]["bury"] = {"title": "掩埋", "from": ["triaged"], "to": "pit", "by": ["head@township"]}

    assert spoilt(spoil) == ["阶段“深坑”走不到办结：reported → triage → triaged → bury → pit"]


def test_a_loop_without_a_way_out() -> None:
    found = spoilt(update("actions", "close", to="awaiting_follow_up"))
    assert any("走不到办结：reported" in fault for fault in found)
    assert "阶段“已销号”（closed）从上报走不到" in found


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        pytest.param(
            pop("separation", 0),
            [
                "同一人可以既报结又验收通过：submit → approve 未列入 separation",
                "同一人可以既报结又回访：submit → follow_up 未列入 separation",
                "同一人可以既当场处置又验收通过：fix_on_spot → approve 未列入 separation",
                "同一人可以既当场处置又回访：fix_on_spot → follow_up 未列入 separation",
                "同一人可以既验收通过又回访：approve → follow_up 未列入 separation",
            ],
            id="no separation",
        ),
        pytest.param(
            lambda parsed: parsed["separation"][0]["groups"][0].remove("fix_on_spot"),
            [
                "同一人可以既当场处置又验收通过：fix_on_spot → approve 未列入 separation",
                "同一人可以既当场处置又回访：fix_on_spot → follow_up 未列入 separation",
            ],
            id="one handling act left out",
        ),
        pytest.param(
            lambda parsed: parsed["separation"][0].update(groups=[["submit", "fix_on_spot"], ["approve", "follow_up"]]),
            ["同一人可以既验收通过又回访：approve → follow_up 未列入 separation"],
            id="approver and caller in one group",
        ),
        pytest.param(
            lambda parsed: parsed["separation"][0]["groups"][0].append("approve"),
            ["同一人可以既报结又验收通过：submit → approve 未列入 separation"],
            id="an act in both groups",
        ),
    ],
)
def test_who_handles_cannot_accept(spoil: Callable[[Document], object], expected: list[str]) -> None:
    found = spoilt(spoil)
    assert [fault for fault in found if "同一人" in fault][: len(expected)] == expected


def test_closing_past_the_gate_is_named_with_the_path() -> None:
    assert spoilt(update("actions", "approve", to="awaiting_close"))[-1].startswith("未经回访即可办结：reported → ")
    assert spoilt(update("actions", "sign", to="closed"))[-1] == f"未经验收通过即可办结：{ALL_THE_WAY} → sign → closed"


@pytest.mark.parametrize("action", ["submit", "fix_on_spot"])
def test_closing_without_evidence(action: str) -> None:
    def optional(parsed: Document) -> None:
        parsed["actions"][action]["form"][1]["required"] = False

    for spoil in (optional, pop("actions", action, "form", 1)):
        (fault,) = spoilt(spoil)
        assert fault.startswith("办结须有附件，但")
        assert fault.endswith(f"（{action}）没有必填附件")


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        pytest.param(
            lambda parsed: parsed["ladders"]["unit"].reverse(),
            "升级阶梯“unit”绕回：dispatcher@county → dispatcher@township",
            id="downward",
        ),
        pytest.param(
            lambda parsed: parsed["ladders"]["township"].append(
                {"to": "head@township", "after": {"n": 9, "unit": "day"}}
            ),
            "升级阶梯“township”绕回：dispatcher@county → head@township（head@township → dispatcher@county → ",
            id="a loop",
        ),
        pytest.param(
            lambda parsed: parsed["ladders"]["unit"][2].update(after={"n": 1, "unit": "working_day"}),
            "升级阶梯“unit”次序颠倒：dispatcher@county 不晚于 dispatcher@township",
            id="two at once",
        ),
        pytest.param(update("ladders", township=[]), "时限“研判”（triage）没有升级阶梯", id="an empty ladder"),
        pytest.param(update("clocks", "triage", ladder=None), "时限“研判”（triage）没有升级阶梯", id="no ladder"),
        pytest.param(
            update("clocks", "triage", ladder="unit"),
            "时限“研判”（triage）的升级阶梯“unit”指向承办单位，但此时可能尚未派单",
            id="a ladder that begins at a unit nobody has named",
        ),
    ],
)
def test_a_ladder_only_climbs(spoil: Callable[[Document], object], expected: str) -> None:
    assert any(fault.startswith(expected) for fault in spoilt(spoil)), spoilt(spoil)


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (update("intake", stage="reportet"), "intake：没有名为“reportet”的阶段"),
        (update("stages", "signed", clocks=["handel"]), "stages.signed：没有名为“handel”的时限"),
        (update("actions", "sign", to="signet"), "actions.sign：没有名为“signet”的阶段"),
        (update("actions", "sign", **{"from": ["despatched"]}), "actions.sign：没有名为“despatched”的阶段"),
        (update("actions", "reopen", within="reopenning"), "actions.reopen：没有名为“reopenning”的时限"),
        (
            update("actions", "reject", "limits", handel={"n": 3, "unit": "day"}),
            "actions.reject：没有名为“handel”的时限",
        ),
        (update("clocks", "sign", ladder="units"), "clocks.sign：没有名为“units”的升级阶梯"),
        (
            lambda parsed: parsed["clocks"]["sign"]["variants"][0].update(ladder="unit_emergancy"),
            "clocks.sign：没有名为“unit_emergancy”的升级阶梯",
        ),
        (
            lambda parsed: parsed["separation"][0]["groups"][0].append("submitt"),
            "separation：没有名为“submitt”的操作",
        ),
        (update("closing", acts=["aprove"]), "closing：没有名为“aprove”的操作"),
        (update("closing", after=["submitt"]), "closing：没有名为“submitt”的操作"),
        # A misspelt condition would quietly never be met, and an emergency would wait for 24 hours.
        (
            lambda parsed: parsed["clocks"]["triage"]["variants"][0].update(when={"emergancy": [True]}),
            "clocks.triage：没有名为“emergancy”的表单项",
        ),
        (
            lambda parsed: parsed["clocks"]["handle"]["variants"][4].update(when={"grade": ["spott"]}),
            "clocks.handle：“grade”没有“spott”这个值",
        ),
        (
            lambda parsed: parsed["clocks"]["triage"]["variants"][0].update(when={"emergency": ["true"]}),
            "clocks.triage：“emergency”没有“true”这个值",
        ),
        (
            lambda parsed: parsed["ladders"]["unit"][1].update(when={"unit_level": ["town"]}),
            "ladders.unit：“unit_level”没有“town”这个值",
        ),
        (
            lambda parsed: parsed["actions"]["follow_up"]["to"][0]["when"].update(satisfaction=["unhappy"]),
            "actions.follow_up：“satisfaction”没有“unhappy”这个值",
        ),
        (
            lambda parsed: parsed["actions"]["dispatch"]["form"][0].update(type="evidence"),
            "actions.dispatch：表单项“unit”须为 unit 类型",
        ),
        (
            lambda parsed: parsed["actions"]["progress"]["form"].append(
                {"name": "photos", "title": "照片", "type": "text"}
            ),
            "表单项“photos”在一处是附件，在另一处不是",
        ),
    ],
)
def test_what_is_named_but_does_not_exist(spoil: Callable[[Document], object], expected: str) -> None:
    assert expected in spoilt(spoil)


DECIDE = ("actions", "decide_topic")


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (update(*DECIDE, effect=None), "actions.decide_topic.spawns：须为衍生操作"),
        (update(*DECIDE, "spawns", by_field="resolution"), "actions.decide_topic.spawns：须为衍生操作"),
        (update(*DECIDE, "spawns", more="much_more"), "actions.decide_topic.spawns：须为衍生操作"),
        (update(*DECIDE, "spawns", fields={"hasard": {}}), "actions.decide_topic.spawns：没有名为“hasard”的选项"),
        (update(*DECIDE, "spawns", title="${topic}"), "actions.decide_topic.spawns：没有名为“topic”的表单项"),
        (update(*DECIDE, "spawns", title="10 $"), "actions.decide_topic.spawns：没有名为“10 $”的表单项"),
    ],
)
def test_what_an_action_says_of_its_child_case_exists(spoil: Callable[[Document], object], expected: str) -> None:
    assert any(fault.startswith(expected) for fault in spoilt(spoil, "affairs_day")), spoilt(spoil, "affairs_day")


def test_a_child_case_has_one_procedure() -> None:
    with pytest.raises(ProcedureFault, match="procedure 与 by_field"):
        spoilt(update(*DECIDE, "spawns", procedure="hazard"), "affairs_day")
