"""The recount of a trial by separate code: it agrees with the product, and it notices what it is there to notice."""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

import procedures
from bench import due_days as almanac
from bench.recount import replayed
from bench.tally import YearTally
from bench.virtual import Virtual, load
from tests.domain.scene import DISPATCHER, when
from tests.ledger.county import County, Database
from tests.ledger.rounds.county_rounds import a_county, rounds_of, to

START, END = when("2026-02-15 10:00"), when("2026-03-12 10:00")


@pytest_asyncio.fixture(loop_scope="session")
async def march(copied: Callable[[], Database]) -> AsyncIterator[County]:
    """Rounds at work since the middle of February, some hazards led about, and every round of three weeks opened."""
    async with a_county(copied, "2026-02-15 10:00") as county:
        await county.open()
        moved, closed, reopened = [await county.open() for _ in range(3)]
        await county.act(moved, "triage", DISPATCHER, {"grade": "general"})
        for case_id in (closed, reopened):
            await county.lead(case_id, "close")
        to(county, "2026-02-20 10:00")
        await county.act(reopened, "reopen", DISPATCHER, reason="复发")
        for moment in ("2026-02-23 08:01", "2026-03-02 08:01", "2026-03-10 08:01"):
            to(county, moment)
            for row in await county.rows('select id from "case"'):
                await county.ledger.registrar.wake(row["id"])
            await rounds_of(county).look()
        yield county


async def tallied(county: County, now: datetime | None = None) -> YearTally:
    """The recount, held against everything that was opened and frozen."""
    expected = almanac.expected(procedures.ROUNDS, START, END)
    tally = YearTally()
    instants = sorted({due for one in expected for due in one.due})
    await tally.read(county.superuser, instants, now or START)
    await tally.rounds(county.superuser, expected)
    await tally.frozen(county.superuser, expected)
    return tally


async def test_agrees_with_the_product(march: County) -> None:
    tally = await tallied(march)
    assert tally.faults == []
    weekly = {"affairs_day": 79, "disclosure": 0, "monthly_scheduling": 1, "weekly_analysis": 24}
    assert {name: tally.counts[name] for name in weekly} == {name: (n, n) for name, n in weekly.items()}
    assert len(tally.rungs) > 50
    listed = [lines for lines in tally.lists.values() if any(line["cards"] for line in lines)]
    assert listed  # what was compared had cards on it


@pytest.mark.parametrize(
    ("forged", "told"),
    [
        ('update event set body = replace(body, \'"color":"red"\', \'"color":"yellow"\')', "清单与重数不同"),
        (
            "delete from event where case_id = (select id from \"case\" where procedure = 'affairs_day' limit 1)",
            "应开立 79 件，有 78 件",
        ),
        ("update round set openings = 78 where id = 'affairs_day'", "登记 78 件"),
    ],
)
async def test_notices_a_list_a_case_and_a_register_that_are_otherwise(march: County, forged: str, told: str) -> None:
    await march.forge(forged)
    assert any(told in fault for fault in (await tallied(march)).faults)


async def test_notices_rungs_that_fired_twice_early_or_never(march: County) -> None:
    case_id = await march.value("select case_id from event where name = 'CardIssued' order by case_id limit 1")
    rows = [dict(row) for row in await march.rows(
        "select name, body, leaf from event where case_id = $1 order by version", case_id)]  # fmt: skip
    assert faults(rows) == []
    place = next(place for place, row in enumerate(rows) if row["name"] == "CardIssued")
    assert "触发两次" in "".join(faults([*rows[: place + 1], *rows[place:]]))
    without = [*rows[:place], *rows[place + 1 :]]
    assert "还没有触发" in "".join(faults(without, END))
    leaf = json.loads(rows[place]["leaf"])
    early = {**rows[place], "leaf": json.dumps({**leaf, "recorded_at": START.isoformat()})}
    assert "早于到期" in "".join(faults([*rows[:place], early]))


def faults(rows: Sequence[Mapping[str, Any]], now: datetime | None = None) -> list[str]:
    book, _ = replayed("x", rows, [])
    if now:
        book.missing(now)
    return book.faults


def test_the_almanac_and_the_cadences_agree() -> None:
    since, until = when("2024-12-31 12:00"), when("2026-01-01 00:00")
    ours = {one.id: one.due for one in almanac.expected(procedures.ROUNDS, since, until)}
    for one in procedures.rounds():
        periods = one.cadence.periods(since, until - timedelta(microseconds=1))
        assert ours[one.id] == tuple(period.due_at for period in periods)
    named = ("affairs_day", "disclosure", "weekly_analysis", "monthly_scheduling")
    assert [len(ours[name]) for name in named] == [12, 4, 52, 12]


def test_virtual_time_stands_runs_and_slows_down_and_every_timer_rings_in_time() -> None:
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    time = load(Virtual(START, begun, 40_000.0, timedelta(days=30)).dump())
    seconds = [-5.0, 0.0, 1.0, 30.0, 64.8, 70.0, 4_000.0]
    there = [time(begun + timedelta(seconds=each)) for each in seconds]
    assert there[:2] == [START, START]
    assert there[2] == START + timedelta(seconds=40_000)
    assert there[4] == time.end
    assert there[5] == time.end + timedelta(seconds=5.2)
    for moment in there[2:]:
        rings = time.real(moment)
        assert timedelta(0) <= time(rings) - moment < timedelta(minutes=5)
