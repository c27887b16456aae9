"""What reading relies on: the described tables, the rule of sight in SQL, cursors, and plans that use the indexes."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import MetaData, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.rules.hat import Actor, Hat
from embedded.postgres import Postgres
from ledger.identity.scope import Scope, view_of
from ledger.ledger import Ledger, open_ledger
from ledger.read.board import board
from ledger.read.cursor import Cursor
from ledger.store.register_table import TABLES
from ledger.store.table import case

NOW = datetime(2026, 11, 23, tzinfo=UTC)
COUNTY, TOWNSHIP, VILLAGE = "990001000000", "990001101000", "990001101200"
LINEAGE = {"county": COUNTY, "township": TOWNSHIP, "village": VILLAGE}

FILL = r"""
insert into "case" (id, number, previous_version, version, head, fold, state, procedure, procedure_sha256, title,
    division, village, township, county, unit, units, stage, closed, due_at, yellow, red, escalations,
    opened_by, opened_at, recorded_at, received_at)
select gen_random_uuid(), 'Q-' || n, 0, 1, '', 1,
    case n % 13 when 0 then '{"fields": {"emergency": true}}' when 1 then '{"title": "\"emergency\":true"}'
    when 2 then 'broken' else '{}' end, 'none', 'none', '样例 ' || n, '990001101200', '990001101200',
    '990001101000', '990001000000', 'U-Q', '{U-Q}', 'reported', n % 10 = 0,
    case when n % 7 > 0 then now() + (n - 1000) * interval '1 minute' end,
    (n % 3 = 0)::int, (n % 5 = 0)::int, (n % 11 = 0)::int, 'P-Q', now(), now(), now()
from generate_series(1, 3000) n
"""


@pytest.fixture(scope="module")
async def ledger(migrated: Postgres) -> AsyncIterator[Ledger]:
    """A ledger with 3,000 rows of cases of a county that no other test knows."""
    async with open_ledger(migrated.app_url) as ledger:
        await ledger.writers.fetch(FILL)
        yield ledger
        await ledger.writers.fetch('delete from "case" where county = $1', COUNTY)


@pytest.fixture
async def connection(ledger: Ledger) -> AsyncIterator[AsyncConnection]:
    """A connection to read by."""
    async with ledger.reading() as connection:
        yield connection


async def test_the_described_tables_are_those_of_the_database(connection: AsyncConnection) -> None:
    found = MetaData()
    await connection.run_sync(found.reflect)
    assert found.tables.keys() - {"alembic_version"} == {table.name for table in TABLES}
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    for table in TABLES:
        name = table.name
        described = {c.name: (c.type.compile(dialect), c.nullable, c.primary_key) for c in table.c}
        there = {c.name: (c.type.compile(dialect), c.nullable, c.primary_key) for c in found.tables[name].c}
        assert described == there, name


def scope(level: str) -> Scope:
    lineage = {above: LINEAGE[above] for above in list(LINEAGE)[: list(LINEAGE).index(level) + 1]}
    return Scope(LINEAGE[level], level, level, LINEAGE[level], lineage)


@pytest.mark.parametrize("level", ["county", "township", "village"])
async def test_the_board_counts_from_an_index_alone(ledger: Ledger, connection: AsyncConnection, level: str) -> None:
    view = scope(level)
    shown = await board(connection, ledger.library, view, view, limit=10)
    numbers = range(1, 3001)
    running = [n for n in numbers if n % 10]
    late = [n for n in running if n % 7 and n <= 1000]
    assert shown.counts["open"] == len(running)
    assert abs(shown.counts["overdue"] - len(late)) <= 2
    assert shown.counts["red"] == sum(n % 5 == 0 for n in running)
    assert shown.counts["escalated"] == sum(n % 11 == 0 for n in running)
    every_one = (await board(connection, ledger.library, view, view, limit=3000)).page.items
    assert [int(row.number[2:]) % 13 for row in every_one if row.emergency] == [0] * sum(n % 13 == 0 for n in running)
    dues = [row.due_at for row in shown.page.items if row.due_at]
    assert len(dues) == 10
    assert dues == sorted(dues)
    counted = select(case.c.due_at, case.c.red, case.c.yellow, case.c.escalations).where(~case.c.closed, view.condition)
    sql = str(counted.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))  # type: ignore[no-untyped-call]
    await connection.execute(text("set enable_seqscan = off"))
    await connection.execute(text("set enable_bitmapscan = off"))
    plan = "\n".join((await connection.execute(text(f"explain {sql}"))).scalars())
    await connection.execute(text("reset all"))
    index = "case_county" if level == "county" else "case_township"
    assert f"Index Only Scan using {index}" in plan


async def test_a_unit_and_an_unknown_scope(ledger: Ledger, connection: AsyncConnection) -> None:
    unit = Scope("U-Q", "局", "unit", COUNTY)
    assert (await board(connection, ledger.library, unit, unit)).counts["open"] == 2700
    nobody = await view_of(connection, Actor("P-none", Hat("clerk", "123456789012")))
    assert (await board(connection, ledger.library, nobody, nobody)).counts["open"] == 0


async def test_pages_of_the_board_are_complete(ledger: Ledger, connection: AsyncConnection) -> None:
    view = scope("county")
    seen: list[UUID] = []
    after: Cursor | None = None
    while True:
        page = (await board(connection, ledger.library, view, view, after, 200)).page
        seen += [row.case_id for row in page.items]
        if page.next is None:
            break
        after = Cursor.parse(page.next)
    assert len(seen) == len(set(seen)) == 2700


@pytest.mark.parametrize("due", [None, NOW, NOW + timedelta(microseconds=1)])
def test_a_cursor_reads_back(due: datetime | None) -> None:
    cursor = Cursor(due, uuid4())
    assert Cursor.parse(str(cursor)) == cursor


@pytest.mark.parametrize("word", ["", "x", "W10", "W251bGwsICIxIl0", "bnVsbA", "字", "W" * 5000])
def test_what_is_no_cursor_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="翻页"):
        Cursor.parse(word)
