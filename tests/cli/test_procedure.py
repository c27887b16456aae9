"""`bihuan procedure`: every file of the house passes, and planted faults are refused with the path that shows them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from cli.__main__ import app
from procedures import paths
from tests.cli.conftest import Run

Document = dict[str, Any]


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["procedure", *words])
    return result.exit_code, result.output


def test_every_procedure_passes() -> None:
    code, told = run("check")
    assert (code, told.count("无差错")) == (0, len(paths()))


def no_clock(hazard: Document) -> None:
    hazard["stages"]["dispatched"]["clocks"] = []


def unreachable(hazard: Document) -> None:
    hazard["stages"]["attic"] = {"title": "阁楼", "holder": "head@township", "clocks": ["triage"]}
    hazard["actions"]["sweep"] = {"title": "打扫", "from": ["attic"], "by": ["head@township"]}


def dead_end(hazard: Document) -> None:
    hazard["stages"]["pit"] = {"title": "深坑", "holder": "head@township", "clocks": ["triage"]}
    hazard["actions"]["bury"] = {"title": "掩埋", "from": ["triaged"], "to": "pit", "by": ["head@township"]}


def self_acceptance(hazard: Document) -> None:
    hazard["separation"] = []


def ladder_loop(hazard: Document) -> None:
    hazard["ladders"]["unit"].append({"to": "dispatcher@township", "after": {"n": 5, "unit": "working_day"}})


@pytest.mark.parametrize(
    ("plant", "path"),
    [
        (no_clock, "没有时限：reported → triage → triaged → dispatch → dispatched"),
        (unreachable, "操作“打扫”（sweep）从上报走不到：只能在 attic 进行"),
        (dead_end, "走不到办结：reported → triage → triaged → bury → pit"),
        (self_acceptance, "同一人可以既报结又验收通过：submit → approve 未列入 separation"),
        (ladder_loop, "绕回：dispatcher@county → dispatcher@township（head@unit → "),
    ],
)
def test_a_planted_fault_is_refused_with_its_path(plant: Callable[[Document], None], path: str, tmp_path: Path) -> None:
    source = next(each for each in paths() if each.stem == "hazard")
    hazard = yaml.safe_load(source.read_text(encoding="utf-8"))
    plant(hazard)
    file = tmp_path / "hazard.yaml"
    file.write_text(yaml.safe_dump(hazard, allow_unicode=True, sort_keys=False), encoding="utf-8")
    code, told = run("check", str(file))
    assert code == 1
    assert path in told


def test_a_county_has_its_own_version_until_it_takes_the_common_one_again(county: Run, tmp_path: Path) -> None:
    source = next(each for each in paths() if each.stem == "hazard")
    own = tmp_path / "hazard.yaml"
    own.write_text(source.read_text(encoding="utf-8").replace("{n: 24, unit: hour}", "{n: 20, unit: hour}"))
    code, _, told = county("procedure", "load", str(own), "--county", "141034000000")
    assert (code, "没有代码为 141034000000 的县" in told) == (3, True)
    assert county("procedure", "load", str(own), "--county", "141025101000")[0] == 3  # a township
    code, told, _ = county("procedure", "load", str(own), "--county", "141025000000")
    assert (code, "已启用（限古县）" in told) == (0, True)
    assert "没有变化" in county("procedure", "load", str(own), "--county", "141025000000")[1]
    assert "没有变化" in county("procedure", "load", str(source))[1]  # the common one is what it was
    assert "改用各县通用的" in county("procedure", "common", "hazard", "--county", "141025000000")[1]
    code, _, told = county("procedure", "common", "hasard", "--county", "141025000000")
    assert (code, "没有启用" in told) == (3, True)


def test_every_fault_of_a_file_has_a_line_with_its_place(tmp_path: Path) -> None:
    source = next(each for each in paths() if each.stem == "hazard")
    hazard = yaml.safe_load(source.read_text(encoding="utf-8"))
    hazard["clocks"]["triage"]["limit"]["n"] = "24"
    hazard["prefix"] = "yh"
    hazard["colour"] = "red"
    file = tmp_path / "hazard.yaml"
    file.write_text(yaml.safe_dump(hazard, allow_unicode=True, sort_keys=False), encoding="utf-8")
    code, told = run("check", str(file))
    assert (code, len(told.splitlines())) == (1, 3)
    for line in (
        "clocks.triage.limit.n：应为整数，不加引号，现为“24”",
        "prefix：应为 2 至 4 个大写字母，现为“yh”",
        "colour：没有这一项，请检查拼写",
    ):
        assert f"{file}：{line}\n" in told
    file.write_text("id: hazard\n\ttitle: 隐患\n", encoding="utf-8")
    assert "第 2 行第 1 个字：不是合格的 YAML，缩进请用空格" in run("check", str(file))[1]
    assert "没有这个文件" in run("check", str(tmp_path / "nowhere.yaml"))[1]
