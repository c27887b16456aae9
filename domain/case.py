"""The state of a case, folded from its events."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from pydantic import TypeAdapter

from domain.clock import Clock, Move, Rung, Unit
from domain.event import (
    ActionTaken,
    CardIssued,
    CaseEscalated,
    CaseOpened,
    ClockExtended,
    ClockLapsed,
    ClockRederived,
    ClocksPaused,
    ClocksResumed,
    ClockWarned,
    DisciplineNotified,
    DocumentIssued,
    Event,
    FieldCorrected,
    GateCounted,
    ItemOpened,
    ItemSettled,
    NewsReceived,
    PersonRecused,
    ProcedureRef,
    Repeated,
)
from domain.gate import Tally
from domain.hat import Actor
from domain.instant import Instant
from domain.item import Item

# The version of this fold. Any change to `evolve` or `Case` must raise it: stored states are then folded again
# from events (tests/domain/test_fold.py compares the fold of golden histories and forces the bump).
FOLD = 3
HOLD = "hold"  # the clock that ends a pause by itself


@dataclass(frozen=True, slots=True)
class Fact:
    """An event with its place: version in the case, times, and who acted under which hat."""

    version: int
    event: Event
    occurred_at: Instant
    recorded_at: Instant
    actor: Actor
    received_at: Instant | None = None  # None: when it was recorded


@dataclass(frozen=True, slots=True)
class Doing:
    """Who has taken an action (persons, for the separation of duties), when it was last taken (version), how often."""

    persons: tuple[str, ...]
    version: int
    times: int = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stood before it was sent back: the stage and the unit that had it."""

    stage: str
    unit: Unit | None


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
    received_at: Instant | None = None  # None: at opening
    parent: str | None = None
    matter: str | None = None
    merged_into: str | None = None
    items: dict[str, Item] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)
    recused: tuple[str, ...] = ()
    left: Standing | None = None
    hops: int = 0
    failures: int = 0
    documents: int = 0
    sealed: tuple[str, ...] = ()
    repeated: Repeated | None = None
    notified: tuple[str, ...] = ()

    @property
    def facts(self) -> dict[str, Any]:
        """What conditions in a procedure may speak of: the form fields, and what the engine knows of the case."""
        returns = [item for item in self.items.values() if item.kind == "return"]
        return {
            **self.fields,
            **{f"gate_{name}": tally.result for name, tally in self.tallies.items()},
            "unit": self.unit.id if self.unit else None,
            "unit_level": self.unit.level if self.unit else None,
            "returns": sum(item.state == "accepted" for item in returns),
            "unit_returned": any(self.unit and item.from_unit == self.unit.id for item in returns),
            "returned": self.left is not None,
            "has_reporter": self.has_reporter,
        }

    @property
    def held(self) -> Clock | None:
        """The clock that will end a pause, while one lasts."""
        hold = self.clocks.get(HOLD)
        return hold if hold and hold.state == "running" else None

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
            return _lapsed(case, event)
        case NewsReceived():
            return _moved(case, event.move) | {"merged_into": None} if event.move else {}
        case CaseOpened():
            raise ValueError("a case is opened once")
        case _:
            return _noted(case, event, fact)


def _noted(case: Case, event: Event, fact: Fact) -> dict[str, Any]:
    """What needs no more than noting: clocks counted again, items, counts and notices."""
    match event:
        case ClockExtended() | ClockRederived():
            return {"clocks": {**case.clocks, event.clock.id: event.clock}}
        case ClocksPaused():
            held = [*event.clocks, *([event.hold] if event.hold else ())]
            return {"clocks": {**case.clocks, **{clock.id: clock for clock in held}}}
        case ClocksResumed():
            return {"clocks": _stopped({**case.clocks, **{clock.id: clock for clock in event.clocks}}, [HOLD])}
        case ItemOpened():
            return _item_opened(case, event)
        case ItemSettled():
            return _item_settled(case, event, fact)
        case _:
            return _told(case, event)


def _told(case: Case, event: Event) -> dict[str, Any]:
    match event:
        case GateCounted():
            return {"tallies": {**case.tallies, event.tally.gate: event.tally}}
        case PersonRecused():
            return {"recused": (*case.recused, event.person)} if event.person else {}
        case FieldCorrected():
            return {"fields": {**case.fields, event.field: event.now}}
        case DocumentIssued():
            return {"documents": case.documents + 1}
        case DisciplineNotified():
            return {"notified": (*case.notified, event.ground)}
        case _:
            raise ValueError(f"no such event: {event}")


