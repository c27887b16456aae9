"""Every open stage at every village and community has somebody, and the table says who when one post ends."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
import pytest_asyncio

from domain.days.instant import day_of
from domain.rules.hat import Hat
from ledger.registers.division import RegisterFault
from ledger.registers.loading import load
from ledger.registers.register_kind import KINDS
from ledger.registers.sheet import sheet
from ledger.registers.staffing import Staffing, StaffingRow, staffing
from ledger.registers.vacancy import gaps
from procedures import paths
from samples import read
from samples.table import GRIDS, LOADED, table
from tests.domain.scene import when
from tests.ledger.county import County

COUNTY, TOWNSHIP, VILLAGE, UNIT = "141025000000", "141025101000", "141025101200", "U-141025101-01"
AT = when("2026-11-23 09:00")
CASHIER = Hat("cashier", COUNTY)


@pytest_asyncio.fixture(loop_scope="session")
async def one(county: County) -> AsyncIterator[County]:
    """The county with its sample people, the registers empty."""
    yield county
    for what in ("absence", "roster", "grid", "contact", "matter", "duty", "site"):
        await county.superuser.execute(f"delete from {what}")
    await county.superuser.execute("update hat set valid_to = null")


async def of(county: County, procedure: str | None = None, division: str | None = None) -> Staffing:
    return await staffing(county.ledger.writers, county.ledger.library, AT, procedure, division)


async def put(county: County, kind: str, text: str) -> None:
    await load(county.ledger.writers, KINDS[kind], sheet(text.encode()))


async def test_no_post_of_the_county_is_vacant(one: County) -> None:
    found = await of(one)
    assert [str(hat) for hat in found.unresolved] == []
    assert {each.id for each in found.procedures} == {path.stem for path in paths()}
    assert len(found.places) == 79
    units = await one.rows("select id from unit")
    assert {hat.scope for hat in found.posts if hat.role == "handler"} == {row["id"] for row in units}
    rows = list(found.rows())
    shown = {(row.procedure.id, row.need.stage, row.place.code) for row in rows}
    assert len(shown) == found.stages * 79
    assert next(row.need.stage for row in rows if row.procedure.id == "hazard") == "reported"
    assert {row.holder for row in rows} - {None} <= found.posts.keys()
    assert {hat for row in rows for hat, _ in row.rungs} <= found.posts.keys()


async def test_every_unit_that_is_competent_at_a_village_has_its_rows(one: County) -> None:
    found = await of(one, "hazard", VILLAGE)
    competent = await one.value(
        "select array_agg(id order by id) from unit where division = any($1)", [COUNTY, TOWNSHIP]
    )
    signing = ("dispatched", "sign", ())
    rows: list[StaffingRow] = [
        row for row in found.rows() if (row.need.stage, row.need.clock, row.need.facts) == signing
    ]
    assert [str(row.holder) for row in rows if row.unit == UNIT] == [f"handler@{UNIT}"]
    assert sorted(row.unit or "" for row in rows) == competent
    told = {row.unit: [str(hat) for hat, _ in row.rungs] for row in rows}
    assert told[UNIT] == [f"head@{UNIT}", f"dispatcher@{TOWNSHIP}", f"dispatcher@{COUNTY}"]


async def test_when_one_persons_post_ends_the_table_names_it(one: County) -> None:
    (cashier,) = await one.rows("select person from hat where role = 'cashier'")
    end = f"person,hat,valid_to\n{cashier['person']},{CASHIER},{day_of(AT) - timedelta(days=3)}\n"
    await put(one, "posts", end)
    found = await of(one)
    assert found.unresolved == [CASHIER]
    assert [told.partition("：")[0] for told in found.posts[CASHIER]] == ["举报奖励"]
    before = await staffing(one.ledger.writers, one.ledger.library, AT - timedelta(days=4))
    assert before.unresolved == []
    missing = await gaps(one.ledger.writers, one.ledger.library, COUNTY, AT)
    assert [(what, code) for what, code, _ in missing if what == "岗位空缺"] == [("岗位空缺", str(CASHIER))]


async def test_a_village_without_a_competent_unit_is_vacant(one: County) -> None:
    async with one.superuser.transaction():
        await one.superuser.execute("update unit set division = '141025102000' where division <> '141025102000'")
    try:
        found = await of(one, "hazard", VILLAGE)
        assert {hat.role for hat in found.unresolved} == {"handler", "head"}
    finally:
        for unit in read().units:
            await one.superuser.execute("update unit set division = $2 where id = $1", unit.id, unit.division)


async def test_what_is_asked_for_must_be_there(one: County) -> None:
    with pytest.raises(RegisterFault, match="没有启用"):
        await of(one, "nothing")
    assert (await of(one, division="999")).places == []


async def test_the_samples_leave_a_few_gaps_to_be_seen(one: County) -> None:
    samples, at = read(), await one.value("select clock_timestamp()")
    today = day_of(at)
    for kind in LOADED:
        await put(one, kind, table(kind, samples, today))
    rows = await one.rows("select left(substr(code, 13), 1) as level, count(*) from grid group by 1")
    counts = {row["level"]: row["count"] for row in rows}
    assert counts == {letter: count for letter, (_, count) in GRIDS.items()}
    assert sum(counts.values()) == 2575
    found = await gaps(one.ledger.writers, one.ledger.library, COUNTY, at)
    kinds = {what for what, _, _ in found}
    assert kinds == {"网格无网格员", "户无联系人"}
    assert 5 < len(found) < 60
    later = await gaps(one.ledger.writers, one.ledger.library, TOWNSHIP, at + timedelta(days=7))
    assert [code for what, code, _ in later if what == "当日无人值班"] == [
        f"{TOWNSHIP} {today + timedelta(days=day)}" for day in range(11, 14)
    ]


async def test_villages_that_nobody_walks_are_told(one: County) -> None:
    await one.forge("update hat set valid_to = $1 where role = 'grid_worker' and scope = $2", date(2026, 2, 1), VILLAGE)
    missing = await gaps(one.ledger.writers, one.ledger.library, TOWNSHIP, AT)
    assert [code for what, code, _ in missing if what == "村无网格员"] == [VILLAGE]
