"""Why a date is what it is."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict

from application.declined import Declined
from application.look import Look, reads
from application.shapes.clock import ExtensionShape, LimitShape
from application.shapes.explanation import (
    BudgetShape,
    CountingStepShape,
    ExplanationShape,
    ExplanationsShape,
    GroundedPauseShape,
    RungShape,
)
from domain.clocks.budget import budget
from domain.clocks.clock import Clock
from domain.clocks.explanation import CountingStep, explain_clock, text
from domain.days.calendar import Calendar
from domain.days.instant import Instant, shown
from domain.rules.refusal import Code, Refusal
from ledger.identity.scope import now

UNKNOWN_CLOCK = Refusal(Code.UNKNOWN_CLOCK, "本事项没有这一时限")


@reads("explanation", inside=True)
async def explanation(look: Look, clock: str) -> ExplanationShape:
    """Every step that led to a clock's due date, by the calendar that it is counted on; its extensions and pauses."""
    found = look.case.clocks.get(clock)
    if found is None:
        raise Declined(UNKNOWN_CLOCK)
    return await _explanation(look, found)


@reads("explanation", inside=True)
async def explanations(look: Look) -> ExplanationsShape:
    """The same of every clock of the case."""
    return ExplanationsShape(items=[await _explanation(look, clock) for clock in look.case.clocks.values()])


async def _explanation(look: Look, found: Clock) -> ExplanationShape:
    calendar = await look.house.ledger.library.calendar(found.calendar)
    rule = (await look.procedure()).clocks.get(found.rule or found.id)  # none where it has moved to rules without it
    grounds = {**(rule.pauses if rule else {}), "merged": "并案"}
    # A limit of many years has thousands of steps: others must not wait for them.
    steps = await asyncio.to_thread(explain_clock, calendar, found, grounds)
    return _explained(found, steps, grounds, _budget(calendar, found, await now(look.connection)))


def _budget(calendar: Calendar, clock: Clock, at: Instant) -> BudgetShape | None:
    """What is used up and what is left at `at`; None for a clock that no longer runs."""
    if clock.state not in ("running", "paused"):
        return None
    stands = budget(calendar, clock, max(at, clock.started_at))
    return BudgetShape(
        at=at, unit=stands.unit, whole=stands.whole, consumed=stands.consumed, left=stands.left,
        running_seconds=int(stands.running.total_seconds()), paused_seconds=int(stands.paused.total_seconds()),
    )  # fmt: skip


def _explained(
    clock: Clock, steps: tuple[CountingStep, ...], grounds: Mapping[str, str], stands: BudgetShape | None
) -> ExplanationShape:
    return ExplanationShape(
        clock=clock.id,
        title=clock.title,
        authority=clock.authority,
        limit=LimitShape(n=clock.limit.n, unit=str(clock.limit.unit)),
        state=clock.state,
        started_at=clock.started_at,
        due_at=clock.due_at,
        due_text=shown(clock.due_at),
        provisional=clock.provisional,
        calendar=clock.calendar,
        extensions=[ExtensionShape(n=each.n, at=each.at, authority=each.authority) for each in clock.extensions],
        pauses=[
            GroundedPauseShape(
                began_at=each.began_at,
                ended_at=each.ended_at,
                ground=each.ground,
                ground_title=grounds.get(each.ground, each.ground),
            )
            for each in clock.pauses
        ],
        text=text(steps),
        steps=[CountingStepShape.model_validate(asdict(step)) for step in steps],
        rungs=[
            RungShape(
                id=each.id, kind=each.kind, color=each.color, at=each.at, to=each.to, fired=each.id in clock.fired
            )
            for each in clock.rungs
        ],
        budget=stands,
    )
