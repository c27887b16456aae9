"""`bihuan case import` on a real ledger: tried, done, done again, from CSV and from a workbook."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from settings import ROOT
from tests.cli.conftest import Run
from tests.ledger.registers.test_loading import workbook

TOWNSHIP, COUNTY = "141025101000", "141025000000"
MAP = ROOT / "samples/import/ledger.yaml"
HEADER = (ROOT / "samples/import/ledger.csv").read_text().strip()
ROWS = (
    f"T-1,路灯不亮,民生,{TOWNSHIP},城建所,样例,2020-03-02,2020-03-06,2020-03-09,办结,已换\n"
    f"T-2,井盖缺失,民生,{TOWNSHIP},城建所,样例,2020年3月2日,2020/03/06,,在办,\n"
    f"T-3,桥面破损,民生,{TOWNSHIP},城建所,样例,2020-03-02,2020-03-06,1900-01-01,办结,\n"
    "T-4,别处,民生,141025999000,城建所,样例,2020-03-02,2020-03-06,,在办,\n"
    f"T-2,井盖缺失,民生,{TOWNSHIP},城建所,样例,2020年3月2日,2020/03/06,,在办,\n"
    f"=T-5,无期限,民生,{TOWNSHIP},城建所,样例,2020-03-02,,,办结,\n"
)
TOLD = """\
读入 6 行：迁入 3，迁入待核对 1，已迁入过 1，编号相同而内容不同 0，不予迁入 1。
  迁入待核对 1 行
    第 4 行 T-3：办结时间“1900-01-01”年份不合常理
  不予迁入 1 行
    第 5 行 T-4：没有代码为“141025999000”的区划（unknown_division）
  疑点·年份不合常理 1 行
    第 4 行 T-3：办结时间“1900-01-01”年份不合常理
  疑点·没有办理期限 1 行
    第 7 行 =T-5：状态为“办结”，但没有办结时间，按在办迁入；没有办理期限，按默认时限自迁入之日起算
  疑点·状态为办结而没有办结时间 1 行
    第 7 行 =T-5：状态为“办结”，但没有办结时间，按在办迁入；没有办理期限，按默认时限自迁入之日起算
"""
STANDING = """\
按台账中的事件计：
  已办结 1 件，其中逾期办结 1 件（办结前已出红牌 1 件）
  未办结 3 件（在办 2 件、待核对 1 件），其中超期 1 件
"""


@pytest.fixture
def put(county: Run, token: Callable[[str], str], tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    """Imports a table under the hat of a system."""
    system = token(f"integration@{COUNTY}")

    def imported(data: str | bytes, *more: str, map_: Path = MAP, shown: str = system) -> tuple[int, str, str]:
        file = tmp_path / "table"
        file.write_bytes(data.encode("gb18030") if isinstance(data, str) else data)
        return county("case", "import", str(file), "--map", str(map_), "--token", shown, *more)

    return imported


def test_a_ledger_is_tried_taken_over_and_not_taken_over_twice(
    county: Run, put: Any, token: Callable[[str], str], tmp_path: Path
) -> None:
    given, report = f"{HEADER}\n{ROWS}", tmp_path / "report.csv"
    assert put(given, "--dry-run") == (0, f"试算（没有留下任何痕迹）：\n{TOLD}", "")
    assert put(given, "--report", str(report)) == (0, TOLD + STANDING, "")
    lines = report.read_text("utf-8-sig").splitlines()
    assert lines[0] == "行号,原编号,结果,事项编号,说明"
    assert re.fullmatch(r"2,T-1,迁入,QR-\d{4}-000001,", lines[1])
    assert lines[5].startswith("6,T-2,已迁入过,,与第 3 行编号相同")
    assert lines[6].startswith("7,'=T-5,迁入,QR-")  # no formula for whoever opens it
    again = put(given)[1]
    assert again.startswith("读入 6 行：迁入 0，迁入待核对 0，已迁入过 5，编号相同而内容不同 0，不予迁入 1。\n")
    assert again.endswith(STANDING)
    assert "编号相同而内容不同 1" in put(f"{HEADER}\n{ROWS.splitlines()[0].replace('已换', '未换')}\n")[1]
    assert county("ledger", "verify")[1] == "台账无差错。\n"
    assert county("ledger", "rebuild", "--check")[1] == "事项 4 件，差异 0 处。\n"
    inspector, number = token(f"inspector@{COUNTY}"), lines[1].split(",")[3]
    code, out, _ = county("case", "history", number, "--token", inspector)
    assert (code, "迁入，2020-03-02 00:00:00" in out) == (0, True)
    events = json.loads(county("case", "history", number, "--token", inspector, "--json")[1])["events"]
    assert all(event["imported"] for event in events)


def test_a_workbook_with_dates_of_its_own(put: Any) -> None:
    rows = f"{HEADER}\n1001,路灯不亮,民生,{TOWNSHIP},城建所,样例,43892,43896,43899,办结,已换\n"
    assert "迁入 1，" in put(workbook(rows))[1]
    assert "已办结 1 件，其中逾期办结 1 件" in put(workbook(rows))[1]


def test_who_may_not_and_what_cannot_be_read(
    county: Run, put: Any, token: Callable[[str], str], tmp_path: Path
) -> None:
    given = f"{HEADER}\n{ROWS}"
    clerk = token(f"dispatcher@{TOWNSHIP}")
    assert put(given, shown=clerk) == (1, "", "只有接入系统和管理员可以迁入事项\n")
    bad = tmp_path / "map.yaml"
    for text, fault in (
        (MAP.read_text().replace("reference: 编号", "reference: 单号"), "reference：表中没有“单号”这一列"),
        (MAP.read_text().replace("action: ended", "action: x"), "closing.action：“迁入事项”没有名为“x”的办结操作"),
        (MAP.read_text().replace("title: 事项", "titel: 事项"), "titel：没有这一项，请检查拼写"),
        ("[", "不是合格的 YAML"),
    ):
        bad.write_text(text)
        code, out, err = put(given, map_=bad)
        assert (code, out, fault in err, "map.yaml 不能用" in err) == (1, "", True, True)
    bad.write_bytes(b"\xff\xfe")
    assert "不是 UTF-8 文本" in put(given, map_=bad)[2]
    assert "没有这个文件" in put(given, map_=tmp_path / "missing.yaml")[2]
    assert "文件是空的" in put("")[2]
    assert "不是能读的 Excel 工作簿" in put(b"PK\x03\x04nothing")[2]
    assert county("ledger", "rebuild", "--check")[1] == "事项 0 件，差异 0 处。\n"
