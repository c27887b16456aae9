"""`bihuan procedure holders` and the sample registers loaded by hand."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from samples.table import KINDS
from tests.cli.conftest import Run

COUNTY, TOWNSHIP, VILLAGE = "141025000000", "141025101000", "141025101200"


@pytest.fixture
def filled(county: Run, token: Callable[[str], str], tmp_path: Path) -> Run:
    """The county with every sample register, loaded by hand from the tables that the command line gives."""
    for kind in ("people", "units", *(kind for kind in KINDS if kind not in ("people", "units"))):
        code, out, err = county("register", "sample", kind)
        assert (code, err) == (0, ""), kind
        file = tmp_path / f"{kind}.csv"
        file.write_text(out, encoding="utf-8")
        said = ("--token", token(f"administrator@{COUNTY}")) if kind == "rosters" else ()
        code, out, err = county("register", "load", kind, str(file), *said)
        assert (code, err) == (0, ""), (kind, err)
        assert "变更 0，未变 0" in out
    return county


def test_the_table_is_told_written_and_counted(filled: Run, tmp_path: Path) -> None:
    file = tmp_path / "holders.csv"
    code, out, err = filled("procedure", "holders", "--procedure", "hazard", "--division", VILLAGE, "--csv", str(file))
    assert (code, err) == (0, "")
    assert "村（社区）1 个" in out
    assert out.endswith("无人负责的岗位 0 个。\n")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert f"共 {len(rows)} 行" in out
    first = rows[0]
    assert (first["流程"], first["阶段"], first["责任岗位"], first["时限"], first["期限"]) == (
        "隐患闭环", "已上报", "北平镇 调度员", "研判", "24小时",
    )  # fmt: skip
    assert first["责任人"].startswith("样例·")
    assert "北平镇 负责人 样例·" in first["逐级告知"]
    assert "紧急情况为是" in {row["情形"] for row in rows}
    assert all(row["依据"] and row["到期"] != "—" for row in rows)
    shown = filled("procedure", "holders", "--procedure", "analysis", "--division", VILLAGE)[1]
    assert "研判清单" in shown
    for words in ((), ("--procedure", "hazard")):
        whole = filled("procedure", "holders", *words)[1]
        assert "--csv" in whole
        assert len(whole.splitlines()) < 40


def test_a_village_is_a_list_that_fits_a_screen(filled: Run) -> None:
    """Nothing is cut off: every limit, every authority and everybody who is told, in 100 columns."""
    out = filled("procedure", "holders", "--procedure", "hazard", "--division", VILLAGE)[1]
    lines = out.splitlines()
    assert max(map(cell_len, lines[:-1])) <= 100
    assert lines[0].endswith(f"（{VILLAGE}）")
    assert lines[1] == "  隐患闭环"
    assert lines[2].startswith("    已上报：北平镇 调度员 样例·")
    whole = "".join(line.strip() for line in lines)
    for words in ("研判（紧急情况为是）：", "24小时，到期 ", "；依据 ", "告知 北平镇 负责人", "期限同上"):
        assert words in whole
    assert out.count(f"（{VILLAGE}）") == 1
    assert "流程 14 个，" in filled("procedure", "holders", "--division", VILLAGE)[1]


def test_a_vacant_post_is_named_and_ends_with_one(filled: Run, tmp_path: Path) -> None:
    file = tmp_path / "posts.csv"
    approvers = [
        line for line in filled("register", "sample", "posts")[1].splitlines() if f"approver@{TOWNSHIP}" in line
    ]
    (person,) = [line.partition(",")[0] for line in approvers]
    file.write_text(f"person,hat,valid_to\n{person},approver@{TOWNSHIP},2026-01-02\n", encoding="utf-8")
    assert filled("register", "load", "posts", str(file))[0] == 0
    code, out, err = filled("procedure", "holders", "--unresolved")
    assert (code, "无人负责的岗位 1 个" in out) == (1, True)
    assert err.startswith(f"无人负责：北平镇 验收人（approver@{TOWNSHIP}） ")
    assert "隐患闭环：待验收" in err
    assert filled("procedure", "holders", "--at", "2026-01-01T12:00")[0] == 0
    code, out, err = filled("register", "gaps", TOWNSHIP)
    assert (code, f"approver@{TOWNSHIP}" in out, "岗位空缺 1" in err) == (1, True, True)
    # Whoever held it has no token for it any more, and cannot get one.
    code, out, err = filled("token", "create", "--hat", f"approver@{TOWNSHIP}", "--person", person)
    assert (code, "任职已经结束" in err) == (1, True)


def test_what_cannot_be_asked_is_told(county: Run, tmp_path: Path) -> None:
    for words, ending, told in [
        (("--procedure", "nothing"), 3, "没有启用"),
        (("--division", "999"), 3, "没有这个区划"),
        (("--at", "mañana"), 2, "看不懂的时间"),
        (("--division", VILLAGE, "--csv", str(tmp_path / "no" / "where.csv")), 2, "写不了文件"),
    ]:
        code, _, err = county("procedure", "holders", *words)
        assert (code, told in err) == (ending, True), err
    assert county("register", "sample", "absences")[0] == 2
    assert county("procedure", "holders", "--division", VILLAGE)[0] == 1  # nobody is there yet


def test_a_wrong_shift_is_void_by_whoever_says_so(filled: Run) -> None:
    token = filled("token", "create", "--hat", f"dispatcher@{TOWNSHIP}", "--name", "样例·换班人")[1].strip()
    line = next(
        line for line in filled("register", "sample", "rosters")[1].splitlines() if line.startswith(TOWNSHIP)
    ).split(",")
    words = ("register", "void", "rosters", line[0], line[1], line[3], "--reason", "换班", "--token", token)
    assert filled(*words) == (0, "已作废。\n", "")
    assert "换班" in filled("register", "show", "rosters", "--voided")[1]
    assert (filled(*words)[0], "没有这一条" in filled(*words)[2]) == (1, True)
    assert filled("register", "void", "rosters", "x", "--reason", "换班", "--token", token)[0] == 1


def test_office_hours_are_the_countys_to_set(county: Run) -> None:
    assert county("calendar", "hours")[1] == "08:00-18:00\n"
    assert county("calendar", "hours", "08:30-17:30")[1] == "08:30-17:30\n"
    assert county("calendar", "hours")[1] == "08:30-17:30\n"
    assert county("calendar", "hours", "9-5")[0] == 2
