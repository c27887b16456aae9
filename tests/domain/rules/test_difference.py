"""What differs between versions of a procedure is told, also where no case has got there yet."""

from typing import Any

import pytest
import yaml

from domain.rules.difference import differences
from domain.rules.procedure import Procedure, read
from tests.domain.scene import document, procedure, stricter, whole


def changed(name: str, **parts: dict[str, Any]) -> Procedure:
    parsed = yaml.safe_load(document(name))
    for path, changes in parts.items():
        there = parsed
        for step in path.split("__"):
            there = there[step]
        there.update(changes)
    return read(whole(parsed))


def test_nothing_differs_from_itself() -> None:
    assert list(differences(procedure("hazard"), procedure("hazard"))) == []


def test_limits_are_told_with_both_values() -> None:
    assert list(differences(procedure("hazard"), stricter())) == [
        "时限“研判”24小时 → 20小时", "升级阶梯“township”有改动", "升级阶梯“unit”有改动",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"clocks__notice_period": {"limit": {"n": 5, "unit": "second"}}}, "时限“议题公告期”3日 → 5秒"),
        ({"clocks__publicity": {"roll": "forward"}}, "时限“议定结果公示期”的情形、依据或升级有改动"),
        ({"actions__open_meeting": {"by": ["dispatcher@township"]}}, "操作“开会”有改动"),
        ({"gates__attendance__quorum": {"share": [1, 3]}}, "表决规则“说事议事到会（村民代表）”有改动"),
        ({"closing": {"evidence": True}}, "办结条件有改动"),
    ],
)
def test_what_has_not_begun_is_told_as_well(parts: dict[str, Any], told: str) -> None:
    assert list(differences(procedure("affairs_day"), changed("affairs_day", **parts))) == [told]


def test_what_is_new_and_what_is_gone() -> None:
    less = yaml.safe_load(document("affairs_day"))
    del less["actions"]["show_progress"]
    lines = list(differences(procedure("affairs_day"), read(whole(less))))
    assert lines == ["操作“小进展晾晒”取消"]
    assert list(differences(read(whole(less)), procedure("affairs_day"))) == ["操作“小进展晾晒”新设"]
