"""Documents that were issued in a case: their list, and each as the text that was served."""

from typing import Any

from fastapi import APIRouter

from domain.refusal import Code
from ledger.read import document as paper
from routes import notice
from routes.actor import Caller
from routes.answer import Answer, Declined
from routes.cases import CaseId, visible
from routes.openapi import says
from routes.trace import TheTrace

router = APIRouter(prefix="/api/cases/{case_id}/documents", tags=["事项"])


@router.get("", summary="文书", openapi_extra=says("ok", notice.Papers, "unknown_case case_unreadable"))
async def papers(actor: Caller, case_id: CaseId, trace: TheTrace) -> dict[str, Any]:
    """The documents of a case in the order of their issue."""
    case, _ = await visible(trace, actor, case_id, "documents")
    async with trace.ledger.reading() as connection:
        issued = await paper.issued(connection, case_id, case.version)
    return {"items": [each.told for each in issued]}


@router.get(
    "/{place}",
    summary="文书正文",
    openapi_extra=says("ok", None, "unknown_case unknown_document case_unreadable"),
)
async def text(actor: Caller, case_id: CaseId, place: str, trace: TheTrace) -> Answer:
    """The text of the document at `place` (from 1), as it was served, to print."""
    case, _ = await visible(trace, actor, case_id, "documents")
    async with trace.ledger.reading() as connection:
        issued = await paper.issued(connection, case_id, case.version)
    if not place.isdecimal() or not 1 <= int(place[:6]) <= len(issued):
        raise Declined(Code.UNKNOWN_DOCUMENT, "没有这份文书")
    return Answer("ok", issued[int(place) - 1].text, "text/plain; charset=utf-8")
