"""The board of a subtree: what is open, most urgent first, and how many there are of each sort."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.days.instant import Instant, day_of, end_of, midnight
from ledger.identity.scope import Scope, now
from ledger.read.cursor import Cursor
from ledger.read.listing import Page, page
from ledger.store.library import Library
from ledger.store.table import case


@dataclass(frozen=True, slots=True)
class BoardPage:
    """`at`: the ledger's clock. `counts`: open, overdue, red, yellow, due_today, escalated, each for itself."""

    at: Instant
    counts: Mapping[str, int]
    page: Page


async def board(
    connection: AsyncConnection,
    library: Library,
    view: Scope,
    within: Scope | None = None,
    after: Cursor | None = None,
    limit: int = 50,
) -> BoardPage:
    """The open cases of `within` that `view` covers; most urgent is what is due, or was due, first."""
    at = await now(connection)
    # A wider condition beside a narrower one would only blur the planner's estimate.
    nested = within is not None and view.opened_by is None and view.code in within.lineage.values()
    places = [scope.condition for scope in (within, None if nested else view) if scope]
    conditions = [~case.c.closed, view.sight, *places]
    c, today = case.c, day_of(at)
    counted = select(
        func.count().label("open"),
        func.count().filter(c.due_at <= at).label("overdue"),
        func.count().filter(c.red > 0).label("red"),
        func.count().filter(c.yellow > 0).label("yellow"),
        func.count().filter(c.due_at > midnight(today), c.due_at <= end_of(today)).label("due_today"),
        func.count().filter(c.escalations > 0).label("escalated"),
    ).where(*conditions)
    counts = (await connection.execute(counted)).mappings().one()
    return BoardPage(at, dict(counts), await page(connection, library, conditions, after, limit))
