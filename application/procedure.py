"""The rules that new cases take."""

from application.caller import Caller
from application.house import House
from application.shapes.form import FieldShape, IntakeShape
from application.shapes.procedure import ProcedurePageShape, ProcedureShape, StageShape
from domain.rules.procedure import Procedure
from ledger.identity.scope import view_of


async def procedures(house: House, caller: Caller) -> ProcedurePageShape:
    """What new cases take in the caller's county: each procedure with its intake form and stages, by id."""
    async with house.ledger.reading() as connection:
        county = (await view_of(connection, caller.actor)).lineage.get("county")
    released = await house.ledger.library.released(county)
    return ProcedurePageShape(items=[_shape(released[name]) for name in sorted(released)], next=None)


def _shape(procedure: Procedure) -> ProcedureShape:
    form = [FieldShape.model_validate(each.shown) for each in procedure.intake.form]
    stages = [StageShape(id=name, title=each.title, closed=each.closed) for name, each in procedure.stages.items()]
    return ProcedureShape(
        id=procedure.id,
        version=procedure.version,
        sha256=procedure.sha256,
        title=procedure.title,
        intake=IntakeShape(title=procedure.intake.title, form=form),
        stages=stages,
    )
