"""Cases as they stood at an instant: their rows where nothing has happened since, else folded from their events."""

from collections.abc import AsyncIterator, Mapping
from uuid import UUID

from domain.case.fold import fold
from domain.case.state import Case
from domain.days.instant import Instant
from domain.rules.hat import LEVELS, Level
from ledger.store.connection import Connection
from ledger.store.keyset import each_row
from ledger.store.stored_case import UNREADABLE, Fields, journal, stored_case

# The cases of a place that may have been open at an instant: not closed by then, or moved since.
_MAYBE_OPEN = """
select id, version, fold, state, recorded_at from "case"
where {level} = $3 and opened_at <= $4 and (not closed or recorded_at > $4) and sealed is null and id > $1
order by id limit $2
"""
MAYBE_OPEN: Mapping[Level, str] = {level: _MAYBE_OPEN.format(level=level) for level in LEVELS}


async def open_cases(
    connection: Connection, level: Level, division: str, at: Instant
) -> AsyncIterator[tuple[UUID, Case | None]]:
    """Every case of the division that was open at `at`, as it stood then; None for one that cannot be read.

    One that has been sealed since is left out: what it was called before is not told any more either.
    `at` lies far enough in the past for everything recorded by then to be committed.
    """
    async for row in each_row(connection, MAYBE_OPEN[level], division, at):
        try:
            case = await standing(connection, row, at)
        except UNREADABLE:
            yield row["id"], None
            continue
        if case is not None and not case.closed:
            yield row["id"], case


async def standing(connection: Connection, row: Fields, at: Instant) -> Case | None:
    """The case of a row (id, version, fold, state, recorded_at) as it stood at `at`. Raises UNREADABLE."""
    if row["recorded_at"] <= at:
        return await stored_case(connection, row["id"], row)
    return fold(None, await journal(connection, row["id"], at=at))
