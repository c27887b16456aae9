"""What does not fit a model is told in Chinese, place by place, whatever pydantic calls it."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain import format as pattern
from domain.misreading import in_one_line, listed
from domain.rules import round as rounds
from domain.rules.procedure import Procedure, ProcedureFault, read
from tests.domain.scene import procedure


def document() -> Any:
    return procedure("hazard").model_dump(mode="json", by_alias=True)


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        (("clocks", "triage", "laddder"), "unit", "clocks.triage.laddder：没有这一项，请检查拼写"),
        (("clocks", "triage", "limit"), {"n": 24, "unit": "fortnight"}, "clocks.triage.limit.unit：只能是 second、"),
        (("clocks", "triage", "limit"), {"n": "24", "unit": "hour"}, "clocks.triage.limit.n：应为整数"),
        (("version",), 0, "version：不能小于 1"),
        (("title",), None, "title：应为文字"),
        (("stages", "reported", "clocks"), "triage", "stages.reported.clocks：应为列表"),
        (("actions", "sign", "by"), [], "actions.sign.by：至少 1 项"),
        (("actions", "sign", "by"), ["king"], "未知角色“king”"),
        (("clocks", "triage", "limit"), {"n": "24", "unit": "hour"}, "limit.n：应为整数，不加引号，现为“24”"),
        (("prefix",), "yh", "prefix：应为 2 至 4 个大写字母，现为“yh”"),
        (("title",), 3, "title：应为文字，请加引号，现为“3”"),
        (("clocks", "Triage"), {}, "clocks.Triage：名称应为 1 至 40 个小写字母"),
        (("intake", "stage"), 5, "intake.stage：应为列表，写作"),
        # Of the two ways to write a card the one that was meant is named, and what pydantic calls it is no place.
        (("clocks", "triage", "cards"), {"yellow": {"share": [5, 4]}}, "cards.yellow.share：5/4 不是时限的一部分"),
        (("clocks", "triage", "when"), {"kind": [[1]]}, "when.kind.0：应为文字，或应为 true 或 false，或应为整数"),
    ],
)
def test_a_broken_file_is_told_in_chinese(place: tuple[str, ...], value: Any, expected: str) -> None:
    broken = document()
    at = broken
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value
    with pytest.raises(ProcedureFault) as caught:
        read(broken)
    assert expected in str(caught.value)
    assert not any(word in str(caught.value) for word in (" be ", "^[", "Share", "[key]"))


def test_every_fault_is_told_once_and_too_many_are_counted() -> None:
    broken = document()
    broken["clocks"]["triage"]["cards"] = {"yellow": {"share": [5, 4]}, "warning": {"shar": [1, 2]}}
    broken["colour"] = "red"
    with pytest.raises(ValidationError) as caught:
        Procedure.model_validate(broken)
    assert listed(caught.value.errors(), broken) == [
        "clocks.triage.cards.warning.share：缺少此项",
        "clocks.triage.cards.warning.shar：没有这一项，请检查拼写",
        "clocks.triage.cards.yellow.share：5/4 不是时限的一部分",
        "colour：没有这一项，请检查拼写",
    ]
    many = document() | {f"x{number}": 1 for number in range(30)}
    with pytest.raises(ValidationError) as caught:
        Procedure.model_validate(many)
    assert listed(caught.value.errors(), many)[-1] == "……共 30 处"


@pytest.mark.parametrize("name", [name for name in vars(pattern) if name.isupper() and name != "WORDS"])
def test_every_pattern_has_words(name: str) -> None:
    assert getattr(pattern, name) in pattern.WORDS


def test_what_concerns_the_whole_has_a_name_too() -> None:
    with pytest.raises(ValidationError) as caught:
        Procedure.model_validate(3)
    assert in_one_line(caught.value.errors(), "（整个文件）") == "（整个文件）：应为对象"


def test_a_round_is_told_in_chinese_too() -> None:
    good = {
        "id": "x",
        "title": "样例",
        "opens": "analysis",
        "level": "village",
        "hat": "integration@county",
        "name": "x",
    }
    with pytest.raises(ProcedureFault) as caught:
        rounds.read(good | {"cadence": {"every": "day", "on": 30, "at": "8:5"}, "level": "hamlet"})
    assert str(caught.value).splitlines() == [
        "level：只能是 village、township、county，现为“hamlet”",
        "cadence.every：只能是 month、quarter、week，现为“day”",
        "cadence.on：不能大于 28，现为“30”",
        "cadence.at：应为 时:分，如 08:30，现为“8:5”",
    ]
