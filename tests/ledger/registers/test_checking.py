"""Every fault of a table at once; what is shown loads again; days and times as offices write them."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
import pytest_asyncio

from ledger.registers.contents import rows
from ledger.registers.display import demands, headings, line
from ledger.registers.division import RegisterFault
from ledger.registers.register import Loaded
from ledger.registers.register_kind import KINDS
from ledger.registers.sheet import FAULTS_MAX, sheet
from ledger.store.connection import Writers
from tests.domain.scene import when
from tests.ledger.registers.test_loading import ABSENT, DUTIES, FILES, PEOPLE, put, refused, stocked, values, workbook
from tests.ledger.registers.test_register import TOWNSHIP, VILLAGE

DAYS = ("2020-01-01", "2020/1/1", "2020.1.1", "2020年1月1日", "20200101", "43831", "2020/1/1 0:00")


@pytest_asyncio.fixture(loop_scope="session")
async def writers(database: str) -> AsyncIterator[Writers]:
    async with stocked(database) as writers:
        yield writers


async def test_all_faults_of_a_file_come_at_once(writers: Writers) -> None:
    """Headings, cells, references, keys, overlaps and days: nobody has to load a table six times to hear of them."""
    days = "2026-11-01,2026-11-02"
    table = (
        f"{ABSENT}P-1,村干部@{VILLAGE},{days},P-2\nP-1,村干部@{VILLAGE},2026-11-02,2026-11-03,P-2\n"
        f"P-1,村长@{VILLAGE},{days},P-2\nP-2,村干部@{VILLAGE},{days},P-8\nP-1,村干部@{VILLAGE},{days},P-2\n"
    )
    await put(writers, "posts", f"person,hat\nP-1,clerk@{VILLAGE}\n")
    told = "\n".join(await refused(writers, "absences", table.replace("delegate", "delegate,原因")))
    for fault in (
        "第 1 行：不认识的列“原因”", "第 3 行：与第 2 行（2026-11-01 至 2026-11-02）重叠", "第 4 行 身份：没有这个角色",
        "第 5 行 代理人：登记册里没有人员“P-8”", "第 5 行 身份：登记册里“P-2”没有此身份",
        "第 6 行：与第 2 行重复（人员编号“P-1”，",
    ):  # fmt: skip
        assert fault in told
    rows_of = [int(line.split()[1]) for line in told.splitlines()]
    assert rows_of == sorted(rows_of)
    assert await values(writers, "select person from absence") == []
    many = "编号,姓名\n" + "张三,李四\n" * (FAULTS_MAX + 50)
    with pytest.raises(RegisterFault) as caught:
        await put(writers, "people", many)
    assert len(caught.value.faults) == FAULTS_MAX
    assert caught.value.count > FAULTS_MAX + 50


@pytest.mark.parametrize("kind", FILES)
async def test_what_is_shown_is_what_is_loaded(writers: Writers, kind: str) -> None:
    """The Chinese table of a register, codes replaced by their titles, loads again and changes nothing."""
    for each in ("grids", "contacts") if kind == "contacts" else (kind,):
        await put(writers, each, FILES[each])
    stored = await rows(writers, KINDS[kind])
    table = "\n".join(",".join(f'"{cell}"' for cell in line(KINDS[kind], row)) for row in stored)
    headings_ = ",".join(headings(KINDS[kind]))
    assert headings_.isascii() is False
    assert await put(writers, kind, f"{headings_}\n{table}\n") == Loaded(0, 0, len(stored))
    assert {words.partition("（")[0] for words in demands(KINDS[kind])} == {
        heading.partition("（")[0] for heading in headings(KINDS[kind])
    }
    assert all(words.partition("：")[2] for words in demands(KINDS[kind]))


@pytest.mark.parametrize("text", DAYS)
async def test_days_are_read_as_offices_write_them(writers: Writers, text: str) -> None:
    await put(writers, "duties", DUTIES.replace("2020-01-01", text))
    assert await values(writers, "select valid_from from duty") == [(date(2020, 1, 1),)]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026/11/23 8:00", "2026-11-23 08:00"),
        ("2026年11月23日8:00", "2026-11-23 08:00"),
        ("2026-11-23T08:00:30", "2026-11-23 08:00:30"),
        ("2026-11-23 08:00:30.5", "2026-11-23 08:00:30.500000"),
        ("2026-11-23T08:00Z", "2026-11-23 16:00"),
        ("46349.375", "2026-11-23 09:00"),
        ("2026-11-23", "2026-11-23 00:00"),
    ],
)
def test_times_are_read_as_offices_write_them(text: str, at: str) -> None:
    assert KINDS["rosters"].key_of((TOWNSHIP, text, "P-1"))[1] == when(at)


def test_it_is_told_what_a_file_was_read_as() -> None:
    assert sheet("编号,姓名\n".encode()).source == sheet("编号,姓名\n".encode("utf-8-sig")).source == "CSV（UTF-8）"
    assert sheet("编号,姓名\n".encode("gb18030")).source == "CSV（GB 18030）"
    assert sheet(workbook(PEOPLE)).source == "Excel 工作簿"
    with pytest.raises(RegisterFault, match="第一张工作表是空的"):
        sheet(workbook(""))
