"""The one door: what a command makes happen to a case. Total: events, nothing, or a Refusal; never an exception.

Whoever decides has let happen what is due before (`expiry.expire`), so that a late act never erases what it is late
for. Who may act is decided here and nowhere else, so that every refusal can be kept.
"""

from typing import assert_never

from domain.case.acting import act
from domain.case.command import Act, Command, Expire, Import, Open, Rebind, Rederive, Tell
from domain.case.context import Context
from domain.case.event import Event
from domain.case.happened import Happened
from domain.case.imported_past import imported
from domain.case.inbox import hear, rederived
from domain.case.opening import open_case
from domain.case.rule_change import rebound
from domain.case.sight import sees
from domain.case.state import Case
from domain.days.instant import Instant, utc
from domain.rules.form import legible
from domain.rules.refusal import Code, Refusal


def decide(case: Case | None, command: Command, context: Context | None, at: Instant) -> tuple[Happened, ...] | Refusal:
    """What `command` makes happen at `at`; () when there is nothing to do, or it is done already.

    `case`: None where there is none. `context`: None where no rules are known to decide by.
    """
    match command:
        case Expire():
            return ()  # what is due has happened before
        case Import():
            return _unknown(command.open.procedure) if context is None else imported(command, context, at)
        case Open():
            decided = _unknown(command.procedure) if context is None else open_case(command, context, at)
            occurred, received = command.occurred_at or at, command.received_at or at
            return _at(decided, occurred, received)
        case Act() | Tell() | Rederive() | Rebind():
            if case is None or context is None:
                return Refusal(Code.UNKNOWN_CASE, "没有这个事项")
            return _at(_of_case(case, command, context, at), at, at)
        case _:
            assert_never(command)


def _of_case(
    case: Case, command: Act | Tell | Rederive | Rebind, context: Context, at: Instant
) -> tuple[Event, ...] | Refusal:
    match command:
        case Act():
            if not sees(case, context.actor, context.home):
                return Refusal(Code.CASE_OUTSIDE_SCOPE, "该事项不在您的管辖范围内")
            return act(case, command, context, at)
        case Tell():
            return hear(case, command, context, at)
        case Rederive():
            return rederived(case, context, at)
        case Rebind():
            return rebound(case, command, context, at)
        case _:
            assert_never(command)


def _at(
    decided: tuple[Event, ...] | Refusal, occurred_at: Instant, received_at: Instant
) -> tuple[Happened, ...] | Refusal:
    if isinstance(decided, Refusal):
        return decided
    # One zone for what is stored: else a fold from the stored event would differ from this one.
    occurred_at = utc(occurred_at)
    return tuple(Happened(event, occurred_at, received_at) for event in decided)


def _unknown(procedure: str) -> Refusal:
    return Refusal(Code.UNKNOWN_PROCEDURE, f"没有名为“{legible(procedure, 40)}”的办理流程")
