"""The list of open cases that an analysis was opened with, as it was frozen."""

from fastapi import APIRouter

from domain.refusal import Code
from ledger.rounds import frozen_list as analysis
from routes import notice
from routes.actor import Caller
from routes.answer import Answer, Declined
from routes.cases import CaseId, visible
from routes.openapi import says
from routes.trace import TheTrace

router = APIRouter(prefix="/api/cases/{case_id}/list", tags=["事项"])


@router.get(
    "",
    summary="研判清单",
    openapi_extra=says("ok", notice.FrozenList, "unknown_case unknown_document case_unreadable"),
)
async def frozen(actor: Caller, case_id: CaseId, trace: TheTrace) -> Answer:
    """The list, byte for byte: its SHA-256 is the case's field `list`."""
    case, _ = await visible(trace, actor, case_id, "documents")
    async with trace.ledger.reading() as connection:
        body = await analysis.kept(connection, str(case.fields.get("list", "")))
    if case.procedure.id != analysis.PROCEDURE or body is None:
        raise Declined(Code.UNKNOWN_DOCUMENT, "本事项没有清单")
    return Answer("ok", body)
