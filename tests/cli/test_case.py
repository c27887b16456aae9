"""A case from the terminal, from sighting to looking back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from application.sample import picture
from cli.event_text import EVENTS, event
from cli.field import typed
from cli.wording import Wording
from domain.case.event import SCHEMAS
from domain.rules.form import FieldType, FormField
from ledger.changes.publish import stock
from ledger.identity.name import Names
from ledger.ledger import Ledger
from procedures import DIRECTORY, parse

VILLAGE, TOWNSHIP = "141025101200", "141025101000"
OPEN = (
    "case", "open", "--division", VILLAGE, "--title", "路边大坑", "--field", "kind=safety",
    "--field", "place=村口", "--field", "description=有坑",
)  # fmt: skip
FORM = [
    FormField(name="n", title="数", type=FieldType.NUMBER),
    FormField(name="b", title="是否", type=FieldType.BOOLEAN),
    FormField(name="t", title="文字", type=FieldType.TEXT),
    FormField(name="e", title="附件", type=FieldType.EVIDENCE),
]


def test_answers_are_typed_by_the_form() -> None:
    pairs = ["n=3", "b=是", "t=3", "e=a,b", "e=c", "other=1"]
    assert typed(pairs, None, FORM) == {"n": 3, "b": True, "t": "3", "e": ["a", "b", "c"], "other": "1"}
    assert typed(["n=1.5", "b=no"], '{"n": 2, "t": "x"}', FORM) == {"n": 1.5, "b": False, "t": "x"}
    assert typed(["n=many", "b=maybe", "t=a=b"], None, FORM) == {"n": "many", "b": "maybe", "t": "a=b"}


@pytest.mark.parametrize(("pairs", "document"), [(["n"], None), (["=1"], None), ([], "[1]"), ([], "{")])
def test_what_cannot_be_read_is_told(pairs: list[str], document: str | None) -> None:
    with pytest.raises(ValueError, match="--field"):
        typed(pairs, document, FORM)


def opened(run: Any, token: str, *more: str) -> dict[str, Any]:
    code, out, err = run(*OPEN, "--token", token, "--json", *more)
    assert code == 0, err
    answer: dict[str, Any] = json.loads(out)
    return answer


def test_a_case_is_opened_once_per_key(county: Any, token: Callable[[str], str]) -> None:
    mine = token(f"grid_worker@{VILLAGE}")
    first = opened(county, mine, "--key", "k")
    assert opened(county, mine, "--key", "k") == first
    code, _, err = county(*OPEN, "--field", "emergency=是", "--token", mine, "--key", "k")
    assert code == 1
    assert "idempotency_conflict" in err
    assert county(*OPEN, "--token", mine)[1].startswith("YH-")


def test_a_case_is_acted_on_and_looked_at(
    county: Any, token: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = opened(county, token(f"grid_worker@{VILLAGE}"))["number"]
    monkeypatch.setenv("BIHUAN_TOKEN", token(f"dispatcher@{TOWNSHIP}"))
    assert county("case", "act", number, "dispatch", "--field", "unit=U-1")[0] == 1
    code, out, _ = county("case", "act", number, "triage", "--field", "grade=simple", "--field", "major=否")
    assert (code, "已研判，第 2 版" in out) == (0, True)
    code, _, err = county("case", "act", number, "triage", "--field", "grade=simple", "--expected-version", "1")
    assert (code, "version_conflict" in err) == (1, True)

    shown = county("case", "show", number)[1]
    assert "已研判" in shown
    assert "可办：dispatch（派单）" in shown
    case = json.loads(county("case", "show", number, "--json")[1])
    assert [action["id"] for action in case["actions"] if not action["shared"]][:1] == ["dispatch"]
    assert case["fields"]["major"] is False
    assert json.loads(county("case", "show", case["case_id"], "--json")[1]) == case

    then = json.loads(county("case", "replay", number, "--version", "2", "--json")[1])
    assert then == {name: value for name, value in case.items() if name not in ("actions", "answering")}
    assert "已上报" in county("case", "replay", number, "--version", "1")[1]
    assert county("case", "replay", number, "--version", "3")[0] == 3
    assert county("case", "replay", number, "--at", "2020-01-01T00:00")[0] == 3
    assert county("case", "replay", number)[0] == 2

    events = json.loads(county("case", "history", number, "--json")[1])
    assert [event["type"] for event in events["events"]] == ["CaseOpened", "ActionTaken"]
    assert "refusals" not in events
    told = county("case", "history", number, "--token", token("inspector@141025000000"))[1]
    assert "action_not_allowed_in_stage" in told
    assert "在办 1" in county("board")[1]
    assert county("board")[1].startswith("北平镇（141025101000）\n")
    assert number in county("board", "--division", TOWNSHIP, "--token", "")[1]
    whole = county("board", "--token", "")[1].splitlines()
    assert whole[0] == "古县（141025000000，登记册里唯一的县；用 --division 可另指）"


def test_a_case_is_told_in_words(county: Any, token: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    number = opened(county, token(f"grid_worker@{VILLAGE}"))["number"]
    monkeypatch.setenv("BIHUAN_TOKEN", token(f"dispatcher@{TOWNSHIP}"))
    shown = county("case", "show", number)[1]
    for words in (
        "隐患闭环（hazard 第 4 版）",
        "北平镇 调度员（dispatcher@141025101000）",
        "隐患类别  安全隐患",
        "可办：triage（研判）\n    grade  隐患等级（单选，必填）：general（一般）、",
        "    major  重大隐患（是或否）\n",
    ):
        assert words in shown
    assert county("case", "act", number, "triage", "--field", "grade=simple")[0] == 0
    assert county("case", "act", number, "approve")[0] == 1
    told = county("case", "history", number, "--token", token("inspector@141025000000"))[1]
    lines = [" ".join(line.replace("│", " ").split()) for line in told.splitlines()]
    for words in (
        "1 上报",
        "样例·某人（P-",
        "北平镇 调度员",
        "隐患类别：安全隐患",
        "2 操作",
        "隐患等级：简单",
        "验收通过 20",
    ):
        assert any(words in line for line in lines), words
    assert "CaseOpened" not in told
    events = json.loads(county("case", "history", number, "--json")[1])["events"]
    assert (events[1]["actor"]["name"], events[1]["actor"]["hat_title"]) == ("样例·某人", "北平镇 调度员")


def test_every_sort_of_event_has_words() -> None:
    procedure = parse(DIRECTORY / "hazard.yaml")
    lexicon = Wording(procedure, Names({"P-1": "甲"}, {"141025101000": "北平镇", "U-1": "执法队"}))
    for kind, data, told in [
        ("ClockWarned", {"clock": "sign", "rung": "warning"}, ("预警", "签收")),
        ("CardIssued", {"clock": "sign", "rung": "yellow", "color": "yellow"}, ("黄牌", "签收")),
        ("CardIssued", {"clock": "sign", "rung": "red", "color": "red"}, ("红牌", "签收")),
        (
            "CaseEscalated",
            {"clock": "sign", "rung": "1", "to": "head@141025101000", "level": "township"},
            ("升级", "签收：至北平镇 负责人（head@141025101000）"),
        ),
        ("ClockLapsed", {"clock": "reopening", "rung": "lapse"}, ("窗口届满", "重办窗口")),
        (
            "ActionTaken",
            {"action": "dispatch", "title": "派单", "fields": {"unit": "U-1"}, "reason": "急"},
            ("操作", "派单\n承办单位：执法队（U-1）\n理由：急"),
        ),
    ]:
        assert event(lexicon, {"type": kind, "data": data}) == told
    assert {name for name, _ in SCHEMAS.values()} - EVENTS.keys() == {"CardIssued"}


def test_nobody_looks_beyond_their_scope(county: Any, token: Callable[[str], str]) -> None:
    number = opened(county, token(f"grid_worker@{VILLAGE}"))["number"]
    other = token("dispatcher@141025100000")
    assert number not in county("board", "--token", other)[1]
    assert county("board", "--token", other, "--division", TOWNSHIP)[0] == 1
    assert county("case", "show", number)[0] == 1


def test_a_file_becomes_evidence(county: Any, token: Callable[[str], str], tmp_path: Path) -> None:
    photo, other = tmp_path / "photo.png", tmp_path / "note.txt"
    photo.write_bytes(picture("坑"))
    other.write_text("坑", encoding="utf-8")
    mine = token(f"grid_worker@{VILLAGE}")
    (sha256,) = opened(county, mine, "--field", f"photos=@{photo}")["fields"]["photos"]
    assert (tmp_path / "evidence" / sha256[:2] / sha256).read_bytes() == photo.read_bytes()
    for bad in (other, tmp_path / "none.png"):
        code, _, err = county(*OPEN, "--token", mine, "--field", f"photos=@{bad}")
        assert code == (1 if bad is other else 2)
        assert str(bad) in err


def test_the_books_are_right(county: Any, token: Callable[[str], str]) -> None:
    opened(county, token(f"grid_worker@{VILLAGE}"))
    assert county("ledger", "verify")[:2] == (0, "台账无差错。\n")
    assert county("ledger", "rebuild", "--check")[:2] == (0, "事项 1 件，差异 0 处。\n")


def test_a_board_without_token_needs_a_division_where_there_are_two_counties(county: Any, tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    more.write_text("code,name,level,parent\n141026000000,安泽县,county,\n", encoding="utf-8")
    assert county("divisions", "load", str(more))[0] == 0
    code, out, err = county("board")
    assert (code, out) == (2, "")
    assert "--division" in err
    assert county("board", "--division", "141026000000")[1].startswith("安泽县（141026000000）\n")


def test_verifying_looks_through_every_file(county: Any, token: Callable[[str], str], tmp_path: Path) -> None:
    mine = token(f"grid_worker@{VILLAGE}")
    kept = []
    for name in ("坑", "桥"):
        photo = tmp_path / f"{name}.png"
        photo.write_bytes(picture(name))
        kept += opened(county, mine, "--field", f"photos=@{photo}")["fields"]["photos"]
    assert county("ledger", "verify")[0] == 0
    damaged, missing = (tmp_path / "evidence" / sha256[:2] / sha256 for sha256 in kept)
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    missing.unlink()
    code, out, _ = county("ledger", "verify")
    assert code == 1
    assert f"附件 {kept[0]}：文件内容与其 sha256 不符" in out
    assert f"附件 {kept[1]}：文件缺失" in out


async def stocked(ledger: Ledger) -> list[str]:
    return await stock(ledger.library)


def test_a_procedure_is_checked_drawn_and_loaded(county: Any, ask: Any, tmp_path: Path) -> None:
    drill = DIRECTORY / "drill.yaml"
    assert county("procedure", "check", str(drill))[0] == 0
    assert county("procedure", "draw", str(drill))[1].startswith("stateDiagram-v2\n")
    assert "没有变化" in county("procedure", "load", str(drill))[1]
    changed = tmp_path / "drill.yaml"
    changed.write_text(drill.read_text(encoding="utf-8").replace("version: 1", "version: 2", 1), encoding="utf-8")
    assert "第 2 版" in county("procedure", "load", str(changed))[1]
    assert ask(stocked) == []
    assert "没有变化" in county("procedure", "load", str(changed))[1]  # a restart has not taken it back
    for text in (
        "stages: [",
        "format: 1",
        changed.read_text(encoding="utf-8").replace("clocks: [approve]", "clocks: []"),
    ):
        changed.write_text(text, encoding="utf-8")
        assert county("procedure", "check", str(changed))[0] == 1
        code, _, err = county("procedure", "load", str(changed))
        assert code == 1
        assert str(changed) in err


def test_all_procedures_are_checked_and_drawn_without_being_named(run: Any) -> None:
    from procedures import paths

    code, out, _ = run("procedure", "check")
    assert (code, out.count("无差错")) == (0, len(paths()))
    code, out, _ = run("procedure", "draw")
    assert (code, out.count("stateDiagram-v2\n")) == (0, len(paths()))


def test_a_calendar_year_is_loaded(county: Any, ask: Any, tmp_path: Path) -> None:
    from calendars import DIRECTORY

    assert "没有变化" in county("calendar", "load", str(DIRECTORY / "2026.yaml"))[1]
    year = tmp_path / "2026.yaml"
    text = (DIRECTORY / "2026.yaml").read_text(encoding="utf-8")
    year.write_text(text.replace("version: 1", "version: 2", 1), encoding="utf-8")
    assert "已启用，共 9 年" in county("calendar", "load", str(year))[1]
    assert ask(stocked) == []
    assert "没有变化" in county("calendar", "load", str(year))[1]
    assert county("calendar", "load", str(tmp_path / "2025.yaml"))[0] == 2
