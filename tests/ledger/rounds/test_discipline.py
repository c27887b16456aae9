"""What discipline organs spawn: from a sealed case only what the same and nobody else see; lists tell nothing."""

import json
from collections.abc import AsyncIterator, Mapping
from uuid import UUID

import pytest_asyncio

from domain.case.command import Open
from keepers.courier import Courier
from ledger.identity.scope import view_of
from ledger.read.listing import Filter
from ledger.read.query import case_by_id, listed
from ledger.rounds.frozen_list import counted
from ledger.store.connection import Connection, connect
from tests.domain.scene import COUNTY, DISPATCHER, HAZARD, TOWNSHIP, VILLAGE
from tests.ledger.county import County, told
from tests.procedures.check import CARRY_OUT, COUNTY_OFFICE, OFFICE, REPORT, SURPRISE
from tests.procedures.direct_line import MEMBER, SAID


@pytest_asyncio.fixture(loop_scope="session")
async def post(county: County) -> AsyncIterator[Connection]:
    connection = await connect(county.database.app_url)
    yield connection
    await connection.close()


async def opened(county: County, procedure: str, hat: str, fields: Mapping[str, object]) -> UUID:
    ruling = await county.ledger.registrar.rule(county.request(Open(procedure, VILLAGE, "样例", fields), hat))
    assert ruling.outcome == "opened", ruling
    assert ruling.case_id
    return ruling.case_id


async def seen_by(county: County, case_id: UUID, hat: str) -> bool:
    actor = county.request(Open("check", VILLAGE, "?"), hat).actor
    async with county.ledger.reading() as connection:
        view = await view_of(connection, actor)
        page = await listed(connection, county.ledger.library, view, Filter(), limit=200)
        found = await case_by_id(connection, case_id, view) is not None
    assert found == any(item.case_id == case_id for item in page.items)
    return found


def child(procedure: str, **fields: object) -> dict[str, object]:
    return {"procedure": procedure, "title": "样例·衍生", "fields": fields}


async def test_a_sealed_direct_line_spawns_a_sealed_check_and_nothing_else(county: County, post: Connection) -> None:
    case_id = await opened(county, "direct_line", MEMBER, SAID)
    await county.act(case_id, "accept", OFFICE)
    for refused in (child("hazard", **HAZARD), child("check", **REPORT, conflict=False) | {"procedure": "reward"}):
        assert (await county.act(case_id, "spawn", OFFICE, refused)).outcome in ("sealed_elsewhere", "hat_not_allowed")
    regular = child("check", **(REPORT | {"kind": "regular"}))
    assert (await county.act(case_id, "spawn", OFFICE, regular)).outcome == "sealed_elsewhere"
    spawned = told(await county.act(case_id, "spawn", OFFICE, child("check", **REPORT)))
    (item,) = spawned["items"]
    assert await Courier(county.ledger.registrar).round(post) == 1
    child_id = UUID(item["data"]["case"])
    state = json.loads(await county.value('select state from "case" where id = $1', child_id))
    assert (state["stage"], state["parent"]) == ("report_planned", str(case_id))
    for hat in (f"clerk@{VILLAGE}", f"head@{TOWNSHIP}", DISPATCHER, f"dispatcher@{COUNTY}", f"head@{COUNTY}", MEMBER):
        assert not await seen_by(county, child_id, hat), hat
    assert await seen_by(county, child_id, OFFICE)
    assert await seen_by(county, child_id, COUNTY_OFFICE)
    # A case that waits for its child does not close before it.
    assert [each["id"] for each in told(await county.act(case_id, "talk", OFFICE, {"talk": "已谈"}))["items"]] == [
        "child.1"
    ]


async def test_what_is_kept_from_the_township_spawns_nothing_that_it_sees(county: County) -> None:
    case_id = await opened(county, "direct_line", MEMBER, {**SAID, "conflict": True})
    await county.act(case_id, "accept", COUNTY_OFFICE)
    assert (await county.act(case_id, "spawn", COUNTY_OFFICE, child("check", **REPORT))).outcome == "sealed_elsewhere"
    ruling = await county.act(case_id, "spawn", COUNTY_OFFICE, child("check", **REPORT, conflict=True))
    assert ruling.outcome == "acted", ruling.body.decode()


async def test_a_check_that_is_open_spawns_what_it_turned_up(county: County, post: Connection) -> None:
    case_id = await opened(county, "check", COUNTY_OFFICE, SURPRISE)
    assert (await county.act(case_id, "spawn", OFFICE, child("hazard", **HAZARD))).outcome != "acted"  # not yet
    now = await county.value("select today()::text")
    said = {**CARRY_OUT.fields, "carried_out_on": now}
    carried_out = await county.act(case_id, "carry_out", OFFICE, said, reason="实施")
    assert carried_out.outcome == "acted", carried_out.body.decode()
    spawned = told(await county.act(case_id, "spawn", OFFICE, child("hazard", **HAZARD)))
    assert await Courier(county.ledger.registrar).round(post) >= 1
    hazard = UUID(spawned["items"][0]["data"]["case"])
    assert await seen_by(county, hazard, DISPATCHER)


async def test_no_analysis_list_tells_of_a_check_that_is_planned(county: County, post: Connection) -> None:
    case_id = await opened(county, "check", COUNTY_OFFICE, SURPRISE)
    at = county.clock(await county.value("select clock_timestamp()"))
    for level, division in (("township", TOWNSHIP), ("county", COUNTY)):
        assert str(case_id) not in (await counted(post, level, division, at)).body  # type: ignore[arg-type]
