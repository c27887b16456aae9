"""Cases: open, act, show, list."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator

from domain.case.command import Act, Open
from domain.case.permission import knows_reporter
from domain.case.sight import outsider
from domain.case.state import Case
from domain.case.view import offered, shown
from domain.days.instant import Instant, rfc3339
from domain.hat import Actor
from domain.refusal import Code
from domain.rules.form import control_free
from ledger.audit.access import What
from ledger.identity.scope import Scope, view_of
from ledger.read.cursor import Cursor
from ledger.read.listing import Filter, ListedCase
from ledger.read.query import case_by_id, listed
from ledger.registrar.request import Reporter, Request
from routes import notice, shape
from routes.actor import Caller
from routes.answer import UNKNOWN_CASE, Answer, Declined
from routes.answering import answers
from routes.app_state import AppState, TheAppState
from routes.body import TheWrite, parsed
from routes.form import ActingBody, Moment, Name, OpeningBody, ReporterBody
from routes.openapi import says
from routes.register import asked_scope
from routes.trace import TheTrace, Trace

router = APIRouter(prefix="/api/cases", tags=["事项"])

CaseId = Annotated[UUID, Path(description="case_id")]
WRITE = (
    "malformed_json invalid_body body_too_large request_timeout bad_idempotency_key idempotency_conflict invalid_fields"
)
NOBODY: dict[str, str | None] = {"name": None, "phone": None}
WRITE += " requirement_not_met hat_not_allowed ledger_unavailable case_unreadable no_holder"


def _cursor(text: str) -> Cursor:
    return Cursor.parse(text)


After = Annotated[Annotated[str, AfterValidator(_cursor)] | None, Query(max_length=200, description="上一页的 next")]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.post(
    "",
    summary="上报",
    openapi_extra=says(
        "opened", shape.Case,
        f"{WRITE} unknown_procedure unknown_division division_outside_scope occurred_in_future no_stage",
        body=OpeningBody,
    ),
)  # fmt: skip
async def open_case(actor: Caller, write: TheWrite, house: TheAppState) -> Answer:
    """Open a case. `Location` names it; `actions` is what the caller may do next."""
    asked = parsed(OpeningBody, write.body)
    reporter = _reporter(asked.reporter)
    command = Open(
        asked.procedure, asked.division, asked.title, asked.fields, reporter is not None, asked.occurred_at,
        asked.received_at,
    )  # fmt: skip
    request = Request(write.command_id(actor), write.hash(actor), command, actor, None, reporter)
    return await _rule(house, request)


@router.post(
    "/{case_id}/actions/{action}",
    summary="操作",
    openapi_extra=says(
        "acted", shape.Case,
        f"{WRITE} unknown_case unknown_action version_conflict case_closed action_not_allowed_in_stage same_person"
        " window_closed window_still_open closing_gate person_recused nothing_to_settle done_already case_on_hold"
        " not_on_hold same_unit already_asked extension_too_late extension_used_up clock_not_running nothing_to_pause"
        " other_case_closed has_sources window_over not_correctable revote_needed sealed_elsewhere unit_elsewhere"
        " unknown_procedure unknown_division division_outside_scope no_stage occurred_in_future",
        body=ActingBody,
    ),
)  # fmt: skip
async def act(
    actor: Caller, case_id: CaseId, action: Annotated[str, Path()], write: TheWrite, house: TheAppState
) -> Answer:
    """Take an action on a case; `events` is what it caused, escalations that had come due meanwhile left out."""
    if not control_free(action):
        raise Declined(Code.UNKNOWN_ACTION, "本事项没有这一操作")
    asked = parsed(ActingBody, write.body)
    command = Act(action, asked.fields, asked.reason, asked.expected_version)
    return await _rule(house, Request(write.command_id(actor), write.hash(actor), command, actor, case_id))


@router.get("/{case_id}", summary="查看", openapi_extra=says("ok", shape.Case, "unknown_case case_unreadable"))
async def show(actor: Caller, case_id: CaseId, trace: TheTrace) -> dict[str, Any]:
    """The case as it stands, who answers for its holder, and the actions that this caller may take now."""
    case, view = await visible(trace, actor, case_id, "case")
    procedure = await trace.ledger.library.procedure(case.procedure.sha256)
    told = {**shown(str(case_id), case, actor), "actions": offered(case, procedure, actor, view.home)}
    return told | await answers(trace.ledger, case, actor)


@router.get("", summary="列表", openapi_extra=says("ok", shape.CasePage, "invalid_query division_outside_scope"))
async def list_cases(
    actor: Caller,
    trace: TheTrace,
    division: Annotated[Name | None, Query()] = None,
    procedure: Annotated[Name | None, Query()] = None,
    stage: Annotated[Name | None, Query()] = None,
    due_before: Annotated[Moment | None, Query()] = None,
    overdue: Annotated[bool | None, Query()] = None,
    closed: Annotated[bool | None, Query()] = None,
    q: Annotated[Name | None, Query(description="标题中的文字，或编号的开头")] = None,
    after: After = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Cases that the caller's hat looks over, by due date (those without one last)."""
    ledger = trace.ledger
    async with ledger.reading() as connection:
        view = await view_of(connection, actor)
        within = await asked_scope(connection, division, view)
        wanted = Filter(within, procedure, stage, due_before, overdue, q, closed)
        page = await listed(connection, ledger.library, view, wanted, after, limit)  # type: ignore[arg-type]
    await trace.list(actor, page.sealed)
    return {"items": [item(each) for each in page.items], "next": page.next}


