"""Registers loaded from tables, on a real PostgreSQL: row by row, all or nothing, what stands untouched."""

import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
import xlsxwriter

from ledger.registers.contents import gaps, hand_over, handovers, on_duty, rows
from ledger.registers.division import RegisterFault
from ledger.registers.gazetteer import parse
from ledger.registers.loading import load
from ledger.registers.register import Loaded, load_divisions
from ledger.registers.register_kind import KINDS
from ledger.registers.sheet import sheet
from ledger.registers.workbook import OLE
from ledger.store.connection import Writers
from tests.ledger.registers.test_register import COUNTY, TOWNSHIP, TREE, VILLAGE

PEOPLE = "id,name\nP-1,样例·甲\nP-2,样例·乙\n"
UNITS = f"编号,名称,区划,承办类别\nU-1,镇执法队,{TOWNSHIP},safety dispute\n"
ABSENT = "person,hat,from_on,to_on,delegate\n"
DUTIES = (
    "division,list,code,title,basis,matters,valid_from\n"
    f"{TOWNSHIP},职责清单,D1,安全巡查,样例·县委办〔2026〕1号,safety,2020-01-01\n"
)


def workbook(table: str) -> bytes:
    """A workbook as spreadsheets write it: shared strings, whole numbers as numbers."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for y, line in enumerate(table.splitlines()):
            for x, cell in enumerate(line.split(",")):
                page.write(y, x, int(cell) if cell.isdigit() else cell)
    return file.getvalue()


@asynccontextmanager
async def stocked(database: str) -> AsyncIterator[Writers]:
    """Registers with a few divisions, people and units, for what is loaded to refer to."""
    writers = Writers(database, 2)
    await load_divisions(writers, parse(TREE.encode()), 2023, date(2023, 1, 1))
    await put(writers, "people", PEOPLE)
    await put(writers, "units", UNITS)
    yield writers
    await writers.close()


@pytest_asyncio.fixture(loop_scope="session")
async def writers(database: str) -> AsyncIterator[Writers]:
    async with stocked(database) as writers:
        yield writers


async def put(writers: Writers, kind: str, table: str | bytes, dry_run: bool = False) -> Loaded:
    data = table if isinstance(table, bytes) else table.encode()
    return await load(writers, KINDS[kind], sheet(data), dry_run)


async def refused(writers: Writers, kind: str, table: str | bytes) -> Sequence[str]:
    with pytest.raises(RegisterFault) as caught:
        await put(writers, kind, table)
    return caught.value.faults


async def values(writers: Writers, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await writers.fetch(query)]


# One good file of every register, and what stands in its way when it is loaded again.
FILES = {
    "people": "id,name\nP-3,样例·丙\n",
    "posts": f"person,hat\nP-1,dispatcher@{TOWNSHIP}\nP-1,handler@U-1\n",
    "units": f"id,name,division\nU-2,县应急局,{COUNTY}\n",
    "matters": f"code,division,unit,title\nsafety,{TOWNSHIP},U-1,安全隐患\n",
    "duties": DUTIES,
    "grids": f"code,name,worker,phone\n{VILLAGE}B001,北平分网格,P-1,0357-8320000\n{TOWNSHIP}A001,北平总网格,,\n",
    "contacts": f"village,household,person\n{VILLAGE},H1,P-1\n{VILLAGE},H2,\n",
    "sites": f"id,name,division,tier,address\nS-1,北平镇便民服务中心,{TOWNSHIP},乡镇,镇政府院内\n",
    "rosters": f"division,from_at,to_at,person\n{TOWNSHIP},2026-11-23 08:00,2026-11-24 08:00,P-1\n",
}


def test_every_register_is_tried() -> None:
    assert {*FILES, "absences"} == set(KINDS)


@pytest.mark.parametrize("kind", FILES)
async def test_what_stands_already_is_untouched(writers: Writers, kind: str) -> None:
    count = len(FILES[kind].splitlines()) - 1
    assert await put(writers, kind, FILES[kind], dry_run=True) == Loaded(count, 0, 0)
    assert await put(writers, kind, FILES[kind]) == Loaded(count, 0, 0)
    before = await values(writers, f'select xmin::text, * from "{KINDS[kind].table}" order by 2, 3')
    assert await put(writers, kind, FILES[kind]) == Loaded(0, 0, count)
    assert await put(writers, kind, workbook(FILES[kind])) == Loaded(0, 0, count)
    assert await put(writers, kind, FILES[kind].encode("gb18030")) == Loaded(0, 0, count)
    assert await values(writers, f'select xmin::text, * from "{KINDS[kind].table}" order by 2, 3') == before
    assert len(await rows(writers, KINDS[kind])) >= count
    assert await rows(writers, KINDS[kind], COUNTY) or kind == "people"


async def test_faults_name_row_and_column_and_nothing_is_half_done(writers: Writers) -> None:
    bad = f"编号,名称,区划\nU-3,好的,{COUNTY}\nU-4,,{COUNTY}\nU-5,某局,123\nU-3,又一个,{COUNTY}\n"
    assert await refused(writers, "units", bad) == (
        "第 3 行 名称：不能为空",
        "第 4 行 区划：应为 12 位数字的区划代码，如 141025101000，现为“123”",
        "第 5 行：与第 2 行重复（编号“U-3”）",
    )
    assert await refused(
        writers, "units", workbook(f"id,name,division\nU-3,好的,{COUNTY}\nU-9,某局,141025999000\n")
    ) == ("第 3 行 区划：登记册里没有区划“141025999000”",)
    assert await values(writers, "select id from unit") == [("U-1",)]


@pytest.mark.parametrize(
    ("kind", "table", "told"),
    [
        ("units", "id,name\n", "第 1 行：缺少列 区划"),
        ("units", "id,name,division,colour\n", "第 1 行：不认识的列“colour”，可有的列：编号、名称、区划、承办类别"),
        ("units", "id,编号,name,division\n", "第 1 行：有两列都是“编号”"),
        ("units", "id,name,division\n", "文件里只有列名，没有承办单位"),
        ("units", "", "文件是空的"),
        ("units", b"PK\x03\x04nothing", "不是能读的 Excel 工作簿"),
        ("people", "id,name\nP-9,一\u202e二\n", "第 2 行 姓名：含有不可用的控制字符，现为“一□二”"),
        ("posts", f"person,hat\nP-1,chief@{TOWNSHIP}\n", "第 2 行 身份：没有这个角色，应为 网格员、"),
        ("posts", f"person,hat\nP-8,clerk@{VILLAGE}\n", "第 2 行 人员编号：登记册里没有人员“P-8”"),
        ("posts", "person,hat\nP-1,handler@U-7\n", "第 2 行 身份：登记册里没有区划或承办单位“U-7”"),
        ("grids", f"code,name\n{VILLAGE}G001,甲\n", "网格代码：应为 12 位区划代码加一个字母 A 至 F"),
        ("grids", f"code,name\n{TOWNSHIP}B001,甲\n", f"应为村（社区），现为“{TOWNSHIP}”（乡镇）"),
        ("grids", f"code,name\n{VILLAGE}A001,甲\n", f"应为乡镇，现为“{VILLAGE}”（村）"),
        ("duties", DUTIES.replace("职责清单", "别的"), "第 2 行 清单：应为 职责清单（duty）、"),
        ("duties", DUTIES.replace("2020-01-01", "2090-01-01"), "生效日期：2090-01-01 还没有到"),
        ("rosters", f"division,from_at,to_at,person\n{TOWNSHIP},2026-11-23 08:00,2026-11-23 08:00,P-1\n", "止应晚于起"),
        ("absences", f"{ABSENT}P-1,clerk@{VILLAGE},2026-11-01,2026-11-02,P-1\n", "不能是本人"),
        ("grids", f"code,name,phone\n{VILLAGE}B001,甲,abc\n", "公开电话：应为 1 至 20 位数字、+ 或 -，现为“abc”"),
        ("grids", f"网格代码,网格名称,电话\n{VILLAGE}B001,甲,1\n", "第 1 行：不认识的列“电话”，是否应为“公开电话”"),
        ("people", "北平镇人员登记表,\n,\n编号,姓名\nP-9,样例·壬\n", "列名在第 3 行，应在首行"),
        ("people", "编号,姓名\nP-9,样例·壬,样例·癸\n", "第 2 行：“样例·癸”超出了列名的范围"),
        ("people", "编号\t姓名\nP-9\t样例·壬\n", "应为英文逗号“,”，现为制表符（Tab）"),
        ("people", '编号,姓名\nP-9,"样例·壬\n', "不是合格的 CSV，引号没有成对"),
        ("people", "编号,姓名\n".encode("utf-16"), "Unicode 文本"),
        ("people", OLE + bytes(600), "不是能读的 Excel 工作簿"),
        ("people", OLE + bytes(90) + "EncryptedPackage".encode("utf-16-le"), "设有打开密码"),
        ("people", b"%PDF-1.7\n", "这是PDF，不是表格"),
        ("people", b"<html><table>", "这是网页格式的表格"),
        ("people", b"\x80\xff\xff", "文件不是文本"),
        ("rosters", f"division,from_at,to_at,person\n{TOWNSHIP},早8点,2026-11-23 08:00,P-1\n", "起：应为日期和时间"),
        ("posts", f"person,hat,valid_from\nP-1,dispatcher@{TOWNSHIP},2026年2月30日\n", "现为“2026年2月30日”"),
        ("absences", f"{ABSENT}P-1,clerk@{VILLAGE},2026-11-01,2026-11-02,P-2\n", "登记册里“P-1”没有此身份"),
    ],
)  # fmt: skip
async def test_what_cannot_be_taken_is_told(writers: Writers, kind: str, table: str | bytes, told: str) -> None:
    assert told in "\n".join(await refused(writers, kind, table))


async def test_a_changed_row_ends_the_one_before(writers: Writers) -> None:
    assert await put(writers, "duties", DUTIES) == Loaded(1, 0, 0)
    renamed = DUTIES.replace("安全巡查", "安全生产巡查")
    assert "应写明晚于 2020-01-01" in (await refused(writers, "duties", renamed))[0]
    assert await put(writers, "duties", renamed.replace("2020-01-01", "2020-03-01")) == Loaded(0, 1, 0)
    known = await values(writers, "select title, valid_from, valid_to from duty order by valid_from")
    assert known == [
        ("安全巡查", date(2020, 1, 1), date(2020, 3, 1)),
        ("安全生产巡查", date(2020, 3, 1), None),
    ]
    ended = renamed.replace("valid_from", "valid_from,valid_to").replace("2020-01-01", "2020-03-01,2020-06-01")
    assert await put(writers, "duties", ended) == Loaded(0, 1, 0)
    assert await put(writers, "duties", ended) == Loaded(0, 0, 1)
    assert await rows(writers, KINDS["duties"]) == []
    assert await put(writers, "duties", renamed.replace("2020-01-01", "2020-07-01")) == Loaded(0, 1, 0)
    assert len(await rows(writers, KINDS["duties"], TOWNSHIP)) == 1


async def test_dates_of_a_spreadsheet_are_days(writers: Writers) -> None:
    await put(writers, "duties", workbook(DUTIES.replace("2020-01-01", "43831")))
    assert await values(writers, "select valid_from from duty") == [(date(2020, 1, 1),)]


async def test_gaps_are_shown(writers: Writers) -> None:
    await put(writers, "grids", FILES["grids"])
    await put(writers, "contacts", FILES["contacts"])
    found = await gaps(writers, COUNTY)
    assert [(gap, code) for gap, code, _ in found] == [
        ("村无网格", "141025101001"),
        ("村无联系户登记", "141025101001"),
        ("网格无网格员", f"{TOWNSHIP}A001"),
        ("户无联系人", f"{VILLAGE} H2"),
    ]
    assert [code for _, code, _ in await gaps(writers, VILLAGE)] == [f"{VILLAGE} H2"]


async def test_a_shift_hands_over_in_words_that_stay(writers: Writers) -> None:
    await put(writers, "rosters", f"division,from_at,to_at,person\n{TOWNSHIP},2020-01-01 08:00,2090-01-01 08:00,P-1\n")
    assert [row["person"] for row in await on_duty(writers, TOWNSHIP)] == ["P-1"]
    await hand_over(writers, TOWNSHIP, "P-1", "P-2", " 河道一处险情，已派人看守 ")
    (note,) = await handovers(writers, TOWNSHIP)
    assert (note["giver_name"], note["taker_name"], note["words"]) == ("样例·甲", "样例·乙", "河道一处险情，已派人看守")
    for giver, taker, words in (("P-1", "P-1", "好"), ("P-1", "P-9", "好"), ("P-1", "P-2", " ")):
        with pytest.raises(RegisterFault):
            await hand_over(writers, TOWNSHIP, giver, taker, words)
