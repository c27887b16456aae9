"""The board: the open cases of a subtree, most urgent first, with counts."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from domain.days.instant import rfc3339
from domain.hat import Actor
from ledger.identity.scope import Scope, view_of
from ledger.read import board as boards
from ledger.read.cursor import Cursor
from routes import shape
from routes.actor import Caller
from routes.cases import After, Limit, item
from routes.form import Name
from routes.openapi import says
from routes.register import asked_scope
from routes.trace import TheTrace, Trace

router = APIRouter(prefix="/api/board", tags=["看板"])


@router.get("", summary="看板", openapi_extra=says("ok", shape.Board, "invalid_query division_outside_scope"))
async def board(
    actor: Caller,
    trace: TheTrace,
    division: Annotated[Name | None, Query(description="不填即本人身份的范围")] = None,
    after: After = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Open cases by due date, and how many are open, overdue, carded, due today, escalated."""
    scope, found = await read(trace, actor, division, after, limit)  # type: ignore[arg-type]
    return {
        "division": scope.code,
        "name": scope.name,
        "at": rfc3339(found.at),
        "counts": found.counts,
        "items": [item(row) for row in found.page.items],
        "next": found.page.next,
    }


async def read(
    trace: Trace, actor: Actor, division: str | None, after: Cursor | None, limit: int
) -> tuple[Scope, boards.BoardPage]:
    """The board of `division`, or of the actor's own scope. Raises Declined."""
    async with trace.ledger.reading() as connection:
        view = await view_of(connection, actor)
        within = await asked_scope(connection, division, view) or view
        found = await boards.board(connection, trace.ledger.library, view, within, after, limit)
    await trace.list(actor, found.page.sealed)
    return within, found
