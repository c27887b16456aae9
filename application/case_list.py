"""Lists of cases."""

from dataclasses import replace

from application.caller import Caller
from application.house import House
from application.paging import cursor
from application.place import place_asked
from application.shapes.case import CardsShape, ProcedureRefShape
from application.shapes.case_list import CasePageShape, ListedCaseShape
from application.trace import traced_list
from ledger.identity.scope import view_of
from ledger.read.listing import Filter, ListedCase
from ledger.read.query import listed

__all__ = ["Filter", "case_list", "listed_case"]

NOTHING = Filter()


async def case_list(
    house: House,
    caller: Caller,
    division: str | None = None,
    narrowed: Filter = NOTHING,
    after: str | None = None,
    limit: int = 50,
) -> CasePageShape:
    """Cases that the caller's hat looks over, by due date, those without one last. Raises Declined.

    `division`: only of this division; `narrowed`: what else they are narrowed to.
    """
    begin = cursor(after)
    async with house.ledger.reading() as connection:
        view = await view_of(connection, caller.actor)
        if division is not None:
            narrowed = replace(narrowed, within=await place_asked(connection, division, view))
        page = await listed(connection, house.ledger.library, view, narrowed, begin, limit)
    await traced_list(house, caller, page.sealed)
    return CasePageShape(items=[listed_case(row) for row in page.items], next=page.next)


def listed_case(row: ListedCase) -> ListedCaseShape:
    """A row of a list, named as in the case itself."""
    return ListedCaseShape(
        case_id=str(row.case_id),
        number=row.number,
        procedure=ProcedureRefShape(id=row.procedure, version=row.procedure_version, sha256=row.procedure_sha256),
        procedure_title=row.procedure_title,
        title=row.title,
        division=row.division,
        division_name=row.division_name,
        stage=row.stage,
        stage_title=row.stage_title,
        level=row.level,
        holder=row.holder,
        holder_name=row.holder_name,
        version=row.version,
        closed=row.closed,
        due_at=row.due_at,
        escalations=row.escalations,
        emergency=row.emergency,
        opened_at=row.opened_at,
        recorded_at=row.recorded_at,
        cards=CardsShape(yellow=row.yellow, red=row.red),
    )
