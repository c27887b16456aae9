"""`bihuan register` on a real ledger."""

import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.days.instant import ONE_DAY, local
from ledger.identity.delegation import OWN
from ledger.identity.token import bearer
from ledger.registers.sheet import sheet
from tests import moment
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


def test_a_table_is_tried_loaded_and_shown(county: Run, put: Any, tmp_path: Path) -> None:
    read = "读入 CSV（GB 18030）。\n"
    tried = f"{read}试载（没有写入）：人员 3 行：新增 3，变更 0，未变 0。\n"
    assert put("people", PEOPLE, "--dry-run") == (0, tried, "")
    assert put("people", PEOPLE)[1] == f"{read}人员 3 行：新增 3，变更 0，未变 0。\n"
    assert put("people", PEOPLE.replace("样例·代理", "样例·代办"))[1] == f"{read}人员 3 行：新增 0，变更 1，未变 2。\n"
    assert "样例·代办" in county("register", "show", "people")[1]
    code, out, err = put("people", "编号,姓名\nD-3,\n")
    assert (code, out, err) == (1, "", "第 2 行 姓名：不能为空\n共 1 处差错，什么也没有改。\n")
    put("grids", f"code,name,worker\n{VILLAGE}B001,北平分网格,\n")
    assert f"{VILLAGE}B001" in county("register", "show", "grids", "--division", TOWNSHIP)[1]
    assert "网格无网格员" in county("register", "gaps", VILLAGE)[1]
    code, out, err = county("register", "template", "absences")
    assert (code, out) == (0, "人员编号,身份,起,止,代理人\n")
    assert "身份（必填）：角色@区划代码或承办单位编号" in err
    assert county("register", "template", "absences", "--csv", str(tmp_path / "empty.csv"))[0] == 0
    assert "请用 --token" in county("register", "load", "absences", str(tmp_path / "empty.csv"))[2]
    assert county("register", "template", "grids", "--csv", str(tmp_path / "empty.csv"))[0] == 0
    assert "文件里只有列名" in county("register", "load", "grids", str(tmp_path / "empty.csv"))[2]
    for words in (("show", "nothing"), ("load", "people", "missing.csv")):
        assert county("register", *words)[0] == 2
    assert county("register", "show", "units", "--division", "1")[0] == 3


def test_what_is_shown_is_chinese_and_loads_again(county: Run, put: Any, tmp_path: Path) -> None:
    put("people", PEOPLE)
    put("posts", f"人员编号,身份\nD-1,调度员@{TOWNSHIP}\n")
    shown = county("register", "show", "posts")[1]
    assert all(word in shown for word in ("人员编号", "身份", "生效日期", f"调度员@{TOWNSHIP}"))
    file = tmp_path / "posts.csv"
    assert county("register", "show", "posts", "--csv", str(file))[0] == 0
    assert "变更 0，未变 1" in county("register", "load", "posts", str(file))[1]
    assert county("token", "create", "--hat", f"调度员@{TOWNSHIP}", "--person", "D-1")[0] == 0
    put("people", "编号,姓名\n" + "".join(f"E-{number},样例·某\n" for number in range(300)))
    out = county("register", "show", "people")[1]
    assert ("共 303 行，只列出前 200 行" in out, out.count("样例·某") < 201) == (True, True)
    many = put("people", "编号,姓名\n" + "张三,\n" * 150)[2]
    assert "（只列出前 200 处），什么也没有改。" in many


def test_what_is_written_as_a_workbook_is_text_and_loads_again(county: Run, put: Any, tmp_path: Path) -> None:
    file = tmp_path / "people.xlsx"
    put("people", "编号,姓名\n007,=1+1\nD-1,样例·代理\n")
    assert county("register", "show", "people", "--xlsx", str(file))[1].startswith(f"已写入 {file}，人员 ")
    found = sheet(file.read_bytes())
    assert {"编号": "007", "姓名": "=1+1"} in [row for _, row in found.rows]
    with zipfile.ZipFile(file) as archive:
        page = archive.read("xl/worksheets/sheet1.xml")
        assert b'<c r="A2" s="1" t="s">' in page
        assert b"<f>" not in page
        assert b'numFmtId="49"' in archive.read("xl/styles.xml")  # text, whatever is typed there
    assert "新增 0，变更 0" in county("register", "load", "people", str(file))[1]
    assert county("register", "template", "people", "--xlsx", str(file))[:2] == (0, "")
    assert sheet(file.read_bytes()).header == ["编号", "姓名"]
    assert county("register", "show", "people", "--xlsx", str(tmp_path))[2].startswith("写不了文件")


def test_divisions_in_chinese_and_files_that_are_not_there(county: Run, tmp_path: Path) -> None:
    file = tmp_path / "divisions.csv"
    file.write_bytes(f"代码,名称,层级,上级代码\n{VILLAGE[:-3]}999,样例村,村,{TOWNSHIP}\n".encode("gb18030"))
    assert county("divisions", "load", str(file))[1].startswith("读入 CSV（GB 18030）。\n区划 1 个：新增 1")
    file.write_bytes(b"code,name,level,parent\n1,x,hamlet,\n")
    code, _, err = county("divisions", "load", str(file))
    assert (code, err.endswith("共 2 处差错，什么也没有改。\n")) == (1, True)
    for words in (("divisions", "load"), ("register", "load", "people")):
        assert county(*words, "nowhere.csv")[2] == "没有这个文件：nowhere.csv\n"
        assert county(*words, str(tmp_path))[2].startswith("这是目录")


def test_a_delegate_gets_a_token_for_the_days_of_absence(county: Run, put: Any, ask: Any, token: Any) -> None:
    hat = f"dispatcher@{TOWNSHIP}"
    put("people", PEOPLE)
    put("posts", f"person,hat\nD-2,{hat}\n")
    today = moment.today()
    absence = f"person,hat,from_on,to_on,delegate\nD-2,{hat},{today},{today + ONE_DAY},D-1\n"
    assert "BIHUAN_TOKEN" in put("absences", absence)[2]  # nobody in particular has said so
    for stranger in ("head@141025102000", f"resident@{VILLAGE}"):
        assert "第 2 行：只有本区划或上级的工作身份可以登记" in put("absences", absence, "--token", token(stranger))[2]
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
    longer = absence.replace(f"{today + ONE_DAY},D-1", f"{today + 9 * ONE_DAY},D-1")
    assert OWN in county(*void, *mine)[2]
    for table in (longer, absence.replace(",D-1", ",D-3")):
        code, _, err = put("absences", table, *mine)
        assert (code, err) == (
            1,
            "第 2 行：代理人本人不能登记、更改或作废自己所代理的请假，请由他人办理\n共 1 处差错，什么也没有改。\n",
        )
    assert put("absences", absence, *mine)[0] == 0  # it says what stands
    assert put("absences", longer, "--token", head)[1].endswith("请假与代理 1 行：新增 0，变更 1，未变 0。\n")
    assert county(*void, "--token", head)[0] == 0
    shown = county("register", "show", "absences", "--voided")[1]
    assert (shown.count("由后载入的一行代替"), shown.count("提前销假")) == (1, 1)
    assert all(word in shown for word in ("作废时间", "作废人", "作废时身份", f"head@{TOWNSHIP}", "代理人"))
    hours = {f"{local(moment.now() - timedelta(hours=ago)):%Y-%m-%d %H}:" for ago in (0, 1)}
    assert any(hour in shown for hour in hours)  # in Shanghai, even if the hour has just ended
    assert "+00:00" not in shown
