"""A year is published: every clock that it moves is counted again by an event, the date before kept, none missed."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import pytest_asyncio

from domain.days.calendar import Calendar
from ledger.changes import recount as horizon
from tests.domain.scene import DISPATCHER, MAIN_LINE, when, wider
from tests.ledger.county import County, Database, inhabited


@pytest_asyncio.fixture(loop_scope="session")
async def winter(copied: Callable[[], Database]) -> AsyncIterator[County]:
    """The county on 29 December 2026, when 2027 is not published yet."""
    async with inhabited(copied()) as one:
        one.clock.set(when("2026-12-29 09:00"))
        yield one


async def provisional(county: County) -> int:
    states = [json.loads(row["state"]) for row in await county.rows('select state from "case"')]
    return sum(clock.get("provisional", False) for state in states for clock in state["clocks"].values())


async def affected(county: County, calendar: Calendar) -> list[horizon.Moved]:
    async with county.ledger.writers.held() as connection:
        return [moved async for moved in horizon.affected(connection, county.ledger.library, calendar)]


async def count_again(county: County) -> int:
    ledger = county.ledger
    return await horizon.rederive(ledger.registrar, ledger.writers, ledger.library)


async def approving(county: County, many: int) -> list[UUID]:
    """So many cases that wait for approval: three working days from the 29th go over the new year."""
    ids = [await county.open() for _ in range(many)]
    for case_id in ids:
        for name, hat, fields in MAIN_LINE[:5]:
            assert (await county.act(case_id, name, hat, fields)).outcome == "acted"
    return ids


async def clock(county: County, case_id: UUID, name: str) -> dict[str, Any]:
    state = json.loads(await county.value('select state from "case" where id = $1', case_id))
    found: dict[str, Any] = state["clocks"][name]
    return found


async def test_a_new_year_moves_what_it_touches(winter: County) -> None:
    ids = await approving(winter, 20)
    others = [await winter.open() for _ in range(5)]  # 24 hours ask no calendar, their ladder does
    before = await provisional(winter)
    assert before == 20
    found = await affected(winter, wider())
    assert {moved.case_id for moved in found if moved.settled} == set(ids)
    assert {moved.case_id for moved in found if moved.was == moved.now} == set(others)
    rederived = "select count(*) from event where name = 'ClockRederived'"
    assert await winter.value(rederived) == 0  # looking changes nothing
    await winter.ledger.library.release(wider())
    assert await horizon.overdue(winter.ledger.writers)
    assert await count_again(winter) == await winter.value(rederived) == 25
    after = await provisional(winter)
    print(f"\nprovisional before {before}, after {after}; cases counted again 25 of {len(ids) + len(others)}")
    assert after == 0
    # 29 Dec; 30 and 31 Dec, then 1 to 3 January off: the third working day is the 4th, and was the 1st before.
    moved = await clock(winter, ids[0], "approve")
    assert (moved["due_at"][:16], moved["calendar"]) == ("2027-01-04T16:00", wider().version)
    told = json.loads(
        await winter.value("select body from event where case_id = $1 and name = 'ClockRederived'", ids[0])
    )
    assert (told["was_due_at"][:16], told["was_provisional"]) == ("2027-01-01T16:00", True)
    assert not await horizon.overdue(winter.ledger.writers)
    assert await count_again(winter) == 0
    assert await winter.faults() == []


async def test_nothing_fires_by_the_date_that_was_given_up(winter: County) -> None:
    (case_id,) = await approving(winter, 1)
    await winter.ledger.library.release(wider())
    await count_again(winter)
    winter.clock.advance(days=4)  # 2 January: after the provisional date, a day off by the new calendar
    await winter.ledger.registrar.wake(case_id)
    assert "CardIssued" not in await winter.events(case_id)
    winter.clock.advance(days=3)  # 5 January 09:00: the 4th was the last day
    await winter.ledger.registrar.wake(case_id)
    assert (await winter.events(case_id)).count("CaseEscalated") == 1


async def test_what_a_pause_will_bring_is_worked_out_again(winter: County) -> None:
    case_id = await winter.open()
    for name, hat, fields in MAIN_LINE[:3]:
        await winter.act(case_id, name, hat, fields)
    paused = await winter.act(
        case_id, "pause", f"head@{DISPATCHER.partition('@')[2]}", {"ground": "weather", "until": "2027-01-10"},
        reason="大雪",
    )  # fmt: skip
    assert paused.outcome == "acted", paused
    await winter.ledger.library.release(wider())
    await count_again(winter)
    winter.clock.advance(days=14)
    await winter.ledger.registrar.wake(case_id)
    assert (await clock(winter, case_id, "handle")).get("state", "running") == "running"
    assert await winter.faults(case_id) == []
