"""The state of a case, folded from its events."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from pydantic import TypeAdapter

from domain.event import (
    ActionTaken,
    CardIssued,
    CaseEscalated,
    CaseOpened,
    Clock,
    ClockLapsed,
    ClockWarned,
    Event,
    Move,
    ProcedureRef,
    Rung,
    Unit,
)
from domain.hat import Actor
from domain.instant import Instant

# The version of this fold. Any change to `evolve` or `Case` must raise it: stored states are then folded again
# from events (tests/domain/test_fold.py compares the fold of golden histories and forces the bump).
FOLD = 2


@dataclass(frozen=True, slots=True)
class Fact:
    """An event with its place: version in the case, times, and who acted under which hat."""

    version: int
    event: Event
    occurred_at: Instant
    recorded_at: Instant
    actor: Actor


@dataclass(frozen=True, slots=True)
class Doing:
    """Who has taken an action (persons, for the separation of duties) and the version when it was last taken."""

    persons: tuple[str, ...]
    version: int


@dataclass(frozen=True)  # without slots: `changed` copies its dictionary, the hottest step of every fold
class Case:
    """Everything that deciding about a case needs, and nothing that needs a rule to be understood."""

    number: str
    procedure: ProcedureRef
    title: str
    division: str
    lineage: dict[str, str]
    stage: str
    stage_title: str
    holder: str | None
    level: str | None
    closed: bool
    version: int
    opened_at: Instant
    occurred_at: Instant
    recorded_at: Instant
    opened_by: str = ""
    has_reporter: bool = False
    unit: Unit | None = None
    units: tuple[str, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)
    done: dict[str, Doing] = field(default_factory=dict)
    clocks: dict[str, Clock] = field(default_factory=dict)
    cards: dict[str, int] = field(default_factory=dict)
    escalations: int = 0
    reopened: int = 0

    @property
    def facts(self) -> dict[str, Any]:
        """What conditions in a procedure may speak of: the form fields, the unit and its level."""
        return {
            **self.fields,
            "unit": self.unit.id if self.unit else None,
            "unit_level": self.unit.level if self.unit else None,
        }

    @property
    def wake_at(self) -> Instant | None:
        """When something next happens by itself; None when nothing will."""
        return min((rung.at for clock in self.clocks.values() for rung in pending(clock)), default=None)

    @property
    def due_at(self) -> Instant | None:
        """The earliest due date of the running clocks that are duties (windows are not)."""
        running = [c.due_at for c in self.clocks.values() if c.state == "running" and not c.window]
        return min(running, default=None)


def pending(clock: Clock) -> tuple[Rung, ...]:
    """What a running clock has still to do, in order."""
    if clock.state != "running":
        return ()
    return tuple(rung for rung in clock.rungs if rung.id not in clock.fired)


def fold(case: Case | None, facts: Iterable[Fact]) -> Case | None:
    """The state after `facts`, starting from `case` (None: before the first)."""
    return reduce(evolve, facts, case)


def evolve(case: Case | None, fact: Fact) -> Case:
    """The state after one more event."""
    event = fact.event
    if isinstance(event, CaseOpened):
        return _opened(event, fact)
    if case is None:
        raise ValueError("a case begins with CaseOpened")
    return changed(case, {"version": fact.version, "recorded_at": fact.recorded_at, **_changes(case, event, fact)})


def changed(case: Case, changes: dict[str, Any]) -> Case:
    """A copy with some fields changed: `dataclasses.replace` without the checks, for it runs once an event."""
    copy = object.__new__(Case)
    copy.__dict__.update(case.__dict__, **changes)
    return copy


def _changes(case: Case, event: Event, fact: Fact) -> dict[str, Any]:
    """The fields of the state that an event changes."""
    match event:
        case ActionTaken():
            return _acted(case, event, fact)
        case ClockWarned():
            return _fired(case, event.clock, event.rung)
        case CardIssued():
            cards = {**case.cards, event.color: case.cards.get(event.color, 0) + 1}
            return {"cards": cards, **_fired(case, event.clock, event.rung)}
        case CaseEscalated():
            climbed = {"level": event.level, "escalations": case.escalations + 1}
            return {**climbed, **_fired(case, event.clock, event.rung)}
        case ClockLapsed():
            lapsed = replace(case.clocks[event.clock], state="lapsed", rungs=(), fired=())
            return {"clocks": {**case.clocks, event.clock: lapsed}}
        case CaseOpened():
            raise ValueError("a case is opened once")


def _opened(event: CaseOpened, fact: Fact) -> Case:
    opened = Case(
        number=event.number,
        procedure=event.procedure,
        title=event.title,
        division=event.division,
        lineage=event.lineage,
        stage=event.move.stage,
        stage_title=event.move.stage_title,
        holder=event.move.holder,
        level=event.move.level,
        closed=False,
        version=fact.version,
        opened_at=fact.recorded_at,
        occurred_at=fact.occurred_at,
        recorded_at=fact.recorded_at,
        opened_by=fact.actor.person,
        has_reporter=event.has_reporter,
        fields=event.fields,
    )
    return replace(opened, **_moved(opened, event.move))


def _acted(case: Case, event: ActionTaken, fact: Fact) -> dict[str, Any]:
    before = case.done.get(event.action)
    persons = before.persons if before else ()
    if fact.actor.person not in persons:
        persons = (*persons, fact.actor.person)
    changes = {
        "done": {**case.done, event.action: Doing(persons, fact.version)},
        "fields": {**case.fields, **event.fields},
        "reopened": case.reopened + event.reopened,
    }
    return {**changes, **_moved(case, event.move)} if event.move else changes


def _moved(case: Case, move: Move) -> dict[str, Any]:
    clocks = dict(case.clocks)
    for stopped in move.stopped:
        clocks[stopped] = replace(clocks[stopped], state="met", rungs=(), fired=())
    clocks.update({clock.id: clock for clock in move.started})
    unit = move.unit or case.unit
    units = case.units if unit is None or unit.id in case.units else (*case.units, unit.id)
    return {
        "stage": move.stage,
        "stage_title": move.stage_title,
        "holder": move.holder,
        "level": move.level,
        "closed": move.closed,
        "unit": unit,
        "units": units,
        "clocks": clocks,
    }


def _fired(case: Case, clock_id: str, rung: str) -> dict[str, Any]:
    clock = case.clocks[clock_id]
    return {"clocks": {**case.clocks, clock_id: replace(clock, fired=(*clock.fired, rung))}}


STATE: TypeAdapter[Case] = TypeAdapter(Case)


def dump(case: Case) -> bytes:
    """The state as stored beside its FOLD."""
    return STATE.dump_json(case, exclude_defaults=True)


def load(state: bytes | str) -> Case:
    """A stored state of today's FOLD."""
    return STATE.validate_json(state)
