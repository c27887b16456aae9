"""Documents that were issued in a case: their list, and each as the text that was served."""

from fastapi import APIRouter

from application.document import document, documents
from application.shapes.document import DocumentsShape
from routes.actor import TheCaller
from routes.answer import Answer
from routes.cases import CaseId
from routes.house import TheHouse
from routes.openapi import says

router = APIRouter(prefix="/api/cases/{case_id}/documents", tags=["事项"])

TEXT = "text/plain; charset=utf-8"
DIGITS_MAX = 6


@router.get("", summary="文书", **says("unknown_case case_unreadable"))
async def papers(house: TheHouse, caller: TheCaller, case_id: CaseId) -> DocumentsShape:
    """The documents of a case in the order of their issue."""
    return await documents(house, caller, case_id)


@router.get("/{place}", summary="文书正文", **says("unknown_case unknown_document case_unreadable"))
async def text(house: TheHouse, caller: TheCaller, case_id: CaseId, place: str) -> Answer:
    """The text of the document at `place` (from 1), as it was served, to print."""
    number = int(place[:DIGITS_MAX]) if place.isdecimal() else None
    return Answer("ok", await document(house, caller, case_id, number), TEXT)