@router.get(
    "/{case_id}/reporter",
    summary="报告人",
    openapi_extra=says("ok", notice.Reporter, "unknown_case case_unreadable reporter_not_revealed"),
)
async def reporter(actor: Caller, case_id: CaseId, trace: TheTrace) -> dict[str, Any]:
    """Who reported: only for whoever has first put the reason on record, by an action that reveals it."""
    case, _ = await visible(trace, actor, case_id, None)
    ledger = trace.ledger
    procedure = await ledger.library.procedure(case.procedure.sha256)
    if not knows_reporter(case, procedure, actor):
        raise Declined(Code.REPORTER_NOT_REVEALED, "请先办理“查看报告人联系方式”并说明理由")
    await trace.reporter(actor, case_id)
    merged = [item.data for item in case.items.values() if item.kind == "source"]
    ids = [case_id, *(UUID(each["case"]) for each in merged)]
    rows = await ledger.writers.fetch("select case_id, name, phone from reporter where case_id = any($1)", ids)
    known = {row["case_id"]: {"name": row["name"], "phone": row["phone"]} for row in rows}
    sources = [
        {"case_id": each["case"], "number": each["number"], **known.get(UUID(each["case"]), NOBODY)} for each in merged
    ]
    return {**known.get(case_id, NOBODY), "sources": sources}


async def visible(
    trace: Trace, actor: Actor, case_id: UUID, what: What | None, inside: bool = False
) -> tuple[Case, Scope]:
    """The case, and what the actor's hat looks over. Raises Declined where that does not reach, PoisonedCase.

    `what` of it is about to be read, traced where it is sealed; None: the route leaves the trace itself.
    `inside`: for what is not meant for those who see the case only because it is public.
    """
    async with trace.ledger.reading() as connection:
        view = await view_of(connection, actor)
        case = await case_by_id(connection, case_id, view)
    if case is None:
        raise Declined.of(UNKNOWN_CASE)
    if inside and outsider(case, actor):
        raise Declined(Code.NOT_PUBLIC, "对外公开的只有现状和文书")
    if what is not None:
        await trace.case(actor, what, case_id, case)
    return case, view


def item(row: ListedCase) -> dict[str, Any]:
    """A row of a list as the API shows it: named as in the case itself."""
    whole = asdict(row)
    procedure = {"id": row.procedure, "version": row.procedure_version, "sha256": row.procedure_sha256}
    cards = {"yellow": whole.pop("yellow"), "red": whole.pop("red")}
    for name in ("procedure_version", "procedure_sha256", "sealed"):
        del whole[name]
    return {
        **whole,
        "case_id": str(row.case_id),
        "procedure": procedure,
        "cards": cards,
        "due_at": _shown(row.due_at),
        "opened_at": _shown(row.opened_at),
        "recorded_at": _shown(row.recorded_at),
    }


def _shown(instant: Instant | None) -> str | None:
    return rfc3339(instant) if instant else None


def _reporter(sent: ReporterBody | None) -> Reporter | None:
    return Reporter(sent.name, sent.phone) if sent and (sent.name or sent.phone) else None


async def _rule(house: AppState, request: Request) -> Answer:
    ruling = await house.ledger.registrar.rule(request)
    house.metrics.rulings.labels(ruling.outcome).inc()
    if ruling.refused:
        raise Declined.ruled(ruling)
    headers = {"Location": f"/api/cases/{ruling.case_id}"} if ruling.outcome == "opened" else {}
    return Answer(ruling.outcome, ruling.body, headers=headers)
