"""The registers on a real PostgreSQL."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from domain.rules.hat import Hat
from ledger.identity import token as tokens
from ledger.registers import register
from ledger.registers.division import Division, RegisterFault, lineages
from ledger.registers.gazetteer import parse
from ledger.registers.register import Loaded, RegisteredPerson, RegisteredUnit, load_divisions, load_persons, load_units
from ledger.store.connection import Writers

HEADER = "code,name,level,parent\n"
COUNTY, TOWNSHIP, VILLAGE, COMMUNITY = "141025000000", "141025101000", "141025101200", "141025101001"
TREE = f"""{HEADER}\
140000000000,山西省,province,
141000000000,临汾市,city,140000000000
{COUNTY},古县,county,141000000000
{TOWNSHIP},北平镇,township,{COUNTY}
{VILLAGE},北平村,village,{TOWNSHIP}
{COMMUNITY},北平社区,community,{TOWNSHIP}
"""
SINCE = date(2023, 1, 1)
TITLES = {"code": "代码", "name": "名称", "level": "层级", "parent": "上级代码", "province": "省级", "city": "市级",
    "county": "县级", "township": "乡镇", "village": "村", "community": "社区"}  # fmt: skip
CHINESE = "\n".join(",".join(TITLES.get(cell, cell) for cell in line.split(",")) for line in TREE.splitlines())


@pytest_asyncio.fixture(loop_scope="session")
async def writers(database: str) -> AsyncIterator[Writers]:
    writers = Writers(database, 2)
    yield writers
    await writers.close()


async def load(writers: Writers, text: str, edition: int = 2023) -> Loaded:
    return await load_divisions(writers, parse(text.encode()), edition, date(edition, 1, 1))


async def rows(writers: Writers, query: str, *values: Any) -> Sequence[tuple[Any, ...]]:
    return [tuple(row) for row in await writers.fetch(query, *values)]


def faults(text: str | bytes) -> tuple[str, ...]:
    with pytest.raises(RegisterFault) as caught:
        parse(text if isinstance(text, bytes) else text.encode())
    return caught.value.faults


def test_every_bad_row_is_named() -> None:
    bad = HEADER + "123,甲,village,\n141025101200,,village,141025101000\n141025101200,乙,hamlet,12\n"
    assert faults(bad) == (
        "第 2 行 代码：应为 12 位数字的区划代码，如 141025101000，现为“123”",
        "第 3 行 名称：不能为空",
        "第 4 行 层级：应为 省级（province）、市级（city）、县级（county）、乡镇（township）、村（village）、"
        "社区（community）之一，现为“hamlet”",
        "第 4 行 上级代码：应为 12 位数字的区划代码，如 141025101000，现为“12”",
        "第 4 行：与第 3 行重复（代码“141025101200”）",
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("", "文件是空的"),
        (HEADER, "没有区划"),
        ("code,name\n1,2\n", "缺少列 层级、上级代码"),
        (HEADER + '"141025101200,x', "不是合格的 CSV"),
        (b"\xff\xff\x80", "不是文本"),
        (HEADER + "141025101200,北\x00村,village,141025101000", "第 2 行"),
        (HEADER + "１４１０２５１０１２００,北平村,village,141025101000", "应为 12 位数字"),
    ],
)
def test_a_bad_file_is_told(given: str | bytes, told: str) -> None:
    assert told in faults(given)[0]


def test_a_spreadsheets_encodings_are_read() -> None:
    assert parse(CHINESE.encode()) == parse(TREE.encode())
    assert parse(TREE.encode("gb18030")) == parse(TREE.encode("utf-8-sig")) == parse(TREE.encode())


def test_lineage_leads_up_to_the_county() -> None:
    tree = {row.code: row for row in parse(TREE.encode())}
    found = lineages(tree)
    assert found[VILLAGE] == {"village": VILLAGE, "township": TOWNSHIP, "county": COUNTY}
    assert found[COUNTY] == {"county": COUNTY}
    assert found["141000000000"] == {}


def test_a_parent_must_exist_one_level_above() -> None:
    tree = {row.code: row for row in parse(TREE.encode())}
    tree["1"] = Division("1", "甲", "village", COUNTY)
    tree["2"] = Division("2", "乙", "township", None)
    tree["3"] = Division("3", "丙", "village", "9")
    with pytest.raises(RegisterFault) as caught:
        lineages(tree)
    assert [fault.partition("：")[0] for fault in caught.value.faults] == ["2 乙", "1 甲", "3 丙"]


async def test_divisions_are_loaded_once(writers: Writers) -> None:
    assert await load(writers, TREE) == Loaded(6, 0, 0)
    assert await load(writers, TREE, 2024) == Loaded(0, 0, 6)
    assert await rows(writers, "select level, edition, valid_from from division where code = $1", COMMUNITY) == [
        ("village", 2023, SINCE)
    ]


async def test_a_changed_name_gets_a_new_row(writers: Writers) -> None:
    await load(writers, TREE)
    assert await load(writers, TREE.replace("北平村", "新北平村"), 2024) == Loaded(0, 1, 5)
    known = await rows(
        writers, "select name, edition, valid_from, valid_to from division where code = $1 order by valid_from", VILLAGE
    )
    assert known == [
        ("北平村", 2023, SINCE, date(2024, 1, 1)),
        ("新北平村", 2024, date(2024, 1, 1), None),
    ]


async def test_a_moved_township_takes_its_villages_along(writers: Writers) -> None:
    await load(writers, TREE + "141026000000,安泽县,county,141000000000\n")
    moved = f"{HEADER}{TOWNSHIP},北平镇,township,141026000000\n"
    assert await load(writers, moved, 2024) == Loaded(0, 3, 0)
    counties = await rows(
        writers, "select lineage ->> 'county' from division where parent = $1 and valid_to is null", TOWNSHIP
    )
    assert counties == [("141026000000",), ("141026000000",)]


async def test_nothing_is_half_done(writers: Writers) -> None:
    await load(writers, TREE)
    for text, edition in (
        (TREE.replace("北平村", "新北平村") + "141025101201,甲,village,141025999000\n", 2024),
        (TREE.replace("北平村", "新北平村"), 2023),  # from the same day: which one stood first?
        (TREE.replace("北平村", "新北平村"), 2090),  # not yet
    ):
        with pytest.raises(RegisterFault):
            await load(writers, text, edition)
    assert await rows(writers, "select count(*), count(valid_to) from division") == [(6, 0)]


async def test_units_stand_at_their_divisions_level(writers: Writers) -> None:
    await load(writers, TREE)
    units = [
        RegisteredUnit("U-1", "县局", COUNTY, ("safety",)),
        RegisteredUnit("U-2", "镇执法队", TOWNSHIP, ("safety", "dispute")),
    ]
    await load_units(writers, units)
    await load_units(writers, [RegisteredUnit("U-1", "县应急局", COUNTY)])
    assert await rows(writers, "select id, name, level, kinds from unit order by id") == [
        ("U-1", "县应急局", "county", []),
        ("U-2", "镇执法队", "township", ["safety", "dispute"]),
    ]
    with pytest.raises(RegisterFault, match="没有区划 1"):
        await load_units(writers, [RegisteredUnit("U-3", "某局", "1")])


async def test_persons_keep_their_names_and_gain_hats(writers: Writers) -> None:
    await load(writers, TREE)
    await load_persons(writers, [RegisteredPerson("P-1", "甲", (Hat("clerk", VILLAGE),))], sample=True)
    await load_persons(writers, [RegisteredPerson("P-1", "乙", (Hat("clerk", VILLAGE), Hat("proxy", VILLAGE)))])
    assert await register.person(writers, "P-1") == "甲"
    assert await rows(writers, "select role from hat where person = 'P-1' order by 1") == [("clerk",), ("proxy",)]
    for person in (
        RegisteredPerson("P-2", "丙", (Hat("clerk", "U-9"),)),
        RegisteredPerson("P-2", " "),
        RegisteredPerson("P-2", "\x00"),
    ):
        with pytest.raises(RegisterFault):
            await load_persons(writers, [person])
    assert await register.person(writers, "P-2") is None


async def test_a_revoked_token_is_nobodys(writers: Writers) -> None:
    await load(writers, TREE)
    await load_persons(writers, [RegisteredPerson("P-1", "甲")])
    hat = Hat("clerk", VILLAGE)
    first, second = await tokens.create(writers, "P-1", hat), await tokens.create(writers, "P-1", hat)
    listed = await tokens.issued(writers)
    assert [str(each.hat) for each in listed] == [str(hat)] * 2
    assert await tokens.bearer(writers, listed[0].fingerprint) == tokens.BAD_TOKEN
    assert await tokens.revoke(writers, first[:-1]) == 0
    assert await tokens.revoke(writers, first) == 1
    assert await tokens.revoke(writers, first) == 0
    assert await tokens.known(writers, [first, second, "bh_other"]) == {first: False, second: True}
    assert await tokens.bearer(writers, first) == tokens.BAD_TOKEN
    assert await tokens.revoke(writers, listed[1].fingerprint) == 1
