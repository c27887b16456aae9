"""The county's year opens its cases by itself: each division one a period, however often and however late."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

import procedures
from domain.days.instant import Instant
from keepers.courier import Courier
from keepers.rounds import Rounds
from ledger.registrar.registrar import Registrar
from ledger.registrar.request import case_of, rounds_id
from ledger.rounds.frozen_list import counted
from ledger.store.connection import connect
from ledger.store.stored_case import journal
from tests.domain.scene import DISPATCHER, HAZARD, TOWNSHIP, VILLAGE, when
from tests.ledger.county import County, Database, told
from tests.ledger.rounds.county_rounds import a_county, opened, rounds_of, to
from tests.procedures.reward import REPORT

VILLAGES, TOWNSHIPS = 79, 6


@pytest_asyncio.fixture(loop_scope="session")
async def february(copied: Callable[[], Database]) -> AsyncIterator[County]:
    """Rounds are at work since the middle of February."""
    async with a_county(copied, "2026-02-15 10:00") as county:
        yield county


def agenda(month: str, village: str = VILLAGE) -> UUID:
    return case_of(rounds_id("affairs_day", village, month))


async def test_an_agenda_a_village_exactly_once_however_often_and_by_however_many(february: County) -> None:
    to(february, "2026-03-01 00:00")
    assert await rounds_of(february, "affairs_day").look() == 0  # not before everything of February is committed
    to(february, "2026-03-01 00:00:11")
    workers = [rounds_of(february, "affairs_day") for _ in range(2)]
    both = await asyncio.gather(*(worker.open("affairs_day") for worker in workers))
    assert max(both) == VILLAGES
    for _ in range(5):
        assert await workers[0].open("affairs_day") == 0
    assert await opened(february) == {"affairs_day": VILLAGES}
    await february.forge("delete from round")  # acknowledged, and then forgotten
    assert await workers[1].open("affairs_day") == VILLAGES
    assert await opened(february) == {"affairs_day": VILLAGES}
    assert await february.value('select count(distinct division) from "case"') == VILLAGES
    assert await february.value("select count(*) from command") == VILLAGES
    assert await february.faults() == []


async def test_what_settles_settles_in_the_time_of_postgresql_whatever_that_counts_as(february: County) -> None:
    began = await february.value("select clock_timestamp() - interval '1 second'")

    def hurried(at: Instant) -> Instant:  # a month goes by at once
        return when("2026-03-01 00:30") if at >= began else when("2026-02-28 23:30")

    ledger, agendas = february.ledger, rounds_of(february, "affairs_day").rounds
    rounds = Rounds(agendas, Registrar(ledger.writers, ledger.library, hurried), ledger.writers, hurried)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("keepers.rounds.SETTLED", timedelta(hours=1))
        assert await rounds.look() == 0
        patch.setattr("keepers.rounds.SETTLED", timedelta(0))
        assert await rounds.look() == VILLAGES


async def test_what_fell_due_while_everything_was_down_is_opened_with_the_limits_of_its_day(february: County) -> None:
    to(february, "2026-03-04 09:30")
    assert await rounds_of(february, "affairs_day").look() == VILLAGES
    case = await february.rows('select title, due_at, received_at from "case" where id = $1', agenda("2026-03"))
    assert case[0]["title"] == "2026年3月村民民事民办日"
    assert case[0]["received_at"] == when("2026-03-01 00:00")
    assert case[0]["due_at"] == when("2026-03-09 00:00")  # collected until the 8th, 24:00
    to(february, "2026-05-02 09:30")  # two months are made up for in order
    assert await rounds_of(february, "affairs_day").look() == 2 * VILLAGES


async def test_one_that_stopped_midway_is_finished_by_the_next(
    february: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    to(february, "2026-03-01 00:01")
    monkeypatch.setattr("keepers.rounds.BATCH", 20)
    first = rounds_of(february, "affairs_day")
    task = asyncio.create_task(first.open("affairs_day"))
    while not await february.value('select count(*) from "case"'):  # noqa: ASYNC110
        await asyncio.sleep(0.002)
    task.cancel()
    await asyncio.wait([task])
    assert await february.value("select count(*) from round") == 0
    assert await rounds_of(february, "affairs_day").open("affairs_day") == VILLAGES
    assert await opened(february) == {"affairs_day": VILLAGES}


async def test_nothing_is_opened_of_a_time_before_the_installation(copied: Callable[[], Database]) -> None:
    async with a_county(copied, "2026-03-01 00:30") as county:
        to(county, "2026-03-01 23:00")
        assert await rounds_of(county, "affairs_day", "disclosure").look() == 0
        to(county, "2026-04-01 00:01")
        assert await rounds_of(county).look() == 2 * VILLAGES + 5 * TOWNSHIPS + 1  # the scheduling of 1 March, 08:00
        assert await county.value("select min(due_at) from round") >= when("2026-03-01 00:30")


async def test_a_round_without_its_procedure_waits_for_it(february: County) -> None:
    to(february, "2026-03-02 08:01")
    await february.forge("delete from release where id = 'analysis'")
    assert await rounds_of(february, "weekly_analysis").look() == 0
    assert await february.value("select count(*) from command") == 0
    for path in procedures.paths():
        if path.stem == "analysis":
            await february.ledger.library.release(procedures.parse(path))
    assert await rounds_of(february, "weekly_analysis").look() == 3 * TOWNSHIPS


async def test_a_list_is_what_the_events_say_and_stays_what_it_was(february: County) -> None:
    to(february, "2026-02-27 09:00")
    closed, moved, later = [await february.open() for _ in range(3)]
    to(february, "2026-03-02 08:00:05")
    await february.open()  # too late for the list
    await february.act(moved, "triage", DISPATCHER, {"grade": "general"})
    await february.lead(closed, "close")
    to(february, "2026-03-02 08:00:20")
    await rounds_of(february, "weekly_analysis").look()
    at = when("2026-03-02 08:00")
    case_id = case_of(rounds_id("weekly_analysis", TOWNSHIP, "2026-W10"))
    state = json.loads(await february.value('select state from "case" where id = $1', case_id))
    body = await february.value("select body from analysis where sha256 = $1", state["fields"]["list"])
    assert hashlib.sha256(body.encode()).hexdigest() == state["fields"]["list"]
    listed = {line["case_id"]: line for line in json.loads(body)["cases"]}
    assert set(listed) == {str(closed), str(moved), str(later)}
    assert {line["stage"] for line in listed.values()} == {"reported"}
    assert {line["procedure"] for line in listed.values()} == {"hazard"}
    assert (state["fields"]["cases"], state["fields"]["overdue"]) == (3, 3)  # 24 hours were not kept; no keeper woke
    to(february, "2026-03-20 08:00")
    await february.act(later, "triage", DISPATCHER, {"grade": "general"})
    assert await recounted(february, at) == body


async def test_a_sealed_case_is_on_no_list_nor_one_sealed_before_it_was_made(february: County) -> None:
    to(february, "2026-02-27 09:00")
    shown, sealed_since = await february.open(), await february.open()
    reward = await february.ledger.registrar.rule(february.opening("reward", REPORT))
    assert reward.outcome == "opened", reward
    to(february, "2026-03-02 08:00:20")
    await february.forge('update "case" set sealed = $2 where id = $1', sealed_since, ["inspector@141025000000"])
    await rounds_of(february, "weekly_analysis").look()
    bodies = [row["body"] for row in await february.rows("select body from analysis")]
    listed = [line["case_id"] for body in bodies for line in json.loads(body)["cases"]]
    assert listed == [str(shown)]


@pytest.mark.parametrize("statement", ["update {0} set {1} = {1}", "delete from {0}", "truncate {0}"])
async def test_what_was_frozen_or_acknowledged_stays(february: County, statement: str) -> None:
    to(february, "2026-03-02 08:00:20")
    await rounds_of(february, "weekly_analysis").look()
    for url in (february.database.app_url, february.database.owner_url):
        role = await connect(url)
        for table, column in (("analysis", "body"), ("round", "openings")):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await role.execute(statement.format(table, column))
        await role.close()


async def recounted(county: County, at: Instant) -> str:
    """The township's list, from a ledger whose rows say nothing: everything is folded again."""
    connection = await connect(county.database.app_url)
    try:
        again = await counted(connection, "township", TOWNSHIP, at, ["analysis"])
        await county.forge('update "case" set fold = 0')
        assert (await counted(connection, "township", TOWNSHIP, at, ["analysis"])).body == again.body
        return again.body
    finally:
        await connection.close()


