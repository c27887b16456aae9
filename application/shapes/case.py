"""A case, as it stands or stood."""

from typing import Any

from application.shapes.clock import ClockShape
from application.shapes.form import FieldShape
from application.shapes.shape import Moment, Shape


class ProcedureRefShape(Shape):
    """The procedure that a case is pinned to."""

    id: str
    version: int
    sha256: str


class CardsShape(Shape):
    """How many cards have been shown."""

    yellow: int
    red: int


class ItemShape(Shape):
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


class TallyShape(Shape):
    """What a meeting counted. `held_on`: the day in Shanghai; `result`: no_quorum, passed or failed."""

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
    held_on: str
    result: str


class AnsweringShape(Shape):
    """Somebody who answers for a post as its holder, as a delegate or on duty, the first to be asked first.

    `until`: when that ends, where it is known.
    """

    name: str
    post: str
    basis: str
    until: Moment | None


class ActionShape(Shape):
    """What this caller may do now; `shared`: one of the verbs that every procedure has."""

    id: str
    title: str
    shared: bool
    reason_required: bool
    form: list[FieldShape]


class CausedShape(Shape):
    """An event that a command caused."""

    version: int
    type: str


class StateShape(Shape):
    """A case as of some point: what does not depend on who asks."""

    case_id: str
    number: str
    procedure: ProcedureRefShape
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
    occurred_at: Moment
    opened_at: Moment
    recorded_at: Moment
    fields: dict[str, Any]
    cards: CardsShape
    clocks: list[ClockShape]
    items: list[ItemShape]
    tallies: list[TallyShape]
    recused: list[str]
    parent: str | None
    merged_into: str | None
    hops: int
    first_unit: str | None
    failures: int
    documents: int
    sealed: bool


class ReplayShape(StateShape):
    """A case as it stood; `answering` only of an instant, for officials."""

    answering: list[AnsweringShape] | None = None


class CaseShape(StateShape):
    """A case, with what the caller may do; `events` only in answer to a command, `claim_code` only to an opening,
    `answering` only to officials who look.
    """

    claim_code: str | None = None
    actions: list[ActionShape]
    answering: list[AnsweringShape] | None = None
    events: list[CausedShape] | None = None
