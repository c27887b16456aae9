"""Reading cases: one by its id, and lists, each only as far as the caller's hat looks."""

from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.case.state import Case, Fact
from domain.days.instant import Instant
from ledger.identity.scope import Scope, now
from ledger.read.cursor import Cursor
from ledger.read.listing import Filter, Page, page
from ledger.registrar.request import PoisonedCase
from ledger.store.connection import Connection
from ledger.store.library import Library
from ledger.store.stored_case import UNREADABLE, journal, stored_case
from ledger.store.table import case


async def case_by_id(connection: AsyncConnection, case_id: UUID, view: Scope) -> Case | None:
    """The case as it stands, or None when there is none within `view`. Raises PoisonedCase."""
    columns = case.c.id, case.c.version, case.c.fold, case.c.state
    query = select(*columns).where(case.c.id == case_id, view.one)
    row = (await connection.execute(query)).mappings().first()
    return None if row is None else await standing(connection, row)


async def standing(connection: AsyncConnection, row: RowMapping) -> Case:
    """The stored state, or when another fold stored it, the fold of its events."""
    try:
        return await stored_case(await driver(connection), row["id"], row)
    except UNREADABLE as error:
        raise PoisonedCase(row["id"], f"{type(error).__name__}: {str(error)[:200]}") from error


async def facts(
    connection: AsyncConnection, case_id: UUID, version: int | None = None, at: Instant | None = None
) -> list[Fact]:
    """The facts of a case in order, up to `version` or `at` (None: all)."""
    return await journal(await driver(connection), case_id, version, at)


async def driver(connection: AsyncConnection) -> Connection:
    """The driver's own connection: a thousand rows need no dressing on their way into the fold."""
    raw: Connection | None = (await connection.get_raw_connection()).driver_connection
    assert raw is not None
    return raw


async def listed(
    connection: AsyncConnection,
    library: Library,
    view: Scope,
    wanted: Filter,
    after: Cursor | None = None,
    limit: int = 50,
) -> Page:
    """A page of the cases within `view` that `wanted` describes, by (due_at nulls last, id)."""
    conditions = [view.condition, view.sight, *wanted.conditions(await now(connection))]
    return await page(connection, library, conditions, after, limit)
