"""Lists of cases."""

from dataclasses import dataclass

from application.caller import Caller
from application.house import House
from application.paging import cursor
from application.place import place_asked
from application.shapes.case import CardsShape, ProcedureRefShape
from application.shapes.case_list import CasePageShape, ListedCaseShape
from application.trace import traced_list
from domain.days.instant import Instant
from ledger.identity.scope import view_of
from ledger.read.listing import Filter, ListedCase
from ledger.read.query import listed


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; None leaves it as it is. `words`: in a title, or at the start of a number."""

    division: str | None = None
    procedure: str | None = None
    stage: str | None = None
    due_before: Instant | None = None
    overdue: bool | None = None
    words: str | None = None
    closed: bool | None = None


async def case_list(
    house: House, caller: Caller, wanted: Wanted, after: str | None = None, limit: int = 50
) -> CasePageShape:
    """Cases that the caller's hat looks over, by due date, those without one last. Raises Declined."""
    begin = cursor(after)
    async with house.ledger.reading() as connection:
        view = await view_of(connection, caller.actor)
        within = await place_asked(connection, wanted.division, view) if wanted.division is not None else None
        narrowed = Filter(
            within, wanted.procedure, wanted.stage, wanted.due_before, wanted.overdue, wanted.words, wanted.closed
        )
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
