"""What a script reads of a reading command: JSON, and the same exit code as a person gets."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cli.exit_code import ExitCode
from tests.cli.test_case import VILLAGE, opened

TOWNSHIP = "141025101000"


def parsed(ended: tuple[int, str, str], code: int = 0) -> Any:
    assert ended[0] == code, ended[2]
    return json.loads(ended[1])


def test_what_needs_no_ledger_answers_in_json(run: Any) -> None:
    assert {each["id"] for each in parsed(run("procedure", "check", "--json"))} >= {"hazard", "petition"}
    assert [each["year"] for each in parsed(run("calendar", "show", "2026", "--json"))["years"]] == [2026]
    due = parsed(run("calendar", "due", "2026-09-30", "5 working days", "--explain", "--json"))
    assert due["provisional"] is False
    assert len(due["steps"]) > 1


def test_a_wrong_procedure_answers_in_json_and_ends_refused(run: Any, tmp_path: Any) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("id: broken\n", encoding="utf-8")
    (answer,) = parsed(run("procedure", "check", str(file), "--json"), ExitCode.REFUSED)
    assert answer["id"] is None
    assert answer["faults"]


def test_registers_and_books_answer_in_json(county: Any, token: Callable[[str], str]) -> None:
    mine = token(f"grid_worker@{VILLAGE}")
    opened(county, mine)
    assert parsed(county("ledger", "verify", "--json")) == {"faults": []}
    assert parsed(county("ledger", "rebuild", "--check", "--json")) == {"cases": 1, "differences": [], "mended": False}
    posts = parsed(county("register", "show", "posts", "--json"))
    assert {"role", "person"} <= posts[0].keys()
    assert all(
        {"missing", "code", "name"} == gap.keys() for gap in parsed(county("register", "gaps", TOWNSHIP, "--json"))
    )
    listed = parsed(county("token", "list", "--json"))
    assert listed[0]["hat"] == f"grid_worker@{VILLAGE}"
    assert mine not in json.dumps(listed)
    assert parsed(county("similar", "show", "--json"))["threshold"] > 0
    assert parsed(county("similar", "history", "--json")) == []
    code, out, _ = county("procedure", "holders", "--procedure", "hazard", "--division", VILLAGE, "--json")
    answer = json.loads(out)
    assert code == (ExitCode.REFUSED if answer["unresolved"] else ExitCode.DONE)
    assert answer["rows"][0]["流程"] == "隐患闭环"


@pytest.mark.parametrize("words", [("show",), ("similar",), ("documents",), ("history",)])
def test_a_case_answers_in_json(county: Any, token: Callable[[str], str], words: tuple[str]) -> None:
    mine = token(f"dispatcher@{TOWNSHIP}")
    case = opened(county, token(f"grid_worker@{VILLAGE}"))
    by_number = parsed(county("case", *words, case["number"], "--token", mine, "--json"))
    assert by_number == parsed(county("case", *words, case["case_id"], "--token", mine, "--json"))


def test_an_explanation_answers_in_json(county: Any, token: Callable[[str], str]) -> None:
    case = opened(county, token(f"grid_worker@{VILLAGE}"))
    (clock,) = parsed(county("case", "explain", case["number"], "--token", token(f"dispatcher@{TOWNSHIP}"), "--json"))
    assert (clock["clock"], clock["state"]) == ("triage", "running")


def test_the_board_answers_in_json_as_the_api_does(county: Any, token: Callable[[str], str]) -> None:
    case = opened(county, token(f"grid_worker@{VILLAGE}"))
    board = parsed(county("board", "--token", token(f"dispatcher@{TOWNSHIP}"), "--json"))
    assert [item["number"] for item in board["items"]] == [case["number"]]
    assert board["division"] == TOWNSHIP


def test_a_state_directory_that_is_not_there_is_told_apart(
    run: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BIHUAN_DATABASE_URL", raising=False)
    (tmp_path / "empty").mkdir()
    for named, words in ((tmp_path / "none", "没有状态目录"), (tmp_path / "empty", "不是状态目录")):
        code, out, err = run("board", "--var", str(named))
        assert (code, out) == (ExitCode.UNREACHABLE, "")
        assert words in err
