"""The drawings in the documents are those that the procedures give today."""

import re
import textwrap

import pytest

from domain.rules.diagram import mermaid
from domain.rules.handbook import page
from domain.rules.procedure import read
from tests.domain.scene import ROOT, procedure

FILES = sorted(path.stem for path in (ROOT / "procedures").glob("*.yaml"))


@pytest.mark.parametrize("procedure_id", FILES)
def test_the_drawing_in_the_documents_is_that_of_the_procedure(procedure_id: str) -> None:
    path = ROOT / f"docs/procedures/{procedure_id}.md"
    command = f"./bihuan procedure draw --page procedures/{procedure_id}.yaml > {path.relative_to(ROOT)}"
    assert path.exists(), command
    assert path.read_text(encoding="utf-8") == page(procedure(procedure_id)), f"the procedure has changed: {command}"


def test_no_drawing_is_left_of_a_procedure_that_is_gone() -> None:
    assert {path.stem for path in (ROOT / "docs/procedures").glob("*.md")} == set(FILES)


@pytest.mark.parametrize("procedure_id", FILES)
def test_every_stage_and_every_way_is_drawn(procedure_id: str) -> None:
    one = procedure(procedure_id)
    lines = mermaid(one).splitlines()
    assert lines[0] == "stateDiagram-v2"
    for name, stage in one.stages.items():
        assert any(line.startswith(f"    {name}: {stage.title}") for line in lines)
    ways = {tuple(re.split(r" --> |: ", line.strip())) for line in lines if " --> " in line}
    for action in one.actions.values():
        if action.verb and not action.to:
            continue  # the shared verbs that lead nowhere would hide the way
        for source in action.from_:
            targets = [branch.stage for branch in action.to if branch.stage != source] or (
                [] if action.to else [source]
            )
            for target in targets:
                assert {(source, target, action.title), (source, target, f"{action.title}（视情形）")} & ways
    # Nothing is drawn that no action leads to.
    known = set(one.stages) | {"[*]"}
    assert {end for way in ways for end in way[:2]} <= known


def test_the_notation() -> None:
    tiny = {
        "format": 1,
        "id": "tiny",
        "version": 1,
        "title": "最小",
        "prefix": "ZX",
        "intake": {"title": "上报", "stage": "open", "by": ["clerk"]},
        "stages": {
            "open": {"title": "已开", "holder": "head@township", "clocks": ["do", "see"]},
            "done": {"title": "已结", "closed": True},
        },
        "actions": {
            "note": {"title": "记录", "from": ["open"], "by": ["clerk"]},
            "end": {
                "title": "办结",
                "from": ["open"],
                "by": ["clerk"],
                "to": [{"stage": "done", "when": {"unit": [None]}}, {"stage": "open"}],
            },
        },
        "clocks": {
            "do": {"title": "办理", "limit": {"n": 3, "unit": "working_day"}, "authority": "默认"},
            "see": {"title": "查看", "limit": {"n": 2, "unit": "hour"}, "authority": "默认"},
        },
    }
    assert mermaid(read(tiny)) == textwrap.dedent("""\
        stateDiagram-v2
            [*] --> open: 上报
            open: 已开<br/>乡镇负责人<br/>办理 3个工作日、查看 2小时
            done: 已结
            open --> open: 记录
            open --> done: 办结（视情形）
            done --> [*]
        """)
