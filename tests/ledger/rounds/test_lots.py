"""Surprise checks are drawn by lot: once, the same for whoever asks, foreseen by nobody, worked out again by all."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable

import pytest_asyncio

import procedures
from ledger.registrar.request import case_of, rounds_id
from ledger.rounds.lot import Lots, differences, lots, source
from ledger.store.connection import connect
from tests.domain.scene import TOWNSHIP, when
from tests.ledger.county import County, Database
from tests.ledger.rounds.county_rounds import a_county, opened, rounds_of, to

TOWNSHIPS, DRAWN, ROUND, PERIOD = 6, 2, "surprise_check", "2026-03"
CHECKED = "select division from \"case\" where procedure = 'check' order by division"


@pytest_asyncio.fixture(loop_scope="session")
async def march(copied: Callable[[], Database]) -> AsyncIterator[County]:
    """Rounds are at work, and something has been recorded just before the draw of March."""
    async with a_county(copied, "2026-03-02 10:00") as county:
        to(county, "2026-03-05 07:59:30")
        await county.open()
        to(county, "2026-03-05 08:00:11")
        yield county


async def kept(county: County) -> Lots:
    connection = await connect(county.database.app_url)
    try:
        found = await lots(connection, ROUND, PERIOD)
        assert found
        assert differences(found, await source(connection, found.due_at)) == []
        return found
    finally:
        await connection.close()


async def checked(county: County) -> list[str]:
    return [row["division"] for row in await county.rows(CHECKED)]


async def test_two_workers_draw_the_same_and_open_each_once(march: County) -> None:
    workers = [rounds_of(march, ROUND) for _ in range(2)]
    assert max(await asyncio.gather(*(worker.open(ROUND) for worker in workers))) == TOWNSHIPS * DRAWN
    assert await march.value("select count(*) from lot") == 1
    assert set(await checked(march)) == (await kept(march)).drawn
    assert len(await checked(march)) == TOWNSHIPS * DRAWN
    assert await opened(march) == {"safety": 1, "surprise": TOWNSHIPS * DRAWN}
    by_township = await march.rows('select township, count(*) from "case" where sealed is not null group by 1')
    assert [row["count"] for row in by_township] == [DRAWN] * TOWNSHIPS


async def test_a_few_lines_work_it_out_again(march: County) -> None:
    await rounds_of(march, ROUND).look()
    events = await march.rows(
        "select leaf, salt, recorded_at from event where recorded_at < $1", when("2026-03-05 08:00")
    )
    last = max(events, key=lambda each: each["recorded_at"])
    seed = hashlib.sha256(hashlib.sha256(last["leaf"].encode()).digest() + last["salt"]).hexdigest()
    drawn = []
    for township in await march.rows("select code from division where level = 'township' and valid_to is null"):
        rows = await march.rows("select code from division where level = 'village' and parent = $1", township["code"])
        drawn += sorted(
            (row["code"] for row in rows),
            key=lambda code: hashlib.sha256(f"{seed}/{ROUND}/{PERIOD}/{code}".encode()).hexdigest(),
        )[:DRAWN]
    assert await checked(march) == sorted(drawn)
    seeds = await march.rows("select state::jsonb->'fields'->>'seed' as seed from \"case\" where procedure = 'check'")
    assert {row["seed"] for row in seeds} == {seed}


async def test_what_was_drawn_stays_whatever_is_recorded_or_registered_since(march: County) -> None:
    connection = await connect(march.database.app_url)
    (one,) = [each for each in procedures.rounds() if each.id == ROUND]
    await rounds_of(march, ROUND).look()
    before, ids = await kept(march), await checked(march)
    spared = next(code for code in before.groups[TOWNSHIP] if code not in before.drawn)
    to(march, "2026-04-02 09:00")
    await march.open()
    await march.forge("update division set valid_to = '2026-03-20' where code = $1", spared)
    await march.forge("delete from round")  # acknowledged, and then forgotten
    assert await rounds_of(march, ROUND).open(ROUND) == TOWNSHIPS * DRAWN
    assert (await kept(march), await checked(march)) == (before, ids)
    assert one.draws
    assert one.draws.count == DRAWN
    assert case_of(rounds_id(ROUND, ids[0], PERIOD)) in {row["id"] for row in await march.rows('select id from "case"')}
    await connection.close()


async def test_another_last_event_is_another_draw(march: County, copied: Callable[[], Database]) -> None:
    await rounds_of(march, ROUND).look()
    async with a_county(copied, "2026-03-02 10:00") as other:
        to(other, "2026-03-05 07:59:30")
        await other.open()  # the very same deed: its salt makes it another event
        to(other, "2026-03-05 08:00:11")
        await rounds_of(other, ROUND).look()
        mine, theirs = await kept(march), await kept(other)
    assert mine.seed != theirs.seed
    assert mine.drawn != theirs.drawn


async def test_a_draw_missed_is_made_up_for_from_the_event_of_its_time(march: County) -> None:
    to(march, "2026-04-07 09:00")
    await march.open()
    assert await rounds_of(march, ROUND).look() == 2 * TOWNSHIPS * DRAWN
    assert (await kept(march)).due_at == when("2026-03-05 08:00")
    first = await march.value("select min(received_at) from \"case\" where procedure = 'check'")
    assert first == when("2026-03-05 08:00")


async def test_a_ledger_that_says_nothing_draws_nothing(copied: Callable[[], Database]) -> None:
    async with a_county(copied, "2026-03-02 10:00") as county:
        to(county, "2026-03-05 08:00:11")
        assert await rounds_of(county, ROUND).look() == 0
        assert await county.value("select count(*) from lot") == 0


async def test_a_forged_draw_is_found(march: County) -> None:
    await rounds_of(march, ROUND).look()
    connection = await connect(march.database.app_url)
    groups = json.loads(await march.value("select groups from lot"))
    groups[TOWNSHIP].reverse()
    await march.forge("update lot set groups = $1", json.dumps(groups))
    forged = await lots(connection, ROUND, PERIOD)
    assert forged
    assert differences(forged, await source(connection, forged.due_at)) == [f"{TOWNSHIP} 的次序与种子不符"]
    assert await march.faults() == [f"抽取 {ROUND} {PERIOD}：{TOWNSHIP} 的次序与种子不符"]
    await march.forge("update lot set seed = 'ff'")
    forged = await lots(connection, ROUND, PERIOD)
    assert forged
    assert "种子与台账不符" in differences(forged, await source(connection, forged.due_at))
    await connection.close()
