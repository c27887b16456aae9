"""The registers: divisions, units, procedures."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.procedure import Procedure
from ledger import place
from ledger.scope import Scope, scope_of
from routes import notice
from routes.actor import Caller
from routes.answer import Declined
from routes.document import says
from routes.form import Name
from routes.house import TheLedger

router = APIRouter(prefix="/api", tags=["登记"])

After = Annotated[Name | None, Query(description="上一页的 next")]
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("/divisions", summary="区划", openapi_extra=says("ok", notice.DivisionPage, "invalid_query"))
async def divisions(
    _: Caller,
    ledger: TheLedger,
    parent: Annotated[Name | None, Query()] = None,
    after: After = None,
    limit: Limit = 500,
) -> dict[str, Any]:
    """Divisions directly below `parent`; without one, the tops of what is registered."""
    async with ledger.reading() as connection:
        rows = await place.divisions(connection, parent, after or "", limit + 1)
    return _page(rows, "code", limit)


@router.get("/units", summary="承办单位", openapi_extra=says("ok", notice.UnitPage, "invalid_query unknown_division"))
async def units(
    _: Caller,
    ledger: TheLedger,
    division: Annotated[Name | None, Query()] = None,
    after: After = None,
    limit: Limit = 500,
) -> dict[str, Any]:
    """Handling units of a division and of those below it; without one, all."""
    async with ledger.reading() as connection:
        within = await asked_scope(connection, division)
        rows = await place.units(connection, within, after or "", limit + 1)
    return _page(rows, "id", limit)


@router.get("/procedures", summary="办理流程", openapi_extra=says("ok", notice.ProcedurePage))
async def procedures(_: Caller, ledger: TheLedger) -> dict[str, Any]:
    """What new cases take: each procedure with its intake form and stages."""
    released = await ledger.library.released()
    return {"items": [_procedure(released[name]) for name in sorted(released)], "next": None}


async def asked_scope(connection: AsyncConnection, code: str | None, view: Scope | None = None) -> Scope | None:
    """The division that a question names, if it does and if `view` covers it. Raises Declined."""
    if code is None:
        return None
    asked = await scope_of(connection, code)
    if asked is None or not asked.lineage:
        if asked is not None and view is not None and asked.code == view.code:
            return asked  # a unit asks for itself
        raise Declined("unknown_division", f"没有代码为“{code[:20]}”的区划")
    if view is not None and not view.covers(asked):
        raise Declined("division_outside_scope", "该区划不在您的管辖范围内")
    return asked


def _page(rows: list[dict[str, Any]], key: str, limit: int) -> dict[str, Any]:
    items = rows[:limit]
    return {"items": items, "next": items[-1][key] if len(rows) > limit else None}


def _procedure(procedure: Procedure) -> dict[str, Any]:
    return {
        "id": procedure.id,
        "version": procedure.version,
        "sha256": procedure.sha256,
        "title": procedure.title,
        "intake": {"title": procedure.intake.title, "form": [each.shown for each in procedure.intake.form]},
        "stages": [
            {"id": name, "title": stage.title, "closed": stage.closed} for name, stage in procedure.stages.items()
        ],
    }
