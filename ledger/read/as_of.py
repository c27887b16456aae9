"""Cases as they stood at an instant: their rows where nothing has happened since, else folded from their events."""

from collections.abc import AsyncIterator
from typing import Literal
from uuid import UUID

import asyncpg

from domain.case import state as cases
from domain.case.fold import fold
from domain.case.state import Case
from domain.days.instant import Instant
from ledger.read.query import UNREADABLE
from ledger.registrar.snapshot import journal
from ledger.store.connection import Connection

BATCH = 500
Level = Literal["village", "township", "county"]

MAYBE_OPEN = """
select id, fold, state, recorded_at from "case"
where {level} = $1 and opened_at <= $2 and (not closed or recorded_at > $2) and sealed is null and id > $3
order by id limit $4
"""


async def open_cases(
    connection: Connection, level: Level, division: str, at: Instant
) -> AsyncIterator[tuple[UUID, Case | None]]:
    """Every case of the division that was open at `at`, as it stood then; None for one that cannot be read.

    One that has been sealed since is left out: what it was called before is not told any more either.
    `at` lies far enough in the past for everything recorded by then to be committed.
    """
    last, query = UUID(int=0), MAYBE_OPEN.format(level=level)
    while True:
        rows = await connection.fetch(query, division, at, last, BATCH)
        for row in rows:
            try:
                case = await standing(connection, row, at)
            except UNREADABLE:
                yield row["id"], None  # Patrol and `ledger verify` tell of such a case
                continue
            if case is not None and not case.closed:
                yield row["id"], case
        if len(rows) < BATCH:
            return
        last = rows[-1]["id"]


async def standing(connection: Connection, row: asyncpg.Record, at: Instant) -> Case | None:
    """The case of a row (id, fold, state, recorded_at) as it stood at `at`. Raises UNREADABLE."""
    if row["recorded_at"] <= at and row["fold"] == cases.FOLD:
        return cases.load(row["state"])
    return fold(None, await journal(connection, row["id"], at=at))
