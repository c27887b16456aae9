"""Moving running cases to what new cases of a procedure take: foreseen, asked for, approved by another, run, undone."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from application.caller import Caller
from application.declined import Declined
from application.house import House
from application.trace import traced_list
from domain.rules.refusal import Code, Refusal
from ledger.changes import rule_change as moves
from ledger.changes.preview import CaseChange, ClockChange, foreseen

__all__ = ["CaseChange", "ClockChange", "Foreseen", "Moved", "approve", "ask", "foresee", "run", "undo"]

UNKNOWN_MOVE = Refusal(Code.NOT_FOUND, "没有这次换版")
SHOWN_MAX = 200  # cases; what is sealed among them leaves a trace


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a move would do to each case, the first SHOWN_MAX to be shown; `rules`: what they say otherwise."""

    changes: Sequence[CaseChange]
    rules: Sequence[str]


@dataclass(frozen=True, slots=True)
class Moved:
    """How many cases came to which outcome; and those that stayed: number, outcome, words."""

    counts: Mapping[str, int]
    stayed: Sequence[tuple[str, str, str | None]]


async def foresee(house: House, caller: Caller, procedure: str, stages: Mapping[str, str]) -> Foreseen:
    """What would change; nothing does. `stages`: old → new. Raises Declined."""
    ledger, actor = house.ledger, caller.actor
    async with _declining():
        await moves.allowed(ledger, actor)
        to = await moves.pinned(ledger, procedure, actor.hat.scope)
        changes = [change async for change in foreseen(ledger, actor, procedure, to, stages)]
        rules = await moves.otherwise(ledger, procedure, actor.hat.scope, to)
    await traced_list(house, caller, sum(change.sealed for change in changes[:SHOWN_MAX]))
    return Foreseen(changes, rules)


async def ask(house: House, caller: Caller, procedure: str, stages: Mapping[str, str]) -> UUID:
    """Put a move down for a second person; its id. Raises Declined."""
    async with _declining():
        return (await moves.ask(house.ledger, caller.actor, procedure, stages)).id


async def approve(house: House, caller: Caller, procedure: str, which: str) -> Sequence[str]:
    """Stand for a move that somebody else has asked for; what its rules say otherwise. Raises Declined."""
    async with _declining():
        move = await _move(house, caller, procedure, which)
        rules = await moves.otherwise(house.ledger, procedure, move.county, move.to)
        await moves.approve(house.ledger, caller.actor, move.id)
    return rules


async def run(house: House, caller: Caller, procedure: str, which: str) -> Moved:
    """Move the cases of an approved move that have not been moved yet. Raises Declined."""
    async with _declining():
        move = await _move(house, caller, procedure, which)
        counts = await moves.run(house.ledger, move.id)
        return Moved(counts, await moves.kept(house.ledger, move.id, "outcome"))


async def undo(house: House, caller: Caller, procedure: str, which: str) -> Moved:
    """Put the cases of a move back under their former rules. Raises Declined."""
    async with _declining():
        move = await _move(house, caller, procedure, which)
        counts = await moves.undo(house.ledger, caller.actor, move.id)
        return Moved(counts, await moves.kept(house.ledger, move.id, "undone"))


async def _move(house: House, caller: Caller, procedure: str, which: str) -> moves.RuleMove:
    """The move of this id, if it is of the procedure and of the caller's county."""
    await moves.allowed(house.ledger, caller.actor)
    try:
        found = await moves.stored(house.ledger, UUID(which))
    except (ValueError, moves.RuleChangeRefused):
        raise Declined(UNKNOWN_MOVE) from None
    if found.procedure != procedure or found.county != caller.hat.scope:
        raise Declined(UNKNOWN_MOVE)
    return found


@asynccontextmanager
async def _declining() -> AsyncIterator[None]:
    try:
        yield
    except moves.RuleChangeRefused as error:
        raise Declined(Refusal(Code.REQUIREMENT_NOT_MET, str(error))) from None
