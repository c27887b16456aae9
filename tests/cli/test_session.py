"""What every command does around its own work: how it ends, and what it says where nothing works."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.exit_code import ExitCode, exit_code
from domain.rules.refusal import Code
from ledger.audit import verify
from tests.cli.conftest import Run
from tests.cli.test_case import TOWNSHIP, VILLAGE, opened
from tests.procedures.direct_line import SAID

NOBODY = "YH-2026-999999"
ON_CASES = (
    ("show",), ("history",), ("replay", "--version", "1"), ("documents",), ("similar",),
    ("explain",), ("explain", "triage"), ("act", "triage", "--field", "grade=simple"),
)  # fmt: skip


def on(case: str, words: tuple[str, ...]) -> tuple[str, ...]:
    return ("case", words[0], case, *words[1:])


@pytest.mark.parametrize("words", ON_CASES, ids=" ".join)
def test_what_is_not_there_and_what_is_not_yours_are_told_alike(
    county: Run, token: Callable[[str], str], words: tuple[str, ...]
) -> None:
    """A number of nobody, an id of nobody, a case of another township, a sealed one: the same bytes, the same end."""
    case = opened(county, token(f"grid_worker@{VILLAGE}"))
    said = (
        "case", "open", "--procedure", "direct_line", "--division", VILLAGE, "--title", "样例·机动地发包",
        "--fields-json", json.dumps(SAID), "--token", token(f"committee@{VILLAGE}"), "--json",
    )  # fmt: skip
    sealed = json.loads(county(*said)[1])
    elsewhere, here = token("dispatcher@141025100000"), token(f"dispatcher@{TOWNSHIP}")
    asked = [(case["number"], elsewhere), (case["number"].lower(), elsewhere), (case["case_id"], elsewhere)]
    asked += [(sealed["number"], here), (sealed["case_id"], here)]
    asked += [(nowhere, here) for nowhere in (NOBODY, "x", "00000000-0000-4000-8000-000000000000")]
    told = {county(*on(which, words), "--token", shown) for which, shown in asked}
    assert told == {(ExitCode.NOT_FOUND, "", "没有这个事项\n")}
    assert county(*on(case["number"], words), "--token", here)[0] != ExitCode.NOT_FOUND


def test_every_code_ends_a_command_in_one_of_five_ways() -> None:
    ends = {code: exit_code(code) for code in Code}
    assert ends[Code.UNKNOWN_CLOCK] == ends[Code.CASE_OUTSIDE_SCOPE] == 3
    assert ends[Code.LEDGER_UNAVAILABLE] == 4
    assert ends[Code.CASE_UNREADABLE] == 5
    assert ends[Code.DIVISION_OUTSIDE_SCOPE] == ends[Code.NO_TOKEN] == 1
    assert set(ends.values()) == {1, 3, 4, 5}


def test_an_empty_directory_name_is_refused(run: Run) -> None:
    for words in (["up"], ["board"]):
        code, _, err = run(*words, "--var", "")
        assert code == 2
        assert "目录不能为空" in err


def test_without_a_database_there_are_words(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIHUAN_DATABASE_URL", f"postgresql://bihuan@/bihuan?host={tmp_path}&port=5432")
    for words in (["token", "list"], ["board"], ["case", "show", NOBODY, "--token", "x"]):
        code, out, err = run(*words)
        assert (code, out) == (4, "")
        assert err.startswith("连不上数据库（")
        assert err.endswith("），请确认 ./bihuan up 正在运行\n")


def test_a_directory_where_nothing_runs_is_named(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BIHUAN_DATABASE_URL")
    for named, words in ((tmp_path, "不是状态目录"), (tmp_path / "var", "上没有正在运行的系统")):
        (tmp_path / "var" / "run").mkdir(parents=True, exist_ok=True)
        code, _, err = run("board", "--var", str(named))
        assert (code, f"{named} {words}" in err, "./bihuan up" in err) == (4, True, True)
    missing = tmp_path / "missing"
    code, _, err = run("board", "--var", str(missing))
    assert (code, f"没有状态目录 {missing}" in err, "--var" in err) == (4, True, True)
    monkeypatch.setenv("BIHUAN_DATABASE_URL", "postgresql:///x")
    monkeypatch.setenv("BIHUAN_PORT", "many")
    code, _, err = run("board", "--var", str(tmp_path))
    assert (code, "BIHUAN_PORT" in err) == (4, True)


def test_where_there_are_no_tables_there_are_words(run: Run, postgres: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIHUAN_DATABASE_URL", postgres.app_url.replace("/bihuan?", "/postgres?"))
    for words in (["board", "--division", TOWNSHIP], ["token", "list"]):
        code, out, err = run(*words)
        assert (code, out) == (4, ""), err


def test_what_nobody_expected_shows_no_inside(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever breaks, wherever: one sentence, and where it broke only for whoever asks to see it."""

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("齿轮")

    monkeypatch.setattr(verify, "verify", broken)  # inside the house
    monkeypatch.setattr("cli.calendar._years", broken)  # where an answer is shown
    for words in (["ledger", "verify"], ["calendar", "show"]):
        code, out, err = run(*words)
        assert (code, out, err.count("\n")) == (5, "", 1)
        assert "BIHUAN_DEBUG=1" in err
        assert "齿轮" not in err
        monkeypatch.setenv("BIHUAN_DEBUG", "1")
        code, out, err = run(*words)
        assert (code, out, "RuntimeError: 齿轮" in err, "Traceback" in err) == (5, "", True, True)
        monkeypatch.delenv("BIHUAN_DEBUG")


def test_a_case_that_cannot_be_read_is_the_houses_fault(
    county: Run, token: Callable[[str], str], template: Any, database: str
) -> None:
    mine = token(f"grid_worker@{VILLAGE}")
    number = opened(county, mine)["number"]
    name = database.partition("?")[0].rpartition("/")[2]
    template.sql("update \"case\" set state = '{}'", name)
    code, out, err = county("case", "show", number, "--token", mine)
    assert (code, out, "./bihuan ledger verify" in err) == (5, "", True)
