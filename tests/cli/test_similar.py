"""`bihuan similar`: shown, set by whoever may, refused with everything that is wrong, and every change kept."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from ledger.read.similar import weights
from tests.cli.test_case import OPEN, VILLAGE
from tests.domain.scene import COUNTY

LIKE = (
    "case", "open", "--division", VILLAGE, "--title", "村口坑洼", "--field", "kind=safety",
    "--field", "place=村口桥边", "--field", "description=车过不去",
)  # fmt: skip


@pytest.fixture
def head(county: Any, token: Callable[[str], str]) -> str:
    return token(f"head@{COUNTY}")


def test_the_threshold_is_set_and_decides_what_is_shown(
    county: Any, token: Callable[[str], str], head: str, ask: Any
) -> None:
    worker = token(f"grid_worker@{VILLAGE}")
    first, second = (json.loads(county(*words, "--token", worker, "--json")[1])["number"] for words in (OPEN, LIKE))
    assert county("similar", "set", "threshold=0", "--reason", "先都看看", "--token", head)[0] == 0
    assert first in county("case", "similar", second, "--token", worker)[1]
    code, out, err = county("similar", "set", "threshold=100", "--reason", "提示太多", "--token", head)
    assert (code, err, out.endswith("已设定。\n")) == (0, "", True)
    assert "没有找到" in county("case", "similar", second, "--token", worker)[1]
    assert county("similar", "set", "text=40", "place=35", "--reason", "地点更可靠", "--token", head)[0] == 0
    told = county("similar", "history")[1]
    assert told.index("地点更可靠") < told.index("提示太多")
    assert "threshold=100" in told
    held = ask(lambda ledger: weights(ledger.writers))
    assert (held.threshold, held.text, held.place, held.time) == (100, 40, 35, 9)
    assert "100" in county("similar", "show")[1]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("threshold=101",), "提示分数，达到的才列出（threshold）：不能大于 100，现为“101”"),
        (("threshold=-1",), "不能小于 0"),
        (("threshold=高",), "应为数字，现为“高”"),
        (("days=inf",), "（days）：应为数字"),
        (("text=50",), "合计应为 100，现为“105”"),
        (("colour=1",), "没有“colour”这一项（可用：threshold、"),
        (("threshold",), "应写作 名称=数值"),
    ],
)
def test_what_cannot_be_set_is_told_and_changes_nothing(county: Any, head: str, given: tuple[str], told: str) -> None:
    code, out, err = county("similar", "set", *given, "--reason", "试", "--token", head)
    assert (code, out, told in err) == (2 if given == ("threshold",) else 1, "", True), err
    assert "没有设定过" in county("similar", "history")[1]


def test_who_may_set_them(county: Any, token: Callable[[str], str], head: str) -> None:
    for bearer in (token(f"grid_worker@{VILLAGE}"), token("head@141025101000"), ""):
        assert county("similar", "set", "threshold=80", "--reason", "试", "--token", bearer)[0] == 1
    code, _, err = county("similar", "set", "threshold=80", "--reason", " ", "--token", head)
    assert (code, "理由应为" in err) == (1, True)
