"""For every open stage at every village who holds it, by when, and who is told; and the posts that nobody fills."""

from collections import Counter
from collections.abc import Iterable

from application.caller import Operator
from application.declined import Declined
from application.house import House
from application.shapes.clock import LimitShape
from application.shapes.holders import (
    HeldStageShape,
    HolderShape,
    HoldersShape,
    PostShape,
    StaffedProcedureShape,
    ToldShape,
    VacancyShape,
)
from domain.clocks.demand import Demand
from domain.days.instant import Instant
from domain.rules.handbook import when_words
from domain.rules.hat import Hat
from domain.rules.procedure import Procedure
from domain.rules.refusal import Code, Refusal
from ledger.identity.name import Names, names
from ledger.identity.scope import now
from ledger.registers.division import RegisterFault
from ledger.registers.staffing import Staffing, StaffingRow, staffing

NO_VILLAGE = Refusal(Code.UNKNOWN_DIVISION, "没有这个区划，或其中没有登记村（社区）")


async def holders(
    house: House, _: Operator, procedure: str | None, division: str | None, at: Instant | None, only_unresolved: bool
) -> HoldersShape:  # fmt: skip
    """The table at `at` (now), of one procedure or all, for the villages of a division or all. Raises Declined."""
    async with house.ledger.reading() as connection:
        moment = at or await now(connection)
        try:
            found = await staffing(house.ledger.writers, house.ledger.library, moment, procedure, division)
        except RegisterFault as fault:
            raise Declined(Refusal(Code.UNKNOWN_PROCEDURE, str(fault))) from None
        if not found.places:
            raise Declined(NO_VILLAGE)
        known = await names(connection, [str(hat) for hat in found.posts])
    rows = Counter(row.procedure.sha256 for row in found.rows())
    return HoldersShape(
        at=moment,
        procedures=[_staffed(each, rows[each.sha256]) for each in found.procedures],
        villages=len(found.places),
        stages=found.stages,
        posts=len(found.posts),
        rows=rows.total(),
        items=[] if only_unresolved else [_held(row, found, known) for row in found.rows()],
        unresolved=[
            VacancyShape(hat=str(hat), post=known.hat(str(hat)), needed_for=list(found.posts[hat]))
            for hat in found.unresolved
        ],
    )


def _staffed(procedure: Procedure, rows: int) -> StaffedProcedureShape:
    stages = sum(not stage.closed for stage in procedure.stages.values())
    return StaffedProcedureShape(id=procedure.id, title=procedure.title, stages=stages, rows=rows)


def _held(row: StaffingRow, found: Staffing, known: Names) -> HeldStageShape:
    need = row.need
    return HeldStageShape(
        procedure=row.procedure.id,
        procedure_title=row.procedure.title,
        division=row.place.code,
        division_name=row.place.name,
        stage=need.stage,
        stage_title=need.title,
        holder=_post(row.holder, found, known) if row.holder else None,
        clock=need.clock,
        clock_title=need.clock_title or None,
        when="；".join(_conditions(row.procedure, need)),
        limit=LimitShape(n=need.limit.n, unit=str(need.limit.unit)) if need.limit else None,
        limit_text=str(need.limit) if need.limit else None,
        window=need.window,
        internal_due_at=need.internal_due_at,
        due_at=need.due_at,
        provisional=need.provisional,
        authority=need.authority,
        told=[
            ToldShape(hat=str(hat), post=known.hat(str(hat)), people=_people(hat, found), at=at)
            for hat, at in row.rungs
        ],
    )


def _conditions(procedure: Procedure, need: Demand) -> Iterable[str]:
    if need.facts:
        yield when_words(procedure, {name: [value] for name, value in need.facts})
    if need.after:
        yield f"{need.after}后"


def _post(hat: Hat, found: Staffing, known: Names) -> PostShape:
    return PostShape(hat=str(hat), post=known.hat(str(hat)), people=_people(hat, found))


def _people(hat: Hat, found: Staffing) -> list[HolderShape]:
    return [HolderShape(name=each.name, basis=each.basis) for each in found.occupants.get(hat, ())]
