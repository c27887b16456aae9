"""What the API answers, as shapes: for its documentation, and for the tests that hold every answer against them."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """A part of an answer; a key that is not named here is a mistake."""

    model_config = ConfigDict(extra="forbid")


class ProcedureRef(Shape):
    """The procedure that a case is pinned to."""

    id: str
    version: int
    sha256: str


class Reporter(Shape):
    """Who reported, as given; each may be missing."""

    name: str | None
    phone: str | None


class Cards(Shape):
    """How many cards have been shown."""

    yellow: int
    red: int


class Limit(Shape):
    """`n` units: second, minute, hour, day, working_day, month."""

    n: int
    unit: str


class Clock(Shape):
    """A limit that runs, was met, or has lapsed. `due_at` is the first late instant."""

    id: str
    title: str
    state: str
    started_at: datetime
    due_at: datetime
    internal_due_at: datetime | None
    provisional: bool
    authority: str
    limit: Limit
    fired: list[str]


class Field(Shape):
    """One field of a form. `max`: characters, or the largest number."""

    name: str
    title: str
    type: str
    required: bool
    options: dict[str, str] | None = None
    max: int | None = None


class Action(Shape):
    """What this caller may do now."""

    id: str
    title: str
    reason_required: bool
    form: list[Field]


class Caused(Shape):
    """An event that a command caused."""

    version: int
    type: str


class Replay(Shape):
    """A case as of some point: what does not depend on who asks."""

    case_id: str
    number: str
    procedure: ProcedureRef
    title: str
    division: str
    stage: str
    stage_title: str
    level: str | None
    holder: str | None
    version: int
    closed: bool
    reopened: int
    escalations: int
    has_reporter: bool
    occurred_at: datetime
    opened_at: datetime
    recorded_at: datetime
    fields: dict[str, Any]
    cards: Cards
    clocks: list[Clock]


class Case(Replay):
    """A case, with what the caller may do; `events` only in answer to a command."""

    actions: list[Action]
    events: list[Caused] | None = None


class Listed(Shape):
    """A case in a list, with the names of what it refers to."""

    case_id: str
    number: str
    procedure: ProcedureRef
    procedure_title: str
    title: str
    division: str
    division_name: str
    stage: str
    stage_title: str
    level: str | None
    holder: str | None
    holder_name: str | None
    version: int
    closed: bool
    due_at: datetime | None
    cards: Cards
    escalations: int
    emergency: bool
    opened_at: datetime
    recorded_at: datetime


class CasePage(Shape):
    """`next`: what to send as `after` for the following page; null on the last."""

    items: list[Listed]
    next: str | None


class Counts(Shape):
    """Open cases of each sort; one case may be in several."""

    open: int
    overdue: int
    red: int
    yellow: int
    due_today: int
    escalated: int


class Board(CasePage):
    """The board of a division (or of a unit); `at`: the ledger's clock."""

    division: str
    name: str
    at: datetime
    counts: Counts


class Who(Shape):
    """A person, and the hat worn; both also in words, as the registers have them now."""

    id: str
    name: str
    hat: str
    hat_title: str


class Event(Shape):
    """An event as stored. `hash` is that of its leaf; `previous` that of the event before."""

    version: int
    type: str
    schema_: int
    occurred_at: datetime
    received_at: datetime
    recorded_at: datetime
    actor: Who
    data: dict[str, Any]
    hash: str
    previous: str

    model_config = ConfigDict(extra="forbid", alias_generator=lambda name: name.rstrip("_"))


class RefusedAttempt(Shape):
    """Somebody tried, and was refused."""

    recorded_at: datetime
    action: str
    actor: Who
    code: str
    detail: str | None


class History(Shape):
    """`refusals` only for inspectors and administrators."""

    events: list[Event]
    refusals: list[RefusedAttempt] | None = None


class Step(Shape):
    """One step of counting."""

    kind: str
    date: date | None
    at: datetime | None
    counted: bool
    words: str
    to: str | None
    provisional: bool


class Rung(Shape):
    """What a running clock does at `at`: warn, card, climb, lapse."""

    id: str
    kind: str
    color: str | None
    at: datetime
    to: str | None
    fired: bool


class Extended(Shape):
    """So many units more, granted at `at` on the authority of a rule."""

    n: int
    at: datetime
    authority: str


class Paused(Shape):
    """A time that does not count; `ended_at` is null while it lasts."""

    began_at: datetime
    ended_at: datetime | None
    ground: str
    ground_title: str


class Explanation(Shape):
    """How a clock came to its due date; `due_text` is how officials write it (24:00 of the last day).

    `limit` is without `extensions`. `text`: the words of all steps, numbered, one a line. While the clock is paused
    there is no step of kind `due`, and `due_at` is the date it had before.
    """

    clock: str
    title: str
    authority: str
    limit: Limit
    state: str
    started_at: datetime
    due_at: datetime
    due_text: str
    provisional: bool
    calendar: str
    extensions: list[Extended]
    pauses: list[Paused]
    text: str
    steps: list[Step]
    rungs: list[Rung]


class Division(Shape):
    """A division of an edition of the statistical codes."""

    code: str
    name: str
    level: str
    parent: str | None
    edition: int
    valid_from: date


class DivisionPage(Shape):
    """Divisions by code."""

    items: list[Division]
    next: str | None


class Unit(Shape):
    """A handling unit and the kinds of matter it handles."""

    id: str
    name: str
    division: str
    level: str
    kinds: list[str]


class UnitPage(Shape):
    """Units by id."""

    items: list[Unit]
    next: str | None
