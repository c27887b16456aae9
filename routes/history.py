"""What happened to a case, how it stood, and why its dates are what they are."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from domain.case.view import present
from domain.clocks.budget import budget
from domain.clocks.clock import Clock, Rung
from domain.clocks.explanation import CountingStep, explain_clock, text
from domain.days.calendar import Calendar
from domain.days.counting import Pause
from domain.days.instant import Instant, rfc3339, shown
from domain.hat import SUPERVISING
from domain.refusal import Code
from ledger.identity.scope import now
from ledger.read import history
from routes import notice, reckoning, shape
from routes.actor import Caller
from routes.answer import Declined
from routes.answering import answers
from routes.cases import CaseId, visible
from routes.form import Moment
from routes.openapi import says
from routes.trace import TheTrace

router = APIRouter(prefix="/api/cases/{case_id}", tags=["事项"])


@router.get(
    "/history",
    summary="经过",
    openapi_extra=says("ok", notice.History, "unknown_case case_unreadable not_public"),
)
async def past(actor: Caller, case_id: CaseId, trace: TheTrace) -> dict[str, Any]:
    """Every event in order; for an inspector also the refused attempts, and who read it while it was sealed."""
    case, _ = await visible(trace, actor, case_id, "history", inside=True)
    async with trace.ledger.reading() as connection:
        masked = history.hidden(case, actor)
        told: dict[str, Any] = {"events": await history.history(connection, case_id, case.version, masked)}
        if actor.hat.role in SUPERVISING:
            told["refusals"] = await history.refusals(connection, case_id, masked)
            told["reads"] = await history.reads(connection, case_id, masked)
    return told


@router.get(
    "/replay",
    summary="回放",
    openapi_extra=says("ok", shape.Replay, "unknown_case unknown_version invalid_query case_unreadable not_public"),
)
async def replay(
    actor: Caller,
    case_id: CaseId,
    trace: TheTrace,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    at: Annotated[Moment | None, Query()] = None,
) -> dict[str, Any]:
    """The case as of a version, or as recorded by an instant; one of the two. By an instant, also who answered then."""
    if (version is None) == (at is None):
        raise Declined(Code.INVALID_QUERY, "请给出 version 或 at 其中之一")
    stands, _ = await visible(trace, actor, case_id, None, inside=True)
    async with trace.ledger.reading() as connection:
        case = await history.replayed(connection, case_id, version, at)
    if case is None:
        raise Declined(Code.UNKNOWN_VERSION, "事项当时还没有这一版")
    await trace.case(actor, "replay", case_id, stands, case)
    return present(str(case_id), case) | (await answers(trace.ledger, case, actor, at) if at else {})


@router.get(
    "/clocks/{clock}/explanation",
    summary="时限说明",
    openapi_extra=says("ok", reckoning.Explanation, "unknown_case unknown_clock case_unreadable not_public"),
)
async def explanation(actor: Caller, case_id: CaseId, clock: str, trace: TheTrace) -> dict[str, Any]:
    """Every step that led to a clock's due date, by the calendar that it is counted on; its extensions and pauses."""
    case, _ = await visible(trace, actor, case_id, "explanation", inside=True)
    ledger, found = trace.ledger, case.clocks.get(clock)
    if found is None:
        raise Declined(Code.UNKNOWN_CLOCK, "本事项没有这一时限")
    calendar = await ledger.library.calendar(found.calendar)
    procedure = await ledger.library.procedure(case.procedure.sha256)
    rule = procedure.clocks.get(found.rule or found.id)  # none where the case has moved to rules without it
    grounds = {**(rule.pauses if rule else {}), "merged": "并案"}
    # A limit of many years has thousands of steps: others must not wait for them.
    steps = await asyncio.to_thread(explain_clock, calendar, found, grounds)
    async with ledger.reading() as connection:
        at = await now(connection)
    return {**_explained(found, steps, grounds), "budget": _budget(calendar, found, at)}


def _budget(calendar: Calendar, clock: Clock, at: Instant) -> dict[str, Any] | None:
    """What is used up and what is left at `at`; None for a clock that no longer runs."""
    if clock.state not in ("running", "paused"):
        return None
    stands = budget(calendar, clock, max(at, clock.started_at))
    return {
        "at": rfc3339(at),
        "unit": stands.unit,
        "whole": stands.whole,
        "consumed": stands.consumed,
        "left": stands.left,
        "running_seconds": int(stands.running.total_seconds()),
        "paused_seconds": int(stands.paused.total_seconds()),
    }


def _explained(clock: Clock, steps: tuple[CountingStep, ...], grounds: Mapping[str, str]) -> dict[str, Any]:
    return {
        "clock": clock.id,
        "title": clock.title,
        "authority": clock.authority,
        "limit": {"n": clock.limit.n, "unit": str(clock.limit.unit)},
        "state": clock.state,
        "started_at": rfc3339(clock.started_at),
        "due_at": rfc3339(clock.due_at),
        "due_text": shown(clock.due_at),
        "provisional": clock.provisional,
        "calendar": clock.calendar,
        "extensions": [{"n": each.n, "at": rfc3339(each.at), "authority": each.authority} for each in clock.extensions],
        "pauses": [_pause(pause, grounds) for pause in clock.pauses],
        "text": text(steps),
        "steps": [_step(step) for step in steps],
        "rungs": [_rung(rung, clock) for rung in clock.rungs],
    }


def _step(step: CountingStep) -> dict[str, Any]:
    return {
        **asdict(step),
        "kind": str(step.kind),
        "date": step.date.isoformat() if step.date else None,
        "to": step.to.isoformat() if step.to else None,
        "at": rfc3339(step.at) if step.at else None,
    }


def _pause(pause: Pause, grounds: Mapping[str, str]) -> dict[str, Any]:
    return {
        "began_at": rfc3339(pause.began_at),
        "ended_at": rfc3339(pause.ended_at) if pause.ended_at else None,
        "ground": pause.ground,
        "ground_title": grounds.get(pause.ground, pause.ground),
    }


def _rung(rung: Rung, clock: Clock) -> dict[str, Any]:
    return {
        "id": rung.id,
        "kind": rung.kind,
        "color": rung.color,
        "at": rfc3339(rung.at),
        "to": rung.to,
        "fired": rung.id in clock.fired,
    }
