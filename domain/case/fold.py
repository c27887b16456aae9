"""The fold: what each event changes in the state of a case. It consults neither procedure nor calendar."""

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from typing import Any

from domain.case.event import (
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
    Event,
    FieldCorrected,
    GateCounted,
    ItemOpened,
    ItemSettled,
    NewsReceived,
    PersonRecused,
    ProcedureChanged,
)
from domain.case.item import Item
from domain.case.state import HOLD, Case, Doing, Fact, LeftStage
from domain.clocks.clock import Clock, Move


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
            return _lapsed(case, event, fact)
        case NewsReceived():
            return _moved(case, event.move, fact) | {"merged_into": None} if event.move else {}
        case CaseOpened():
            raise ValueError("a case is opened once")
        case _:
            return _noted(case, event, fact)


def _noted(case: Case, event: Event, fact: Fact) -> dict[str, Any]:
    """The fields that an event other than an opening, act, rung or news changes: clocks and items; then the rest."""
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
            return _noted_besides(case, event, fact)


def _noted_besides(case: Case, event: Event, fact: Fact) -> dict[str, Any]:
    """The same for meeting counts, recusals, corrected fields, changed procedures and notices. Raises ValueError."""
    match event:
        case GateCounted():
            return {"tallies": {**case.tallies, event.tally.gate: event.tally}}
        case PersonRecused():
            others = tuple(each for each in case.recused if each != event.person)
            again = (event.person,) if event.person and not event.lifted else ()
            names = (*case.recused_names, *([event.name] if event.name else []))
            return {"recused": (*others, *again), "recused_names": names}
        case FieldCorrected():
            said = {**case.said, event.field: fact.actor.person}
            return {"fields": {**case.fields, event.field: event.now}, "said": said}
        case ProcedureChanged():
            return _rebound(case, event)
        case DisciplineNotified():
            return {"notified": (*case.notified, event.ground)}
        case _:
            raise ValueError(f"no such event: {event}")


def _rebound(case: Case, event: ProcedureChanged) -> dict[str, Any]:
    dropped = {name: replace(case.clocks[name], state="dropped") for name in event.dropped}
    return {
        "procedure": event.procedure,
        "stage": event.stage,
        "stage_title": event.stage_title,
        "holder": event.holder,
        "level": event.level,
        "clocks": {**case.clocks, **{clock.id: clock for clock in event.clocks}, **dropped},
        "left": LeftStage(event.left, case.left.unit) if event.left and case.left else None,
        "sealed": event.sealed,
        "repeated": event.repeated,
    }


def _lapsed(case: Case, event: ClockLapsed, fact: Fact) -> dict[str, Any]:
    clocks = {**case.clocks, event.clock: replace(case.clocks[event.clock], state="lapsed", rungs=(), fired=())}
    if event.then is None:
        return {"clocks": clocks}
    clocks |= {clock.id: clock for clock in event.then.resumed}
    lapsed = changed(case, {"clocks": clocks, "fields": {**case.fields, **event.then.fields}})
    changes = {"clocks": clocks, "fields": lapsed.fields}
    move = event.then.move
    if move is None:
        return changes
    # `then` was computed when the window opened, so its list of clocks to stop is out of date: every clock that runs
    # or is paused now stops. `_moved` starts those of the new stage afterwards.
    running = [clock.id for clock in clocks.values() if clock.state in ("running", "paused")]
    return changes | _moved(lapsed, replace(move, stopped=tuple(running)), fact)


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
    """`clocks` with those of `ids` that run or are paused set to `met`: no rung of theirs fires any more."""
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
        opened_as=str(fact.actor.hat),
        has_reporter=event.has_reporter,
        fields=event.fields,
        received_at=None if fact.received_at == fact.recorded_at else fact.received_at,
        parent=event.parent,
        matter=event.matter,
        code=event.code,
        repeated=event.repeated,
        papers=tuple(paper.document for paper in event.papers),
        said=dict.fromkeys(event.fields, fact.actor.person),
    )
    return replace(opened, **_moved(opened, event.move, fact))


def _acted(case: Case, event: ActionTaken, fact: Fact) -> dict[str, Any]:
    before = case.done.get(event.action)
    persons = before.persons if before else ()
    if fact.actor.person not in persons:
        persons = (*persons, fact.actor.person)
    changes: dict[str, Any] = {
        "done": {**case.done, event.action: Doing(persons, fact.version, before.times + 1 if before else 1)},
        "reopened": case.reopened + event.reopened,
        "failures": case.failures + event.failure,
        "papers": (*case.papers, *(paper.document for paper in event.papers)),
    }
    if event.item is None and not event.aside:
        changes["fields"] = {**case.fields, **event.fields}
        changes["said"] = {**case.said, **dict.fromkeys(event.fields, fact.actor.person)}
    if event.papers:
        changes["said"] = {}  # nobody may correct what an issued document quotes (verbs/correct.py)
    if event.move:
        changes |= _moved(case, event.move, fact)
        if event.move.closed and event.other:
            changes["merged_into"] = event.other
    if event.stopped or event.started:
        clocks = _stopped(changes.get("clocks", case.clocks), event.stopped)
        changes["clocks"] = {**clocks, **{clock.id: clock for clock in event.started}}
    return changes


def _ends(item: Item, move: Move) -> bool:
    """Whether this move ends an open item: it is `passing`, the case closes, or its addressee may not look there."""
    return item.passing or move.closed or bool(move.sealed and item.to and item.to not in move.sealed)


def _moved(case: Case, move: Move, fact: Fact) -> dict[str, Any]:
    unit = None if move.released else move.unit or case.unit
    ended = [item for item in case.items.values() if item.open and _ends(item, move)]
    over = [*move.stopped, *(item.id for item in ended), *([HOLD] if move.closed else [])]
    clocks = _stopped(case.clocks, over)
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
        "left": LeftStage(case.stage, case.unit) if move.remembers else None,
        "had_by": (*case.had_by, move.unit.id) if move.unit else case.had_by,
        "sealed": move.sealed,
        "public": move.public,
    }
    if move.stage != case.stage:
        changes["arrived_at"] = fact.recorded_at
    if ended:
        title = "随事项办结" if move.closed else "随阶段变化终止"
        closed = {item.id: replace(item, state="ended", state_title=title) for item in ended}
        changes["items"] = {**case.items, **closed}
    return changes


def _fired(case: Case, clock_id: str, rung: str) -> dict[str, Any]:
    clock = case.clocks[clock_id]
    return {"clocks": {**case.clocks, clock_id: replace(clock, fired=(*clock.fired, rung))}}