def _lapsed(case: Case, event: ClockLapsed) -> dict[str, Any]:
    clocks = {**case.clocks, event.clock: replace(case.clocks[event.clock], state="lapsed", rungs=(), fired=())}
    if event.then is None:
        return {"clocks": clocks}
    clocks |= {clock.id: clock for clock in event.then.resumed}
    lapsed = changed(case, {"clocks": clocks, "fields": {**case.fields, **event.then.fields}})
    changes = {"clocks": clocks, "fields": lapsed.fields}
    move = event.then.move
    if move is None:
        return changes
    # It was worked out when the window opened: what runs now, and is not the move's own, stops.
    running = [clock.id for clock in clocks.values() if clock.state in ("running", "paused")]
    return changes | _moved(lapsed, replace(move, stopped=tuple(running)))


def _item_opened(case: Case, event: ItemOpened) -> dict[str, Any]:
    changes: dict[str, Any] = {"items": {**case.items, event.item.id: event.item}}
    if event.clock:
        changes["clocks"] = {**case.clocks, event.clock.id: event.clock}
    if event.item.unit and event.item.unit.id not in case.units:
        changes["units"] = (*case.units, event.item.unit.id)
    return changes


def _item_settled(case: Case, event: ItemSettled, fact: Fact) -> dict[str, Any]:
    settled = replace(
        case.items[event.item],
        state=event.state,
        state_title=event.state_title,
        answer=event.answer,
        settled_by=fact.actor.person,
    )
    return {"items": {**case.items, event.item: settled}, "clocks": _stopped(case.clocks, [event.item])}


def _stopped(clocks: dict[str, Clock], ids: Iterable[str]) -> dict[str, Clock]:
    """The clocks, those of `ids` that run or are paused met."""
    met = {
        clock_id: replace(clocks[clock_id], state="met", rungs=(), fired=(), then=None)
        for clock_id in ids
        if clock_id in clocks and clocks[clock_id].state in ("running", "paused")
    }
    return {**clocks, **met}


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
        received_at=None if fact.received_at == fact.recorded_at else fact.received_at,
        parent=event.parent,
        matter=event.matter,
        repeated=event.repeated,
    )
    return replace(opened, **_moved(opened, event.move))


def _acted(case: Case, event: ActionTaken, fact: Fact) -> dict[str, Any]:
    before = case.done.get(event.action)
    persons = before.persons if before else ()
    if fact.actor.person not in persons:
        persons = (*persons, fact.actor.person)
    changes: dict[str, Any] = {
        "done": {**case.done, event.action: Doing(persons, fact.version, before.times + 1 if before else 1)},
        "reopened": case.reopened + event.reopened,
        "failures": case.failures + event.failure,
    }
    if event.item is None:
        changes["fields"] = {**case.fields, **event.fields}
    if event.move:
        changes |= _moved(case, event.move)
        if event.move.closed and event.other:
            changes["merged_into"] = event.other
    if event.stopped or event.started:
        clocks = _stopped(changes.get("clocks", case.clocks), event.stopped)
        changes["clocks"] = {**clocks, **{clock.id: clock for clock in event.started}}
    return changes


def _moved(case: Case, move: Move) -> dict[str, Any]:
    unit = None if move.released else move.unit or case.unit
    ended = [item for item in case.items.values() if item.open and (item.passing or move.closed)]
    clocks = _stopped(case.clocks, [*move.stopped, *(item.id for item in ended)])
    clocks.update({clock.id: clock for clock in move.started})
    changes: dict[str, Any] = {
        "stage": move.stage,
        "stage_title": move.stage_title,
        "holder": move.holder,
        "level": move.level,
        "closed": move.closed,
        "unit": unit,
        "units": case.units if unit is None or unit.id in case.units else (*case.units, unit.id),
        "clocks": clocks,
        "left": Standing(case.stage, case.unit) if move.remembers else None,
        "hops": case.hops + (move.unit is not None),
        "sealed": move.sealed,
    }
    if ended:
        over = {item.id: replace(item, state="ended", state_title="随事项结束") for item in ended}
        changes["items"] = {**case.items, **over}
    return changes


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
