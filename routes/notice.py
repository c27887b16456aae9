"""Shapes of what is not the case itself: its history, reporters and documents, registers, health, problems."""

from datetime import date, datetime
from typing import Any

from pydantic import ConfigDict

from routes.shape import Field, ProcedureRef, Shape


class Source(Shape):
    """Who reported a case that was merged into this one."""

    case_id: str
    number: str
    name: str | None
    phone: str | None


class Reporter(Shape):
    """Who reported, as given; each may be missing. `sources`: of the cases merged into this one."""

    name: str | None
    phone: str | None
    sources: list[Source]


class Paper(Shape):
    """A document that was issued; `place`: which one of the case, from 1."""

    place: int
    document: str
    title: str
    number: str
    version: int
    issued_at: datetime


class Papers(Shape):
    """The documents of a case, in the order of issue."""

    items: list[Paper]


class FrozenCase(Shape):
    """An open case as a list froze it."""

    case_id: str
    number: str
    procedure: str
    title: str
    division: str
    stage: str
    stage_title: str
    holder: str | None
    due_at: datetime | None
    cards: dict[str, int]
    escalations: int


class FrozenList(Shape):
    """The open cases of a division as they stood at `as_of`, most urgent first; `unreadable`: so many more."""

    format: int
    division: str
    as_of: datetime
    without: list[str]
    unreadable: int
    cases: list[FrozenCase]


class StoodInFor(Shape):
    """Whose delegate somebody was when acting, and on which days, both included; as the registers knew it then."""

    id: str
    name: str
    from_on: date
    to_on: date


class Who(Shape):
    """A person, and the hat worn; both also in words, as the registers have them now. `for`: only of a delegate."""

    id: str
    name: str
    hat: str
    hat_title: str
    for_: StoodInFor | None = None

    model_config = ConfigDict(extra="forbid", alias_generator=lambda name: name.rstrip("_"))


class Event(Shape):
    """An event as stored. `hash` is that of its leaf; `previous` that of the event before.

    `imported`: it was taken over from another system, long after it occurred perhaps.
    """

    version: int
    imported: bool
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


class Read(Shape):
    """Somebody read the case, or `what` of it, while it was sealed, or who reported it."""

    at: datetime
    actor: Who
    what: str


class History(Shape):
    """`refusals` and `reads` (the newest 200) only for inspectors and administrators."""

    events: list[Event]
    refusals: list[RefusedAttempt] | None = None
    reads: list[Read] | None = None


class IntakeForm(Shape):
    """The form that opens a case."""

    title: str
    form: list[Field]


class Stage(Shape):
    """Where a case of a procedure can be."""

    id: str
    title: str
    closed: bool


class Procedure(Shape):
    """What new cases take."""

    id: str
    version: int
    sha256: str
    title: str
    intake: IntakeForm
    stages: list[Stage]


class ProcedurePage(Shape):
    """All of them: `next` is null."""

    items: list[Procedure]
    next: str | None


class Evidence(Shape):
    """A kept file; its sha256 is what `evidence` fields name, where whoever acts has uploaded it."""

    sha256: str
    size: int
    type: str


class Alive(Shape):
    """The process answers."""

    status: str


class Shelf(Shape):
    """What is released, and what is wrong with the files that are not."""

    released: list[ProcedureRef]
    faults: list[str]


class Ready(Shape):
    """`status`: ready or not_ready."""

    status: str
    database: dict[str, Any]
    schema_: dict[str, Any]
    procedures: Shelf
    temporal: dict[str, Any]

    model_config = ConfigDict(extra="forbid", alias_generator=lambda name: name.rstrip("_"))


class FieldError(Shape):
    """What is wrong with one field."""

    name: str
    code: str
    detail: str


class Problem(Shape):
    """RFC 9457. `code` is stable; `detail` is Chinese, for a person."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] | None = None


class Hit(Shape):
    """A case that is likely about the same matter. `score`: 0 to 100; `reason`: why, in words."""

    case_id: str
    number: str
    title: str
    stage_title: str
    closed: bool
    score: int
    reason: str


class Hits(Shape):
    """The likeliest first. `next` is always null: there are no more than a person would look at."""

    items: list[Hit]
    next: None
