"""`bihuan register` on a real ledger."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.instant import SHANGHAI
from ledger.delegation import OWN
from ledger.token import bearer
from tests.cli.conftest import Run

TOWNSHIP, VILLAGE = "141025101000", "141025101200"
PEOPLE = "编号,姓名\nD-1,样例·代理\nD-2,样例·调度\nD-3,样例·替班\n"


@pytest.fixture
def put(county: Run, tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    """Loads a table from a file."""

    def loaded(kind: str, table: str, *more: str) -> tuple[int, str, str]:
        file = tmp_path / "table.csv"
        file.write_bytes(table.encode("gb18030"))
        return county("register", "load", kind, str(file), *more)

    return loaded


def test_a_table_is_tried_loaded_and_shown(county: Run, put: Any) -> None:
    assert put("people", PEOPLE, "--dry-run") == (0, "试载（没有写入）：人员 3 行：新增 3，变更 0，未变 0。\n", "")
    assert put("people", PEOPLE)[1] == "人员 3 行：新增 3，变更 0，未变 0。\n"
    assert put("people", PEOPLE.replace("样例·代理", "样例·代办"))[1] == "人员 3 行：新增 0，变更 1，未变 2。\n"
    assert "样例·代办" in county("register", "show", "people")[1]
    code, out, err = put("people", "编号,姓名\nD-3,\n")
    assert (code, out, err) == (1, "", "第 2 行：列 name（姓名）：缺少此项\n什么也没有改。\n")
    put("grids", f"code,name,worker\n{VILLAGE}B001,北平分网格,\n")
    assert f"{VILLAGE}B001" in county("register", "show", "grids", "--division", TOWNSHIP)[1]
    assert "网格无网格员" in county("register", "gaps", VILLAGE)[1]
    assert county("register", "template", "absences")[1] == "人员编号,身份,起,止,代理人\n"
    for words in (("show", "nothing"), ("load", "people", "missing.csv"), ("show", "units", "--division", "1")):
        assert county("register", *words)[0] == 1


def test_a_delegate_gets_a_token_for_the_days_of_absence(county: Run, put: Any, ask: Any, token: Any) -> None:
    hat = f"dispatcher@{TOWNSHIP}"
    put("people", PEOPLE)
    put("posts", f"person,hat\nD-2,{hat}\n")
    today = datetime.now(SHANGHAI).date()
    absence = f"person,hat,from_on,to_on,delegate\nD-2,{hat},{today},{today},D-1\n"
    assert "BIHUAN_TOKEN" in put("absences", absence)[2]  # nobody in particular has said so
    head = token(f"head@{TOWNSHIP}")
    assert put("absences", absence, "--token", head)[0] == 0
    code, out, err = county("token", "create", "--hat", hat, "--person", "D-1")
    assert (code, "代理，只在登记的请假期间有效" in err) == (0, True)
    actor = ask(lambda ledger: bearer(ledger.writers, out.strip()))
    assert (actor.person, str(actor.hat)) == ("D-1", hat)
    assert "D-1" not in county("register", "show", "posts")[1]
    words = ("register", "hand-over", TOWNSHIP, "--to", "D-2", "--words", "一切正常", "--token", out.strip())
    assert county(*words)[:2] == (0, "已记下。\n")
    # Nobody ends, moves or takes back what he or she acts by; somebody else does, and it stays to be seen.
    mine = ("--token", out.strip())
    void = ("register", "void", "absences", "D-2", hat, str(today), "--reason", "提前销假")
    longer = absence.replace(f"{today},D-1", f"{today + timedelta(days=9)},D-1")
    assert OWN in county(*void, *mine)[2]
    for table in (longer, absence.replace(",D-1", ",D-3")):
        code, _, err = put("absences", table, *mine)
        assert (code, err) == (
            1,
            "第 2 行：代理人本人不能登记、更改或作废自己所代理的请假，请由他人办理\n什么也没有改。\n",
        )
    assert put("absences", absence, *mine)[0] == 0  # it says what stands
    assert put("absences", longer, "--token", head)[1] == "请假与代理 1 行：新增 0，变更 1，未变 0。\n"
    assert county(*void, "--token", head)[0] == 0
    shown = county("register", "show", "absences", "--voided")[1]
    assert (shown.count("由后载入的一行代替"), shown.count("提前销假")) == (1, 1)
    assert all(word in shown for word in ("作废时间", "作废人", "作废时身份", f"head@{TOWNSHIP}", "代理人"))
    assert f"{datetime.now(SHANGHAI):%Y-%m-%d %H}:" in shown
    assert "+00:00" not in shown
