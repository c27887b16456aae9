"""The board: the open cases of a subtree, most urgent first, with counts."""

from application.caller import Caller
from application.case_list import listed_case
from application.house import House
from application.paging import cursor
from application.place import only_county, place_asked
from application.shapes.case_list import BoardShape, CountsShape, PlaceShape, SurroundingsShape
from application.trace import traced_list
from ledger.identity.scope import UNIT, Scope, person_name, scope_of, view_of
from ledger.read import board as boards
from ledger.registers.directory import divisions


async def board(
    house: House, caller: Caller, division: str | None = None, after: str | None = None, limit: int = 50
) -> BoardShape:
    """The board of `division`, or of the caller's own scope: open cases by due date. Raises Declined."""
    begin = cursor(after)
    async with house.ledger.reading() as connection:
        view = await view_of(connection, caller.actor)
        within = await place_asked(connection, division, view) if division is not None else view
        found = await boards.board(connection, house.ledger.library, view, within, begin, limit)
    await traced_list(house, caller, found.page.sealed)
    return _shape(within, found)


async def board_of_all(house: House, division: str | None, limit: int) -> BoardShape:
    """For whoever works at the machine, under no hat: the board of a division, less what is sealed.

    None: the one county on register. Raises Declined.
    """
    async with house.ledger.reading() as connection:
        within = await place_asked(connection, division if division is not None else await only_county(connection))
        found = await boards.board(connection, house.ledger.library, within, within, None, limit)
    return _shape(within, found)


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


def _shape(within: Scope, found: boards.BoardPage) -> BoardShape:
    return BoardShape(
        division=within.code,
        name=within.name,
        at=found.at,
        counts=CountsShape.model_validate(found.counts),
        items=[listed_case(row) for row in found.page.items],
        next=found.page.next,
    )


def _place(scope: Scope) -> PlaceShape:
    return PlaceShape(code=scope.code, name=scope.name, level=scope.level)
