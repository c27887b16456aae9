"""The board: the open cases of a subtree, most urgent first, with counts."""

from typing import Annotated

from fastapi import APIRouter, Query

from application import board as boards
from application.shapes.case_list import BoardShape
from routes.actor import TheCaller
from routes.cases import After, Limit
from routes.form import Name
from routes.house import TheHouse
from routes.openapi import says

router = APIRouter(prefix="/api/board", tags=["看板"])


@router.get("", summary="看板", **says("invalid_query division_outside_scope"))
async def board(
    house: TheHouse,
    caller: TheCaller,
    division: Annotated[Name | None, Query(description="不填即本人身份的范围")] = None,
    after: After = None,
    limit: Limit = 50,
) -> BoardShape:
    """Open cases by due date, and how many are open, overdue, carded, due today, escalated."""
    return await boards.board(house, caller, division, after, limit)
