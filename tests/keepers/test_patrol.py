"""Patrol alone, without Temporal: what is overdue happens, whatever is wrong with one of the cases."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bench import matter
from domain.days.instant import Instant
from keepers import patrol as patrols
from keepers.patrol import Patrol
from keepers.turn import turn
from ledger.ledger import Ledger
from ledger.registrar.registrar import Registrar
from ledger.registrar.request import LedgerUnavailable, PoisonedCase, Request, Ruling
from ledger.store.connection import Connection
from tests.keepers.conftest import Working, eventually

CASES = 300


def impatient(ledger: Ledger, database: str) -> Patrol:
    return Patrol(ledger.registrar, lambda: timedelta(0))


async def opened(ledger: Ledger, number: int) -> list[UUID]:
    rulings = await ledger.registrar.rule_many([matter.opening() for _ in range(number)])
    return [each.case_id for each in rulings if isinstance(each, Ruling) and each.case_id]


async def test_a_poisoned_case_holds_up_nobody_and_is_reported_once(
    ledger: Ledger, connection: Connection, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patrols, "BATCH", 50)
    await matter.furnish(ledger, matter.drill(1, bare=True))
    case_ids = await opened(ledger, CASES)
    await connection.execute("delete from outbox")
    sick = await connection.fetchval('select id from "case" order by wake_at, id offset 20 limit 1')
    state = await connection.fetchval('select state from "case" where id = $1', sick)
    await connection.execute("""update "case" set state = '{"title": "某人的事"}' where id = $1""", sick)
    await asyncio.sleep(1.05)
    patrol = impatient(ledger, database)
    assert await patrol.round(connection) == CASES - 1
    assert await patrol.round(connection) == 0
    fired = await matter.fired(connection)
    assert {each.case_id for each in fired} == set(case_ids) - {sick}
    assert len(fired) == CASES - 1
    assert all(each.late_seconds >= 0 for each in fired)
    # Their keepers are to be told, whether they live or not; the sick one has nothing new to tell.
    assert {row["case_id"] for row in await connection.fetch("select case_id from outbox")} == set(case_ids) - {sick}

    since = await connection.fetchval("select since from trouble where case_id = $1", sick)
    again = impatient(ledger, database)  # another worker: remembers no rest
    assert await again.round(connection) == 0
    assert await connection.fetchval("select since from trouble") == since

    await connection.execute('update "case" set state = $2 where id = $1', sick, state)
    assert await patrol.round(connection) == 0  # it still rests
    assert await impatient(ledger, database).round(connection) == 1
    assert await connection.fetchval("select count(*) from trouble") == 0


class Stubborn(Registrar):
    """A registrar for whom one case is locked by somebody else."""

    def __init__(self, locked: UUID) -> None:
        self.locked = locked
        self.ruled: set[UUID] = set()

    async def rule_many(self, requests: Sequence[Request], keep: bool = False) -> list[Ruling | PoisonedCase]:
        assert keep
        if any(request.target == self.locked for request in requests):
            raise LedgerUnavailable("the statement took too long")
        self.ruled |= {request.target for request in requests}
        return [Ruling("expired", request.target, 2, b"") for request in requests]


async def test_a_locked_case_does_not_hold_up_its_neighbours(
    ledger: Ledger, connection: Connection, database: str
) -> None:
    await matter.furnish(ledger, matter.drill(1, bare=True))
    case_ids = await opened(ledger, 60)
    await asyncio.sleep(1.05)
    registrar = Stubborn(case_ids[17])
    assert await Patrol(registrar, lambda: timedelta(0)).round(connection) == 59
    assert registrar.ruled == set(case_ids) - {case_ids[17]}
    assert await connection.fetchval("select case_id from trouble") == case_ids[17]


async def test_goes_by_the_clock_it_is_given_and_is_patient_in_postgresqls_time(
    ledger: Ledger, connection: Connection, database: str
) -> None:
    await matter.furnish(ledger, matter.drill(3600, bare=True))
    (case_id,) = await opened(ledger, 1)
    opened_at: Instant = await connection.fetchval('select opened_at from "case"')

    def hurried(at: Instant) -> Instant:
        return at + timedelta(hours=2) if at >= opened_at else at

    registrar = Registrar(ledger.writers, ledger.library, hurried)
    assert await impatient(ledger, database).round(connection) == 0
    assert await Patrol(registrar, lambda: timedelta(days=1), hurried).round(connection) == 0
    assert await Patrol(registrar, lambda: timedelta(0), hurried).round(connection) == 1
    assert [each.rung for each in await matter.fired(connection, [case_id])] == ["red"]


async def test_escalates_without_temporal(ledger: Ledger, connection: Connection, working: Working) -> None:
    async with working("127.0.0.1:1"):  # nobody listens there
        (case_id,) = await opened(ledger, 1)

        async def county_told() -> bool:
            return len(await matter.fired(connection)) == 5

        await eventually(county_told)
    fired = await matter.fired(connection, [case_id])
    assert [each.rung for each in fired][-2:] == ["dispatcher@township", "dispatcher@county"]
    assert all(each.late_seconds >= 0 for each in fired)
    # The row is kept for the keeper that is still missing.
    assert await connection.fetchval("select count(*) from outbox where case_id = $1", case_id) >= 1


async def test_one_has_the_turn_until_its_connection_is_lost(database: str) -> None:
    name = f"turn {uuid4()}"
    async with turn(database, name) as mine:
        assert mine
        async with turn(database, name) as theirs:
            assert theirs is None
        async with turn(database, "another") as other:
            assert other
    async with asyncio.timeout(60):
        while True:
            async with turn(database, name) as again:
                if again:
                    return
