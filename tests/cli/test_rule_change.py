"""`bihuan procedure move`: looked at, asked for, approved by a second person, run, undone; and `case similar`."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from procedures import DIRECTORY
from tests.cli.test_case import OPEN, VILLAGE
from tests.domain.scene import COUNTY

LIKE = (
    "case", "open", "--division", VILLAGE, "--title", "路上有坑", "--field", "kind=safety",
    "--field", "place=村口", "--field", "description=路边大坑",
)  # fmt: skip


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """The hazard with triage in 20 hours."""
    changed: dict[str, Any] = yaml.safe_load((DIRECTORY / "hazard.yaml").read_text(encoding="utf-8"))
    changed["version"] += 1
    changed["clocks"]["triage"]["limit"]["n"] = 20
    path = tmp_path / "hazard.yaml"
    path.write_text(yaml.safe_dump(changed, allow_unicode=True), encoding="utf-8")
    return path


def test_cases_move_with_two_tokens_and_come_back(county: Any, token: Callable[[str], str], stricter: Path) -> None:
    worker, one, two = token(f"grid_worker@{VILLAGE}"), token(f"administrator@{COUNTY}"), token(f"head@{COUNTY}")
    number = json.loads(county(*OPEN, "--token", worker, "--json")[1])["number"]
    assert county("procedure", "load", str(stricter))[0] == 0
    code, out, err = county("procedure", "move", "hazard", "--token", one)
    assert (code, err) == (0, "")
    assert number in out
    assert "24小时 → 20小时" in out
    assert "已上报" in out
    assert "没有改动" in out
    assert county("procedure", "move", "hazard", "--token", worker)[0] == 1
    out = county("procedure", "move", "hazard", "--ask", "--token", one)[1]
    (which,) = re.findall(r"已提出换版 ([0-9a-f-]{36})", out)
    code, _, err = county("procedure", "move", "hazard", "--run", which, "--token", one)
    assert (code, "第二人" in err) == (1, True)
    code, _, err = county("procedure", "move", "hazard", "--approve", which, "--token", one)
    assert (code, "同一人" in err) == (1, True)
    assert county("procedure", "move", "hazard", "--approve", which, "--token", two)[0] == 0
    assert "已换版 1 件" in county("procedure", "move", "hazard", "--run", which, "--token", one)[1]
    shown = json.loads(county("case", "show", number, "--token", two, "--json")[1])
    assert shown["clocks"][0]["limit"] == {"n": 20, "unit": "hour"}
    assert "换版" in county("case", "history", number, "--token", two)[1]
    assert "已撤销，回到原版 1 件" in county("procedure", "move", "hazard", "--undo", which, "--token", two)[1]
    shown = json.loads(county("case", "show", number, "--token", two, "--json")[1])
    assert shown["clocks"][0]["limit"] == {"n": 24, "unit": "hour"}
    code, out, err = county("procedure", "move", "hazard", "--undo", which, "--token", two)
    assert (code, out, "什么也没有改" in err) == (1, "", True)
    for unknown in (("--undo", "x"), ("--approve", f"{which[:-1]}f")):
        assert county("procedure", "move", "hazard", *unknown, "--token", one)[::2] == (3, "没有这次换版\n")
    for words in (("--stage", "=x"), ("--ask", "--run", which)):
        assert county("procedure", "move", "hazard", *words, "--token", one)[0] == 2


def test_the_same_is_shown(county: Any, token: Callable[[str], str]) -> None:
    worker = token(f"grid_worker@{VILLAGE}")
    first, second = (json.loads(county(*words, "--token", worker, "--json")[1])["number"] for words in (OPEN, LIKE))
    code, out, err = county("case", "similar", second, "--token", worker)
    assert (code, err) == (0, "")
    assert first in out
    assert "同村，地点相同" in out
    (hit,) = json.loads(county("case", "similar", first, "--token", worker, "--json")[1])["items"]
    assert hit["number"] == second
