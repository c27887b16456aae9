"""Events: what happened to a case, as past-tense facts. A stored (name, schema) pair can be read for ever.

Events carry due dates, rungs and holders, so that folding them needs neither procedure nor calendar.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from domain.instant import Instant
from domain.limit import Limit


@dataclass(frozen=True, slots=True)
class Rung:
    """Something that a clock does at `at`: kind warn, card, climb or lapse; `to` and `level` name who is told."""

    id: str
    at: Instant
    kind: str
    color: str | None = None
    to: str | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A started clock with everything it will do. `version`: the case version whose event started it."""

    id: str
    title: str
    limit: Limit
    roll: str
    authority: str
    started_at: Instant
    due_at: Instant
    internal_due_at: Instant | None
    provisional: bool
    calendar: str
    version: int
    window: bool = False
    state: str = "running"  # running, met, lapsed
    rungs: tuple[Rung, ...] = ()
    fired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """A handling unit as dispatched to: its id and the level of its division."""

    id: str
    level: str


@dataclass(frozen=True, slots=True)
class Move:
    """Where a case went: the stage, its holder, the clocks that stopped (by id) and started."""

    stage: str
    stage_title: str
    holder: str | None
    level: str | None
    closed: bool
    unit: Unit | None
    stopped: tuple[str, ...] = ()
    started: tuple[Clock, ...] = ()


@dataclass(frozen=True, slots=True)
class ProcedureRef:
    """The procedure a case runs under, pinned by hash."""

    id: str
    version: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """A matter became a case."""

    number: str
    procedure: ProcedureRef
    title: str
    division: str
    lineage: dict[str, str]
    fields: dict[str, Any]
    has_reporter: bool
    move: Move


@dataclass(frozen=True, slots=True)
class ActionTaken:
    """Somebody took an action; `move` when it led to a stage, `reopened` when it took the case up again."""

    action: str
    title: str
    fields: dict[str, Any] = field(default_factory=dict)
    reason: str | None = None
    move: Move | None = None
    reopened: bool = False


@dataclass(frozen=True, slots=True)
class ClockWarned:
    """A clock passed its internal due."""

    clock: str
    rung: str


@dataclass(frozen=True, slots=True)
class CardIssued:
    """A clock showed a yellow or red card."""

    clock: str
    rung: str
    color: str


@dataclass(frozen=True, slots=True)
class CaseEscalated:
    """An overdue clock reached the next post of its ladder; the lower one stays responsible."""

    clock: str
    rung: str
    to: str
    level: str


@dataclass(frozen=True, slots=True)
class ClockLapsed:
    """A window closed: what it allowed is no longer possible."""

    clock: str
    rung: str


Event = CaseOpened | ActionTaken | ClockWarned | CardIssued | CaseEscalated | ClockLapsed

# The names are literals in the ledger for ever; the number is the schema that is written today.
SCHEMAS: Mapping[type[Event], tuple[str, int]] = {
    CaseOpened: ("CaseOpened", 1),
    ActionTaken: ("ActionTaken", 1),
    ClockWarned: ("ClockWarned", 1),
    CardIssued: ("CardIssued", 1),
    CaseEscalated: ("CaseEscalated", 1),
    ClockLapsed: ("ClockLapsed", 1),
}
ADAPTERS: Mapping[str, TypeAdapter[Any]] = {name: TypeAdapter(kind) for kind, (name, _) in SCHEMAS.items()}
# (name, schema) → one step to schema + 1, on the raw document.
UPCASTS: Mapping[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {}
CURRENT: Mapping[str, int] = dict(SCHEMAS.values())


class UnknownEvent(Exception):
    """An event of a name or schema that this version cannot read: the program is older than the ledger."""


def name_of(event: Event) -> str:
    """The name under which the ledger keeps it."""
    return SCHEMAS[type(event)][0]


def dump(event: Event) -> tuple[str, int, bytes]:
    """The event's name, schema and JSON body as stored."""
    name, schema = SCHEMAS[type(event)]
    return name, schema, ADAPTERS[name].dump_json(event, exclude_defaults=True)


def load(name: str, schema: int, body: bytes | str) -> Event:
    """A stored event, lifted step by step to today's schema. Raises UnknownEvent."""
    if name not in CURRENT or not 1 <= schema <= CURRENT[name]:
        raise UnknownEvent(f"{name} schema {schema}")
    adapter: TypeAdapter[Event] = ADAPTERS[name]
    if schema == CURRENT[name]:
        return adapter.validate_json(body)
    document: dict[str, Any] = TypeAdapter(dict[str, Any]).validate_json(body)
    for step in range(schema, CURRENT[name]):
        document = UPCASTS[name, step](document)
    return adapter.validate_python(document)
