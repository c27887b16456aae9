"""Two counties beside each other: each by its own limits and ladders, or by the common ones."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest_asyncio

from domain.case.command import Open
from domain.rules.hat import Actor, Hat
from ledger.changes import rule_change as rebinding
from ledger.registers.division import Division
from ledger.registers.register import load_divisions
from ledger.registers.staffing import staffing
from ledger.store.connection import connect
from tests.domain.scene import COUNTY, HAZARD, VILLAGE, stricter
from tests.ledger.county import County, Database, carried, inhabited, told
from tests.ledger.rounds.county_rounds import opened, rounds_of, to

THERE = "141034000000"
TOWN, HAMLETS = "141034100000", ("141034100200", "141034100201")


@pytest_asyncio.fixture
async def one(copied: Callable[[], Database]) -> AsyncIterator[County]:
    """A county of the test's own, and a small one beside it."""
    async with inhabited(copied(), 3) as county:
        rows = [
            Division(THERE, "样例·邻县", "county", "141000000000"),
            Division(TOWN, "样例·邻镇", "township", THERE),
            *(Division(code, f"样例·邻村{code[-1]}", "village", TOWN) for code in HAMLETS),
        ]
        assert (await load_divisions(county.ledger.writers, rows, 2023, date(2023, 1, 1))).added == 4
        yield county


async def hazard(county: County, village: str) -> dict[str, Any]:
    """A hazard as it stands after its opening."""
    request = county.request(Open("hazard", village, "路边大坑", HAZARD), f"dispatcher@{village[:9]}000")
    ruling = await county.ledger.registrar.rule(request)
    assert ruling.outcome == "opened", ruling
    state: dict[str, Any] = json.loads(await county.value('select state from "case" where id = $1', ruling.case_id))
    return state


def triage(state: dict[str, Any]) -> tuple[int, list[str]]:
    """The limit in hours, and whom the ladder tells."""
    clock = state["clocks"]["triage"]
    return clock["limit"]["n"], [rung["to"] for rung in clock["rungs"] if rung.get("to")]


async def test_each_county_has_its_own_limits_and_ladder(one: County) -> None:
    assert await one.ledger.library.release(stricter(), THERE)
    assert not await one.ledger.library.release(stricter(), THERE)
    here, there = await hazard(one, VILLAGE), await hazard(one, HAMLETS[0])
    assert triage(here) == (24, [f"head@{VILLAGE[:9]}000", f"dispatcher@{COUNTY}"])
    assert triage(there) == (20, [f"head@{TOWN}", f"dispatcher@{THERE}", f"head@{THERE}"])
    assert there["procedure"]["sha256"] == stricter().sha256 != here["procedure"]["sha256"]
    assert (await one.ledger.library.released(THERE))["hazard"].sha256 == stricter().sha256
    assert (await one.ledger.library.released(COUNTY))["hazard"].sha256 == here["procedure"]["sha256"]
    assert await one.faults() == []


async def test_a_county_takes_the_common_rules_again(one: County) -> None:
    library = one.ledger.library
    await library.release(stricter(), THERE)
    assert await library.give_up("hazard", THERE)
    assert not await library.give_up("hazard", THERE)
    assert not await library.give_up("hazard", COUNTY)  # it never had its own
    assert triage(await hazard(one, HAMLETS[0]))[0] == 24
    await library.release(stricter())  # for all, and so for this one
    assert triage(await hazard(one, HAMLETS[0]))[0] == 20
    assert set(await library.released(THERE)) == set(await library.released())


async def test_a_child_case_goes_by_the_rules_of_where_it_is(one: County) -> None:
    await one.ledger.library.release(stricter(), THERE)
    agenda = one.request(Open("affairs_day", HAMLETS[0], "议事", {"month": "2026年3月"}), f"clerk@{HAMLETS[0]}")
    case_id = (await one.ledger.registrar.rule(agenda)).case_id
    assert case_id
    said = {"procedure": "hazard", "title": "路边大坑", "fields": HAZARD}
    spawned = await one.act(case_id, "spawn", f"clerk@{HAMLETS[0]}", said)
    assert spawned.outcome == "acted", spawned
    child = UUID(told(spawned)["items"][0]["data"]["case"])
    post = await connect(one.database.app_url)
    assert await carried(one, post) == 1
    await post.close()
    assert await one.value('select procedure_sha256 from "case" where id = $1', child) == stricter().sha256


async def test_only_the_county_that_changed_its_rules_has_cases_to_move(one: County) -> None:
    await hazard(one, VILLAGE)
    await hazard(one, HAMLETS[0])
    await one.ledger.library.release(stricter(), THERE)
    for county, moving in ((COUNTY, 0), (THERE, 1)):
        actor = Actor("P-0001", Hat("administrator", county))
        asked = await rebinding.ask(one.ledger, actor, "hazard", {})
        count = await one.value("select count(*) from rebinding_case where rebinding = $1", asked.id)
        assert (count, asked.county) == (moving, county)


async def test_the_rounds_open_in_both_and_the_table_tells_both(one: County) -> None:
    await one.ledger.library.release(stricter(), THERE)
    to(one, "2026-02-15 10:00")
    rounds = rounds_of(one, "affairs_day")
    await rounds.look()
    to(one, "2026-03-01 00:01")
    assert await rounds.look() == 79 + len(HAMLETS)
    assert await opened(one) == {"affairs_day": 79 + len(HAMLETS)}
    now = (await one.rows("select clock_timestamp() as now"))[0]["now"] + timedelta(0)
    table = await staffing(one.ledger.writers, one.ledger.library, now, procedure="hazard")
    limits = {
        (row.place.county, str(row.need.limit))
        for row in table.rows()
        if (row.need.stage, row.need.clock, row.need.facts) == ("reported", "triage", ())
    }
    assert limits == {(COUNTY, "24小时"), (THERE, "20小时")}