async def test_a_decision_becomes_a_case_whose_parent_is_the_list(february: County) -> None:
    to(february, "2026-03-02 08:01")
    await rounds_of(february, "weekly_analysis").look()
    case_id = case_of(rounds_id("weekly_analysis", TOWNSHIP, "2026-W10"))
    said = {"procedure": "hazard", "title": "滑坡复发", "division": VILLAGE, "fields": HAZARD}
    spawned = told(await february.act(case_id, "spawn", DISPATCHER, said))
    assert (spawned["items"][0]["kind"], spawned["stage"]) == ("child", "analysing")
    child = UUID(spawned["items"][0]["data"]["case"])
    courier = await connect(february.database.app_url)
    assert await Courier(february.ledger.registrar).round(courier) == 1
    await courier.close()
    state = json.loads(await february.value('select state from "case" where id = $1', child))
    assert (state["parent"], state["stage"], state["division"]) == (str(case_id), "reported", VILLAGE)


async def test_what_round_opens_is_signed_by_its_own_hat(february: County) -> None:
    to(february, "2026-03-01 00:01")
    await rounds_of(february, "affairs_day").look()
    connection = await connect(february.database.app_url)
    (opening,) = await journal(connection, agenda("2026-03"))
    await connection.close()
    assert (opening.actor.person, str(opening.actor.hat)) == ("rounds", "integration@141025000000")
    assert await february.value("select name from person where id = 'rounds'")
    assert await february.value("select scope from hat where person = 'rounds'") == "141025000000"


async def test_a_year(copied: Callable[[], Database], capsys: pytest.CaptureFixture[str]) -> None:
    async with a_county(copied, "2025-12-31 12:00") as county:
        rounds = rounds_of(county)
        since, until = when("2025-12-31 12:00"), when("2026-12-31 23:59")
        moments = {period.due_at for one in rounds.rounds for period in one.cadence.periods(since, until)}
        total = 0
        for moment in sorted(moments):
            to(county, moment + timedelta(seconds=15))
            total += await rounds.look()
        counts = await opened(county)
        with capsys.disabled():
            print("\na year:", counts)
        checks = {"regular": 4 * VILLAGES, "surprise": 12 * 2 * TOWNSHIPS}
        assert counts == {"affairs_day": 948, "disclosure": 316, "weekly": 312, "monthly": 12, **checks}
        assert total == sum(counts.values())
        assert await county.value("select sum(refusals) from round") == 0
        assert await county.value("select count(*) from analysis") == 324
