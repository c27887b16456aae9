"""What does not fit a model is told in Chinese, place by place, whatever pydantic calls it."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.misfit import told
from domain.procedure import Procedure, ProcedureFault, read
from tests.domain.scene import procedure


def document() -> Any:
    return procedure("hazard").model_dump(mode="json", by_alias=True)


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        (("clocks", "triage", "laddder"), "unit", "clocks.triage.laddder：没有这一项，请检查拼写"),
        (("clocks", "triage", "limit"), {"n": 24, "unit": "fortnight"}, "clocks.triage.limit.unit：只能是 'second'、"),
        (("clocks", "triage", "limit"), {"n": "24", "unit": "hour"}, "clocks.triage.limit.n：应为整数"),
        (("version",), 0, "version：不能小于 1"),
        (("title",), None, "title：应为文字"),
        (("stages", "reported", "clocks"), "triage", "stages.reported.clocks：应为列表"),
        (("actions", "sign", "by"), [], "actions.sign.by：至少 1 项"),
        (("actions", "sign", "by"), ["king"], "未知角色“king”"),
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
    assert " be " not in str(caught.value)


def test_what_concerns_the_whole_has_a_name_too() -> None:
    with pytest.raises(ValidationError) as caught:
        Procedure.model_validate(3)
    assert told(caught.value.errors(), "（整个文件）") == "（整个文件）：应为对象"
