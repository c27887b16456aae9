"""The registers: divisions, units, duties, grids, contacts, and the duty room."""

from typing import Any

from application.caller import Caller
from application.declined import Declined
from application.house import House
from application.place import OUTSIDE, place_asked
from application.shapes.register import (
    ContactShape,
    DivisionPageShape,
    DutyPageShape,
    DutyRoomShape,
    GridShape,
    GridsShape,
    UnitPageShape,
)
from domain.rules.form import control_free
from domain.rules.hat import Role
from domain.rules.refusal import Code, Refusal
from ledger.identity.scope import view_of
from ledger.registers import contents, directory
from ledger.store.keyset import KeysetPage

BAD_POSITION = Refusal(Code.INVALID_QUERY, "after 应为上一页的 next")
UNKNOWN_HOUSEHOLD = Refusal(Code.UNKNOWN_HOUSEHOLD, "没有登记这一户，请核对户编号，或向村（社区）询问")


async def divisions(house: House, parent: str | None, after: str | None, limit: int) -> DivisionPageShape:
    """Divisions directly below `parent`; without one, the tops of what is registered."""
    async with house.ledger.reading() as connection:
        page = await directory.divisions(connection, parent, _behind(after, 1), limit)
    return DivisionPageShape.model_validate(_page(page))


async def units(
    house: House, division: str | None, matter: str | None, after: str | None, limit: int
) -> UnitPageShape:  # fmt: skip
    """Handling units of a division and of those below it; without one, all. With `matter`, those that handle it there,
    also those of the divisions above. Raises Declined.
    """
    async with house.ledger.reading() as connection:
        within = await place_asked(connection, division) if division is not None else None
        page = await directory.units(connection, within, _behind(after, 1), limit, matter)
    return UnitPageShape.model_validate(_page(page))


async def duties(house: House, division: str | None, after: str | None, limit: int) -> DutyPageShape:
    """The duty, task and negative lists in force of a division and of those below it; without one, all.

    Raises Declined.
    """
    async with house.ledger.reading() as connection:
        within = await place_asked(connection, division) if division is not None else None
        page = await directory.duties(connection, within, _behind(after, 3), limit)
    return DutyPageShape.model_validate(_page(page))


async def grids(house: House, code: str) -> GridsShape:
    """The grids of a village with their workers' names and published office numbers. Raises Declined."""
    async with house.ledger.reading() as connection:
        asked = await place_asked(connection, code)
        rows = await directory.grids(connection, asked.code)
    return GridsShape(items=[GridShape.model_validate(row) for row in rows])


async def contact(house: House, caller: Caller, code: str, household: str) -> ContactShape:
    """Who is in touch with a household: for the people of its village, and for officials whose scope covers it.

    Raises Declined.
    """
    async with house.ledger.reading() as connection:
        asked = await place_asked(connection, code)
        if (await view_of(connection, caller.actor)).home not in asked.lineage.values():
            raise Declined(OUTSIDE)
        found = await directory.contact(connection, asked.code, household) if control_free(household) else None
    if found is None:
        raise Declined(UNKNOWN_HOUSEHOLD)
    return ContactShape.model_validate(found)


async def duty_room(house: House, caller: Caller, code: str) -> DutyRoomShape:
    """Who is on duty there now, and what the last shifts told the next; for hats whose scope covers it.

    Raises Declined.
    """
    async with house.ledger.reading() as connection:
        asked = await place_asked(connection, code, await view_of(connection, caller.actor))
    if caller.hat.role == Role.RESIDENT or caller.hat.scope not in asked.lineage.values():
        raise Declined(OUTSIDE)
    shifts = [dict(row) for row in await contents.on_duty(house.ledger.writers, code)]
    notes = [dict(row) for row in await contents.handovers(house.ledger.writers, code)]
    return DutyRoomShape.model_validate({"on_duty": shifts, "handovers": notes})


def _behind(after: str | None, parts: int) -> tuple[str, ...]:
    """The key behind which a page begins, of so many parts; () for the first page. Raises Declined."""
    if not after:
        return ()
    key = tuple(after.split(" ")) if parts > 1 else (after,)
    if len(key) != parts:
        raise Declined(BAD_POSITION)
    return key


def _page(page: KeysetPage) -> dict[str, Any]:
    """The rows, and after which key to go on; None where there are no more."""
    return {"items": page.items, "next": " ".join(page.next) if page.next else None}
