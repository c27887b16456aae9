"""`bihuan register` on a real ledger."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from domain.instant import SHANGHAI
from ledger.token import bearer
from tests.cli.conftest import Run

TOWNSHIP, VILLAGE = "141025101000", "141025101200"
PEOPLE = "编号,姓名\nD-1,样例·代理\nD-2,样例·调度\n"


@pytest.fixture
def put(county: Run, tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    """Loads a table from a file."""

    def loaded(kind: str, table: str, *more: str) -> tuple[int, str, str]:
        file = tmp_path / "table.csv"
        file.write_bytes(table.encode("gb18030"))
        return county("register", "load", kind, str(file), *more)

    return loaded


def test_a_table_is_tried_loaded_and_shown(county: Run, put: Any) -> None:
    assert put("people", PEOPLE, "--dry-run") == (0, "试载（没有写入）：人员 2 行：新增 2，变更 0，未变 0。\n", "")
    assert put("people", PEOPLE)[1] == "人员 2 行：新增 2，变更 0，未变 0。\n"
    assert put("people", PEOPLE.replace("样例·代理", "样例·代办"))[1] == "人员 2 行：新增 0，变更 1，未变 1。\n"
    assert "样例·代办" in county("register", "show", "people")[1]
    code, out, err = put("people", "编号,姓名\nD-3,\n")
    assert (code, out, err) == (1, "", "第 2 行：列 name（姓名）：缺少此项\n什么也没有改。\n")
    put("grids", f"code,name,worker\n{VILLAGE}B001,北平分网格,\n")
    assert f"{VILLAGE}B001" in county("register", "show", "grids", "--division", TOWNSHIP)[1]
    assert "网格无网格员" in county("register", "gaps", VILLAGE)[1]
    assert county("register", "template", "absences")[1] == "人员编号,身份,起,止,代理人\n"
    for words in (("show", "nothing"), ("load", "people", "missing.csv"), ("show", "units", "--division", "1")):
        assert county("register", *words)[0] == 1


def test_a_delegate_gets_a_token_for_the_days_of_absence(county: Run, put: Any, ask: Any) -> None:
    hat = f"dispatcher@{TOWNSHIP}"
    put("people", PEOPLE)
    put("posts", f"person,hat\nD-2,{hat}\n")
    today = datetime.now(SHANGHAI).date()
    put("absences", f"person,hat,from_on,to_on,delegate\nD-2,{hat},{today},{today},D-1\n")
    code, out, err = county("token", "create", "--hat", hat, "--person", "D-1")
    assert (code, "代理，只在登记的请假期间有效" in err) == (0, True)
    actor = ask(lambda ledger: bearer(ledger.writers, out.strip()))
    assert (actor.person, str(actor.hat)) == ("D-1", hat)
    assert "D-1" not in county("register", "show", "posts")[1]
    words = ("register", "hand-over", TOWNSHIP, "--to", "D-2", "--words", "一切正常", "--token", out.strip())
    assert county(*words)[:2] == (0, "已记下。\n")
