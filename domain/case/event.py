"""Events: what happened to a case, as past-tense facts. A stored (name, schema) pair can be read for ever.

Events carry due dates, rungs and holders, so that folding them needs neither procedure nor calendar.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from domain.case.item import Item
from domain.clocks.clock import Clock, Extension, Move, Then
from domain.days.instant import Instant
from domain.rules.vote import Tally


@dataclass(frozen=True, slots=True)
class ProcedureRef:
    """The procedure a case runs under, pinned by hash."""

    id: str
    version: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """How many red cards or failed closures make the case count as repeated; `to`: the hat that is then notified."""

    red: int
    failures: int
    to: str


@dataclass(frozen=True, slots=True)
class Document:
    """A numbered document as it was issued: its whole text, as it can be printed and served."""

    document: str
    title: str
    number: str
    text: str


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
    parent: str | None = None  # the case that spawned it
    matter: str | None = None  # which matter it is about, as a digest: the same for every case about it
    code: str | None = None  # the digest of the claim code
    repeated: Repeated | None = None
    papers: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionTaken:
    """Somebody took an action; `move` when it led to a stage, `reopened` when it took the case up again.

    `item`: what was said is about this item and not about the whole case. `other`: the case that it was about.
    """

    action: str
    title: str
    fields: dict[str, Any] = field(default_factory=dict)
    reason: str | None = None
    move: Move | None = None
    reopened: bool = False
    item: str | None = None
    aside: bool = False  # the form's answers belong to this act and do not become fields of the case
    other: str | None = None
    failure: bool = False
    started: tuple[Clock, ...] = ()
    stopped: tuple[str, ...] = ()
    papers: tuple[Document, ...] = ()


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
    """A window closed unused; `then`: the move or the resumed clocks that follow, None when nothing does."""

    clock: str
    rung: str
    then: Then | None = None


@dataclass(frozen=True, slots=True)
class ClockExtended:
    """A clock got more time; cards not yet fired are re-armed, fired ones stay."""

    clock: Clock
    extension: Extension
    was_due_at: Instant


@dataclass(frozen=True, slots=True)
class ClocksPaused:
    """These clocks stopped. `hold`: a clock that ends the pause at the latest then; None: only an action ends it."""

    clocks: tuple[Clock, ...]
    ground: str
    ground_title: str
    hold: Clock | None = None


@dataclass(frozen=True, slots=True)
class ClocksResumed:
    """These clocks run on; the clock `hold` that would have ended the pause by itself is met."""

    clocks: tuple[Clock, ...]


@dataclass(frozen=True, slots=True)
class ClockRederived:
    """A clock counted again by a new calendar: `clock` as it is now, beside the due date and calendar that it had."""

    clock: Clock
    was_due_at: Instant
    was_calendar: str
    was_provisional: bool


@dataclass(frozen=True, slots=True)
class ItemOpened:
    """Something was asked of somebody within the case; `clock` when it has a time of its own."""

    item: Item
    clock: Clock | None = None


@dataclass(frozen=True, slots=True)
class ItemSettled:
    """An item came to its end."""

    item: str
    state: str
    state_title: str
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GateCounted:
    """A vote was counted, or counted again without the vote of somebody who is recused (DOMAIN §4)."""

    tally: Tally
    again: bool = False


@dataclass(frozen=True, slots=True)
class PersonRecused:
    """A person may take no part in the case (`lifted`: may again). `name`: of somebody not in the registers."""

    person: str | None
    name: str | None = None
    lifted: bool = False


@dataclass(frozen=True, slots=True)
class FieldCorrected:
    """A mistake was corrected; the earlier value stays in the event that said it, and here."""

    field: str
    was: Any
    now: Any


@dataclass(frozen=True, slots=True)
class DisciplineNotified:
    """The case counts as repeated: the discipline organ is notified. `ground`: red or failures."""

    to: str
    ground: str  # red, failures
    count: int


@dataclass(frozen=True, slots=True)
class NewsReceived:
    """Another case said what happened: merged, split_off, declined, linked, child_closed."""

    kind: str
    other: str
    number: str
    words: str
    move: Move | None = None


@dataclass(frozen=True, slots=True)
class ProcedureChanged:
    """The case goes on under other rules, with every clock that is otherwise; `dropped`: clocks not known there."""

    procedure: ProcedureRef
    was: ProcedureRef
    was_stage: str
    stage: str
    stage_title: str
    holder: str | None
    level: str | None
    approved_by: str
    clocks: tuple[Clock, ...] = ()
    dropped: tuple[str, ...] = ()
    left: str | None = None
    sealed: tuple[str, ...] = ()
    repeated: Repeated | None = None


Event = (
    CaseOpened | ActionTaken | ClockWarned | CardIssued | CaseEscalated | ClockLapsed | ClockExtended | ClocksPaused
    | ClocksResumed | ClockRederived | ItemOpened | ItemSettled | GateCounted | PersonRecused | FieldCorrected
    | DisciplineNotified | NewsReceived | ProcedureChanged
)  # fmt: skip

# The names are literals in the ledger for ever; the number is the schema that is written today.
SCHEMAS: Mapping[type[Event], tuple[str, int]] = {
    CaseOpened: ("CaseOpened", 1),
    ActionTaken: ("ActionTaken", 1),
    ClockWarned: ("ClockWarned", 1),
    CardIssued: ("CardIssued", 1),
    CaseEscalated: ("CaseEscalated", 1),
    ClockLapsed: ("ClockLapsed", 1),
    ClockExtended: ("ClockExtended", 1),
    ClocksPaused: ("ClocksPaused", 1),
    ClocksResumed: ("ClocksResumed", 1),
    ClockRederived: ("ClockRederived", 1),
    ItemOpened: ("ItemOpened", 1),
    ItemSettled: ("ItemSettled", 1),
    GateCounted: ("GateCounted", 1),
    PersonRecused: ("PersonRecused", 1),
    FieldCorrected: ("FieldCorrected", 1),
    DisciplineNotified: ("DisciplineNotified", 1),
    NewsReceived: ("NewsReceived", 1),
    ProcedureChanged: ("ProcedureChanged", 1),
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
