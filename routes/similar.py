"""Likely the same matter: shown before somebody files, and on a case that has been filed."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AfterValidator, Field

from application import similar as alike
from application.shapes.similar import SimilarCasesShape
from domain.case.command import TITLE_LENGTH_MAX
from domain.rules.form import control_free
from routes.actor import TheCaller
from routes.cases import CaseId
from routes.form import Name
from routes.house import TheHouse
from routes.openapi import says

router = APIRouter(prefix="/api", tags=["事项"])

TEXT_LENGTH_MAX = 2000


def _plain(text: str) -> str:
    if not control_free(text):
        raise ValueError("含有不可用的控制字符")
    return text


Title = Annotated[str, Field(min_length=1, max_length=TITLE_LENGTH_MAX), AfterValidator(_plain)]
Words = Annotated[str, Field(max_length=TEXT_LENGTH_MAX), AfterValidator(_plain)]


@router.get("/similar", summary="上报前查重", **says("invalid_query unknown_division unknown_procedure"))
async def similar(
    house: TheHouse,
    caller: TheCaller,
    procedure: Annotated[Name, Query()],
    division: Annotated[Name, Query()],
    title: Annotated[Title, Query()],
    q: Annotated[Words, Query(description="情况描述")] = "",
    place: Annotated[Words, Query(description="地点")] = "",
    kind: Annotated[Name | None, Query(description="类别的代码")] = None,
) -> SimilarCasesShape:
    """Cases in the caller's sight that are likely about what is about to be filed."""
    return await alike.similar_to_draft(house, caller, alike.Draft(procedure, division, title, q, place, kind))


@router.get("/cases/{case_id}/similar", summary="可能相同的事项", **says("unknown_case case_unreadable"))
async def similar_to(house: TheHouse, caller: TheCaller, case_id: CaseId) -> SimilarCasesShape:
    """Cases in the caller's sight that are likely about the same matter as this one."""
    return await alike.similar_to(house, caller, case_id)
