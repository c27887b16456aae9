"""What happened to a case, how it stood, and why its dates are what they are."""

from typing import Annotated

from fastapi import APIRouter, Query

from application import explanation as explaining
from application import history
from application import replay as replaying
from application.shapes.case import ReplayShape
from application.shapes.explanation import ExplanationShape
from application.shapes.history import HistoryShape
from routes.actor import TheCaller
from routes.cases import CaseId
from routes.form import Moment
from routes.house import TheHouse
from routes.openapi import says

router = APIRouter(prefix="/api/cases/{case_id}", tags=["事项"])


@router.get("/history", summary="经过", **says("unknown_case case_unreadable not_public"))
async def past(house: TheHouse, caller: TheCaller, case_id: CaseId) -> HistoryShape:
    """Every event in order; for an inspector also the refused attempts, and who read it while it was sealed."""
    return await history.history(house, caller, case_id)


@router.get("/replay", summary="回放", **says("unknown_case unknown_version invalid_query case_unreadable not_public"))
async def replay(
    house: TheHouse,
    caller: TheCaller,
    case_id: CaseId,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    at: Annotated[Moment | None, Query()] = None,
) -> ReplayShape:
    """The case as of a version, or as recorded by an instant; one of the two. By an instant, also who answered then."""
    return await replaying.replay(house, caller, case_id, version, at)


@router.get(
    "/clocks/{clock}/explanation",
    summary="时限说明",
    **says("unknown_case unknown_clock case_unreadable not_public"),
)
async def explanation(house: TheHouse, caller: TheCaller, case_id: CaseId, clock: str) -> ExplanationShape:
    """Every step that led to a clock's due date, by the calendar that it is counted on; its extensions and pauses."""
    return await explaining.explanation(house, caller, case_id, clock)
