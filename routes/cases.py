"""Cases: open, act, show, list."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator

from application import act as acting
from application import reporter as reporting
from application import show as showing
from application.case_list import Filter, case_list
from application.paging import position
from application.shapes.case import CaseShape
from application.shapes.case_list import CasePageShape
from application.shapes.reporter import ReporterShape
from routes.actor import TheCaller
from routes.answer import Answer
from routes.body import TheSubmission, parsed
from routes.form import ActingBody, Moment, Name, OpeningBody, ReporterBody
from routes.house import TheHouse
from routes.openapi import says

router = APIRouter(prefix="/api/cases", tags=["事项"])

CaseId = Annotated[UUID, Path(description="case_id")]
After = Annotated[Annotated[str, AfterValidator(position)] | None, Query(max_length=200, description="上一页的 next")]
Limit = Annotated[int, Query(ge=1, le=200)]
WRITE = (
    "malformed_json invalid_body body_too_large request_timeout bad_idempotency_key idempotency_conflict invalid_fields"
    " requirement_not_met hat_not_allowed ledger_unavailable case_unreadable no_holder"
)


@router.post(
    "",
    summary="上报",
    response_model=CaseShape,
    **says(
        f"{WRITE} unknown_procedure unknown_division division_outside_scope occurred_in_future no_stage",
        "opened", OpeningBody,
    ),
)  # fmt: skip
async def open_case(house: TheHouse, caller: TheCaller, submission: TheSubmission) -> Answer:
    """Open a case. `Location` names it; `actions` is what the caller may do next."""
    asked = parsed(OpeningBody, submission.body)
    who = asked.reporter or ReporterBody()
    report = acting.Report(
        asked.procedure, asked.division, asked.title, asked.fields, who.name, who.phone, asked.occurred_at,
        asked.received_at,
    )  # fmt: skip
    ruling = await acting.open_case(house, caller, submission, report)
    return Answer(ruling.outcome, ruling.body, headers={"Location": f"/api/cases/{ruling.case_id}"})


@router.post(
    "/{case_id}/actions/{action}",
    summary="操作",
    response_model=CaseShape,
    **says(
        f"{WRITE} unknown_case unknown_action version_conflict case_closed action_not_allowed_in_stage same_person"
        " window_closed window_still_open closing_gate person_recused nothing_to_settle done_already case_on_hold"
        " not_on_hold same_unit already_asked extension_too_late extension_used_up clock_not_running nothing_to_pause"
        " other_case_closed has_sources window_over not_correctable revote_needed sealed_elsewhere unit_elsewhere"
        " unknown_procedure unknown_division division_outside_scope no_stage occurred_in_future",
        "acted", ActingBody,
    ),
)  # fmt: skip
async def act(
    house: TheHouse, caller: TheCaller, submission: TheSubmission, case_id: CaseId, action: Annotated[str, Path()]
) -> Answer:
    """Take an action on a case; `events` is what it caused, escalations that had come due meanwhile left out."""
    asked = parsed(ActingBody, submission.body)
    said = asked.fields, asked.reason, asked.expected_version
    ruling = await acting.act(house, caller, submission, case_id, action, *said)
    return Answer(ruling.outcome, ruling.body)


@router.get("/{case_id}", summary="查看", **says("unknown_case case_unreadable"))
async def show(house: TheHouse, caller: TheCaller, case_id: CaseId) -> CaseShape:
    """The case as it stands, who answers for its holder, and the actions that this caller may take now."""
    return await showing.show(house, caller, case_id)


@router.get("", summary="列表", **says("invalid_query division_outside_scope"))
async def list_cases(
    house: TheHouse,
    caller: TheCaller,
    division: Annotated[Name | None, Query()] = None,
    procedure: Annotated[Name | None, Query()] = None,
    stage: Annotated[Name | None, Query()] = None,
    due_before: Annotated[Moment | None, Query()] = None,
    overdue: Annotated[bool | None, Query()] = None,
    closed: Annotated[bool | None, Query()] = None,
    q: Annotated[Name | None, Query(description="标题中的文字，或编号的开头")] = None,
    after: After = None,
    limit: Limit = 50,
) -> CasePageShape:
    """Cases that the caller's hat looks over, by due date (those without one last)."""
    narrowed = Filter(None, procedure, stage, due_before, overdue, q, closed)
    return await case_list(house, caller, division, narrowed, after, limit)


@router.get("/{case_id}/reporter", summary="报告人", **says("unknown_case case_unreadable reporter_not_revealed"))
async def reporter(house: TheHouse, caller: TheCaller, case_id: CaseId) -> ReporterShape:
    """Who reported: only for whoever has first put the reason on record, by an action that reveals it."""
    return await reporting.reporter(house, caller, case_id)
