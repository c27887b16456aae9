"""The board: the open cases of a subtree, most urgent first, with counts."""

from sqlalchemy.ext.asyncio import AsyncConnection

from application.caller import Caller, Operator
from application.case_list import listed_case
from application.declined import Declined
from application.house import House
from application.paging import cursor
from application.place import place_asked, unknown_division
from application.shapes.case_list import BoardShape, CountsShape, PlaceShape, SurroundingsShape
from application.trace import traced_list
from domain.rules.form import control_free
from domain.rules.refusal import Code, Refusal
from ledger.identity.scope import UNIT, Scope, person_name, scope_of, view_of
from ledger.read import board as boards
from ledger.registers.directory import divisions, only_county

WHERE = Refusal(Code.INVALID_QUERY, "请指明看哪个区划")


async def board(
    house: House, caller: Caller | Operator, division: str | None = None, after: str | None = None, limit: int = 50
) -> BoardShape:
    """The board of `division`, or of the caller's own scope: open cases by due date. Raises Declined.

    An operator looks over any division or unit, by default the only county that is registered.
    """
    begin = cursor(after)
    async with house.ledger.reading() as connection:
        if isinstance(caller, Operator):
            view = within = await _any_place(connection, division)
        else:
            view = await view_of(connection, caller.actor)
            within = await place_asked(connection, division, view) if division is not None else view
        found = await boards.board(connection, house.ledger.library, view, within, begin, limit)
    if isinstance(caller, Caller):  # to an operator nothing sealed is shown
        await traced_list(house, caller, found.page.sealed)
    return BoardShape(
        division=within.code,
        name=within.name,
        at=found.at,
        counts=CountsShape.model_validate(found.counts),
        items=[listed_case(row) for row in found.page.items],
        next=found.page.next,
    )


async def _any_place(connection: AsyncConnection, division: str | None) -> Scope:
    code = division if division is not None else await only_county(connection)
    if code is None:
        raise Declined(WHERE)
    found = await scope_of(connection, code) if control_free(code) else None
    if found is None:
        raise Declined(unknown_division(code))
    return found


async def surroundings(house: House, caller: Caller, division: str | None = None) -> SurroundingsShape:
    """Where the board of `division` lies, and what else the caller may choose. Raises Declined."""
    async with house.ledger.reading() as connection:
        view = await view_of(connection, caller.actor)
        within = await place_asked(connection, division, view) if division is not None else view
        county = await scope_of(connection, within.lineage.get("county", "")) or view
        below = [] if view.level == UNIT else (await divisions(connection, view.code)).items
        name = await person_name(connection, caller.person)
    choices = [_place(view), *(PlaceShape(code=row["code"], name=row["name"], level=row["level"]) for row in below)]
    if within.code not in {choice.code for choice in choices}:
        choices.append(_place(within))
    return SurroundingsShape(
        county=_place(county), place=_place(within), choices=choices, viewer_name=name, scope_name=view.name
    )


def _place(scope: Scope) -> PlaceShape:
    return PlaceShape(code=scope.code, name=scope.name, level=scope.level)
