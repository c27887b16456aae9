"""Importing: the past of a matter from another system, decided part by part at the instants at which it happened."""

from dataclasses import dataclass, field
from itertools import pairwise

from domain.case.acting import act
from domain.case.command import Act, Import, Open
from domain.case.context import Context
from domain.case.event import ActionTaken
from domain.case.expiry import expire
from domain.case.fold import evolve
from domain.case.happened import Happened
from domain.case.inbox import ENGINE
from domain.case.opening import open_case
from domain.case.state import Case, Fact
from domain.days.instant import Instant, utc
from domain.rules.hat import Actor, Hat, Role
from domain.rules.refusal import Code, Refusal

IMPORTING = (Role.INTEGRATION, Role.ADMINISTRATOR)


@dataclass
class _Life:
    """The case and its events after the parts decided so far. `now`: the instant at which all of it is recorded."""

    context: Context
    now: Instant
    case: Case | None = None
    happened: list[Happened] = field(default_factory=list)

    def record(self, happened: Happened) -> None:
        version = len(self.happened) + 1
        actor = Actor(ENGINE, Hat("clock", "-")) if happened.firing else self.context.actor
        fact = Fact(version, happened.event, happened.occurred_at, self.now, actor, happened.received_at)
        self.case = evolve(self.case, fact)
        self.happened.append(happened)

    def expire(self, at: Instant) -> None:
        """What time alone does up to `at`, in its order."""
        while self.case is not None and (firings := expire(self.case, at)):
            for firing in firings:
                self.record(Happened(firing.event, firing.due_at, firing.due_at, firing))


def imported(command: Import, context: Context, now: Instant) -> tuple[Happened, ...] | Refusal:
    """Everything that has happened up to `now`, in order, or why the matter cannot be taken over."""
    refusal = _unfit(command, context, now)
    if refusal:
        return refusal
    life = _Life(context, now)
    parts: list[tuple[Instant | None, Open | Act]] = [(command.at, command.open), *command.steps]
    for moment, part in parts:
        at = utc(moment or now)
        life.expire(at)
        if isinstance(part, Open):
            decided = open_case(part, context, at)
        else:
            assert life.case is not None  # opened before, or refused
            decided = act(life.case, part, context, at)
        if isinstance(decided, Refusal):
            return decided
        opens = isinstance(part, Open) and context.procedure.intake.issues
        if opens or any(isinstance(event, ActionTaken) and event.papers for event in decided):
            return Refusal(Code.DOCUMENT_IN_PAST, "迁入不能补开文书，而该流程的这一步会开出文书")
        # Whatever the limits are counted from: the matter occurred, and reached an office, there and then.
        then = utc((part.occurred_at if isinstance(part, Open) else None) or at)
        for event in decided:
            life.record(Happened(event, then, then))
    life.expire(now)
    return tuple(life.happened)


def _unfit(command: Import, context: Context, now: Instant) -> Refusal | None:
    """Why the import is refused before its first part is decided; None when it can begin."""
    if context.actor.hat.role not in IMPORTING:
        return Refusal(Code.HAT_NOT_ALLOWED, "只有接入系统和管理员可以迁入事项")
    if not context.procedure.intake.transfers:
        return Refusal(Code.NOT_FOR_IMPORT, f"“{context.procedure.title}”不接受迁入，不能补记过去的时间")
    moments = [command.at or now, *(at or now for at, _ in command.steps), now]
    if any(later < earlier for earlier, later in pairwise(moments)):
        return Refusal(Code.OUT_OF_ORDER, "迁入的各步须按时间先后，且不晚于现在")
    return None
