"""What the API answers, as shapes: for its documentation, and for the tests that hold every answer against them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from routes.answering import Answering


class Shape(BaseModel):
    """A part of an answer; a key that is not named here is a mistake."""

    model_config = ConfigDict(extra="forbid")


class ProcedureRef(Shape):
    """The procedure that a case is pinned to."""

    id: str
    version: int
    sha256: str


class Cards(Shape):
    """How many cards have been shown."""

    yellow: int
    red: int


class Limit(Shape):
    """`n` units: second, minute, hour, day, working_day, month."""

    n: int
    unit: str


class Extension(Shape):
    """So many units more, and the rule that allowed it."""

    n: int
    at: datetime
    authority: str


class Pause(Shape):
    """A time that does not count; `ended_at` is null while it lasts."""

    began_at: datetime
    ended_at: datetime | None
    ground: str


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
    item: str | None
    extensions: list[Extension]
    pauses: list[Pause]


class Item(Shape):
    """A part of the case with an end of its own: whom it was asked of (`to`), and what was answered.

    `blocks`: the case cannot be closed while it is open.
    """

    id: str
    kind: str
    title: str
    state: str
    state_title: str
    to: str | None
    by: str
    unit: str | None
    blocks: bool
    data: dict[str, Any]
    answer: dict[str, Any]
    settled_by: str | None


class Tally(Shape):
    """What a meeting counted. `result`: no_quorum, passed or failed."""

    gate: str
    due: int
    present: int
    in_favour: int
    opposed: int
    quorate: bool
    passed: bool
    stage: str
    led_to: str
    version: int
    result: str


class Field(Shape):
    """One field of a form. `max`: characters, or the largest number. `many`: a list. `whole`: no fraction."""

    name: str
    title: str
    type: str
    required: bool
    options: dict[str, str] | None = None
    max: int | None = None
    min: int | None = None
    whole: bool = False
    many: bool = False


class Action(Shape):
    """What this caller may do now; `shared`: one of the verbs that every procedure has."""

    id: str
    title: str
    shared: bool
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
    items: list[Item]
    tallies: list[Tally]
    recused: list[str]
    parent: str | None
    merged_into: str | None
    hops: int
    first_unit: str | None
    failures: int
    documents: int
    sealed: bool
    answering: list[Answering] | None = None


class Case(Replay):
    """A case, with what the caller may do; `events` only in answer to a command, `claim_code` only to an opening."""

    claim_code: str | None = None
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
