"""The list of open cases that an analysis was opened with, as it was frozen."""

from fastapi import APIRouter

from application.frozen_list import frozen_list
from application.shapes.frozen_list import FrozenListShape
from routes.actor import TheCaller
from routes.answer import Answer
from routes.cases import CaseId
from routes.house import TheHouse
from routes.openapi import says

router = APIRouter(prefix="/api/cases/{case_id}/list", tags=["事项"])


@router.get(
    "",
    summary="研判清单",
    response_model=FrozenListShape,
    **says("unknown_case unknown_document case_unreadable"),
)
async def frozen(house: TheHouse, caller: TheCaller, case_id: CaseId) -> Answer:
    """The list, byte for byte: its SHA-256 is the case's field `list`."""
    return Answer("ok", await frozen_list(house, caller, case_id))
