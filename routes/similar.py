"""Likely the same matter: shown before somebody files, and on a case that has been filed."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AfterValidator, Field

from domain.case.command import TITLE_LENGTH_MAX
from domain.case.similarity import Matter, matter_of
from domain.refusal import Code
from domain.rules.form import control_free
from ledger.identity.scope import now, view_of
from ledger.read.similar import SimilarCase
from ledger.read.similar import similar as alike
from ledger.registers.division import county_of
from routes import notice
from routes.actor import Caller
from routes.answer import Declined
from routes.cases import CaseId, visible
from routes.form import Name
from routes.openapi import says
from routes.register import asked_scope
from routes.trace import TheTrace

router = APIRouter(prefix="/api", tags=["事项"])

TEXT_LENGTH_MAX = 2000


def _plain(text: str) -> str:
    if not control_free(text):
        raise ValueError("含有不可用的控制字符")
    return text


Title = Annotated[str, Field(min_length=1, max_length=TITLE_LENGTH_MAX), AfterValidator(_plain)]
Words = Annotated[str, Field(max_length=TEXT_LENGTH_MAX), AfterValidator(_plain)]


@router.get(
    "/similar",
    summary="上报前查重",
    openapi_extra=says("ok", notice.Hits, "invalid_query unknown_division unknown_procedure"),
)
async def similar(
    actor: Caller,
    trace: TheTrace,
    procedure: Annotated[Name, Query()],
    division: Annotated[Name, Query()],
    title: Annotated[Title, Query()],
    q: Annotated[Words, Query(description="情况描述")] = "",
    place: Annotated[Words, Query(description="地点")] = "",
    kind: Annotated[Name | None, Query(description="类别的代码")] = None,
) -> dict[str, Any]:
    """Cases in the caller's sight that are likely about what is about to be filed."""
    if procedure not in await trace.ledger.library.released(county_of(division)):
        raise Declined(Code.UNKNOWN_PROCEDURE, "没有这个办理流程")
    async with trace.ledger.reading() as connection:
        within = await asked_scope(connection, division)
        assert within is not None
        matter = Matter(title, q, place, kind, within.lineage.get("village"), await now(connection))
        hits = await alike(connection, await view_of(connection, actor), procedure, within.lineage, matter)
    await trace.list(actor, sum(hit.sealed for hit in hits))
    return _told(hits)


@router.get(
    "/cases/{case_id}/similar",
    summary="可能相同的事项",
    openapi_extra=says("ok", notice.Hits, "unknown_case case_unreadable"),
)
async def similar_to(actor: Caller, case_id: CaseId, trace: TheTrace) -> dict[str, Any]:
    """Cases in the caller's sight that are likely about the same matter as this one."""
    case, view = await visible(trace, actor, case_id, "case")
    async with trace.ledger.reading() as connection:
        hits = await alike(connection, view, case.procedure.id, case.lineage, matter_of(case), case_id)
    await trace.list(actor, sum(hit.sealed for hit in hits))
    return _told(hits)


def _told(hits: Sequence[SimilarCase]) -> dict[str, Any]:
    return {"items": [hit.told for hit in hits], "next": None}
