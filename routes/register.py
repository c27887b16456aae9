"""The registers: divisions, units, procedures."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.hat import Role
from domain.refusal import Code
from domain.rules.form import control_free
from domain.rules.procedure import Procedure
from ledger.identity.scope import Scope, scope_of, view_of
from ledger.registers import contents as folio
from ledger.registers import directory as place
from ledger.store.keyset import KeysetPage
from routes import entry, notice
from routes.actor import Caller
from routes.answer import Declined
from routes.app_state import TheLedger
from routes.form import Name
from routes.openapi import says

router = APIRouter(prefix="/api", tags=["登记"])

After = Annotated[Name | None, Query(description="上一页的 next")]
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("/divisions", summary="区划", openapi_extra=says("ok", entry.DivisionPage, "invalid_query"))
async def divisions(
    _: Caller,
    ledger: TheLedger,
    parent: Annotated[Name | None, Query()] = None,
    after: After = None,
    limit: Limit = 500,
) -> dict[str, Any]:
    """Divisions directly below `parent`; without one, the tops of what is registered."""
    async with ledger.reading() as connection:
        return _answered(await place.divisions(connection, parent, _behind(after, 1), limit))


@router.get("/units", summary="承办单位", openapi_extra=says("ok", entry.UnitPage, "invalid_query unknown_division"))
async def units(
    _: Caller,
    ledger: TheLedger,
    division: Annotated[Name | None, Query()] = None,
    matter: Annotated[Name | None, Query(description="事项代码：只要登记为承办它的单位")] = None,
    after: After = None,
    limit: Limit = 500,
) -> dict[str, Any]:
    """Handling units of a division and of those below it; without one, all. With `matter`, those that handle it there,
    also those of the divisions above.
    """
    async with ledger.reading() as connection:
        within = await asked_scope(connection, division)
        return _answered(await place.units(connection, within, _behind(after, 1), limit, matter))


@router.get("/duties", summary="职责清单", openapi_extra=says("ok", entry.DutyPage, "invalid_query unknown_division"))
async def duties(
    _: Caller,
    ledger: TheLedger,
    division: Annotated[Name | None, Query()] = None,
    after: After = None,
    limit: Limit = 500,
) -> dict[str, Any]:
    """The duty, task and negative lists in force of a division and of those below it; without one, all."""
    begin = _behind(after, 3)
    async with ledger.reading() as connection:
        within = await asked_scope(connection, division)
        return _answered(await place.duties(connection, within, begin, limit))


@router.get("/divisions/{code}/grid", summary="网格和网格员", openapi_extra=says("ok", entry.Grids, "unknown_division"))
async def grid(_: Caller, ledger: TheLedger, code: str) -> dict[str, Any]:
    """The grids of a village with their workers' names and published office numbers."""
    async with ledger.reading() as connection:
        asked = await asked_scope(connection, code if control_free(code) else "")
        return {"items": await place.grids(connection, asked.code) if asked else []}


@router.get(
    "/divisions/{code}/households/{household}/contact",
    summary="联系人",
    openapi_extra=says("ok", entry.Contact, "unknown_division unknown_household division_outside_scope"),
)
async def contact(actor: Caller, ledger: TheLedger, code: str, household: str) -> dict[str, Any]:
    """Who is in touch with a household: for the people of its village, and for officials whose scope covers it."""
    async with ledger.reading() as connection:
        asked = await asked_scope(connection, code if control_free(code) else "")
        if asked is None or (await view_of(connection, actor)).home not in asked.lineage.values():
            raise Declined(Code.DIVISION_OUTSIDE_SCOPE, "该区划不在您的管辖范围内")
        found = await place.contact(connection, asked.code, household) if control_free(household) else None
    if found is None:
        raise Declined(Code.UNKNOWN_HOUSEHOLD, "没有登记这一户，请核对户编号，或向村（社区）询问")
    return found


@router.get(
    "/divisions/{code}/duty",
    summary="值班和交接班",
    openapi_extra=says("ok", entry.DutyRoom, "unknown_division division_outside_scope"),
)
async def duty_room(actor: Caller, ledger: TheLedger, code: str) -> dict[str, Any]:
    """Who is on duty there now, and what the last shifts told the next; for hats whose scope covers it."""
    async with ledger.reading() as connection:
        asked = await asked_scope(connection, code if control_free(code) else "", await view_of(connection, actor))
    if asked is None or actor.hat.role == Role.RESIDENT or actor.hat.scope not in asked.lineage.values():
        raise Declined(Code.DIVISION_OUTSIDE_SCOPE, "该区划不在您的管辖范围内")
    shifts = [dict(row) for row in await folio.on_duty(ledger.writers, code)]
    return {"on_duty": shifts, "handovers": [dict(row) for row in await folio.handovers(ledger.writers, code)]}


@router.get("/procedures", summary="办理流程", openapi_extra=says("ok", notice.ProcedurePage))
async def procedures(actor: Caller, ledger: TheLedger) -> dict[str, Any]:
    """What new cases take in the caller's county: each procedure with its intake form and stages."""
    async with ledger.reading() as connection:
        county = (await view_of(connection, actor)).lineage.get("county")
    released = await ledger.library.released(county)
    return {"items": [_procedure(released[name]) for name in sorted(released)], "next": None}


async def asked_scope(connection: AsyncConnection, code: str | None, view: Scope | None = None) -> Scope | None:
    """The division that a question names, if it does and if `view` covers it. Raises Declined."""
    if code is None:
        return None
    asked = await scope_of(connection, code)
    if asked is None or not asked.lineage:
        if asked is not None and view is not None and asked.code == view.code:
            return asked  # a unit asks for itself
        raise Declined(Code.UNKNOWN_DIVISION, f"没有代码为“{code[:20]}”的区划")
    if view is not None and not view.covers(asked):
        raise Declined(Code.DIVISION_OUTSIDE_SCOPE, "该区划不在您的管辖范围内")
    return asked


def _behind(after: str | None, parts: int) -> tuple[str, ...]:
    """The key that a page's `next` gave, none for the first page. No part of a key contains a space."""
    key = tuple(after.split(" ", parts - 1)) if after else ()
    if key and len(key) != parts:
        raise Declined(Code.INVALID_QUERY, "after 应为上一页的 next")
    return key


def _answered(page: KeysetPage) -> dict[str, Any]:
    return {"items": page.items, "next": " ".join(page.next) if page.next else None}


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
