"""The registers: divisions, units, duties, grids, contacts, the duty room; and procedures."""

from typing import Annotated

from fastapi import APIRouter, Query

from application import procedure, register
from application.shapes.procedure import ProcedurePageShape
from application.shapes.register import (
    ContactShape,
    DivisionPageShape,
    DutyPageShape,
    DutyRoomShape,
    GridsShape,
    UnitPageShape,
)
from routes.actor import TheCaller
from routes.form import Name
from routes.house import TheHouse
from routes.openapi import says

router = APIRouter(prefix="/api", tags=["登记"])

After = Annotated[Name | None, Query(description="上一页的 next")]
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("/divisions", summary="区划", **says("invalid_query"))
async def divisions(
    house: TheHouse,
    _: TheCaller,
    parent: Annotated[Name | None, Query()] = None,
    after: After = None,
    limit: Limit = 500,
) -> DivisionPageShape:
    """Divisions directly below `parent`; without one, the tops of what is registered."""
    return await register.divisions(house, parent, after, limit)


@router.get("/units", summary="承办单位", **says("invalid_query unknown_division"))
async def units(
    house: TheHouse,
    _: TheCaller,
    division: Annotated[Name | None, Query()] = None,
    matter: Annotated[Name | None, Query(description="事项代码：只要登记为承办它的单位")] = None,
    after: After = None,
    limit: Limit = 500,
) -> UnitPageShape:
    """Handling units of a division and of those below it; without one, all. With `matter`, those that handle it there,
    also those of the divisions above.
    """
    return await register.units(house, division, matter, after, limit)


@router.get("/duties", summary="职责清单", **says("invalid_query unknown_division"))
async def duties(
    house: TheHouse,
    _: TheCaller,
    division: Annotated[Name | None, Query()] = None,
    after: After = None,
    limit: Limit = 500,
) -> DutyPageShape:
    """The duty, task and negative lists in force of a division and of those below it; without one, all."""
    return await register.duties(house, division, after, limit)


@router.get("/divisions/{code}/grid", summary="网格和网格员", **says("unknown_division"))
async def grid(house: TheHouse, _: TheCaller, code: str) -> GridsShape:
    """The grids of a village with their workers' names and published office numbers."""
    return await register.grids(house, code)


@router.get(
    "/divisions/{code}/households/{household}/contact",
    summary="联系人",
    **says("unknown_division unknown_household division_outside_scope"),
)
async def contact(house: TheHouse, caller: TheCaller, code: str, household: str) -> ContactShape:
    """Who is in touch with a household: for the people of its village, and for officials whose scope covers it."""
    return await register.contact(house, caller, code, household)


@router.get("/divisions/{code}/duty", summary="值班和交接班", **says("unknown_division division_outside_scope"))
async def duty_room(house: TheHouse, caller: TheCaller, code: str) -> DutyRoomShape:
    """Who is on duty there now, and what the last shifts told the next; for hats whose scope covers it."""
    return await register.duty_room(house, caller, code)


@router.get("/procedures", summary="办理流程", **says())
async def procedures(house: TheHouse, caller: TheCaller) -> ProcedurePageShape:
    """What new cases take in the caller's county: each procedure with its intake form and stages."""
    return await procedure.procedures(house, caller)
