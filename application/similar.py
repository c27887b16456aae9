"""Likely the same matter: shown before somebody files, and on a case that has been filed."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.caller import Caller
from application.declined import Declined
from application.house import House
from application.look import Look, Which, reads
from application.place import place_asked
from application.shapes.similar import SimilarCaseShape, SimilarCasesShape
from application.trace import traced_list
from domain.case.similarity import Matter, matter_of
from domain.rules.refusal import Code, Refusal
from ledger.identity.scope import now, view_of
from ledger.read.similar import SimilarCase, similar
from ledger.registers.division import county_of

UNKNOWN_PROCEDURE = Refusal(Code.UNKNOWN_PROCEDURE, "没有这个办理流程")


@dataclass(frozen=True, slots=True)
class Draft:
    """What is about to be filed. `kind`: the code of its kind, where the procedure has kinds."""

    procedure: str
    division: str
    title: str
    words: str = ""
    place: str = ""
    kind: str | None = None


async def similar_to_draft(house: House, caller: Caller, draft: Draft) -> SimilarCasesShape:
    """Cases in the caller's sight that are likely about what is about to be filed. Raises Declined."""
    if draft.procedure not in await house.ledger.library.released(county_of(draft.division)):
        raise Declined(UNKNOWN_PROCEDURE)
    async with house.ledger.reading() as connection:
        within = await place_asked(connection, draft.division)
        village, at = within.lineage.get("village"), await now(connection)
        matter = Matter(draft.title, draft.words, draft.place, draft.kind, village, at)
        view = await view_of(connection, caller.actor)
        found = await similar(connection, view, draft.procedure, within.lineage, matter)
    return await _traced(house, caller, found)


async def similar_to(house: House, caller: Caller, which: Which) -> SimilarCasesShape:
    """Cases in the caller's sight that are likely about the same matter as this one. Raises Declined."""
    return await _traced(house, caller, await _similar_to(house, caller, which))


@reads("case")
async def _similar_to(look: Look) -> Sequence[SimilarCase]:
    case = look.case
    return await similar(look.connection, look.view, case.procedure.id, case.lineage, matter_of(case), look.case_id)


async def _traced(house: House, caller: Caller, found: Sequence[SimilarCase]) -> SimilarCasesShape:
    """What was found, once it is on record that it was read."""
    await traced_list(house, caller, sum(each.sealed for each in found))
    return SimilarCasesShape(items=[_shape(each) for each in found], next=None)


def _shape(found: SimilarCase) -> SimilarCaseShape:
    return SimilarCaseShape(
        case_id=str(found.case_id),
        number=found.number,
        title=found.title,
        stage_title=found.stage_title,
        closed=found.closed,
        score=found.score,
        reason=found.reason,
    )
