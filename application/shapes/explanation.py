"""How a clock came to its due date, and how it stands."""

import datetime as dt

from application.shapes.clock import ExtensionShape, LimitShape, PauseShape
from application.shapes.shape import Moment, Shape


class CountingStepShape(Shape):
    """One step of counting."""

    kind: str
    date: dt.date | None
    at: Moment | None
    counted: bool
    words: str
    to: dt.date | None
    provisional: bool


class RungShape(Shape):
    """What a running clock does at `at`: warn, card, climb, lapse."""

    id: str
    kind: str
    color: str | None
    at: Moment
    to: str | None
    fired: bool


class GroundedPauseShape(PauseShape):
    """A pause with its ground in words."""

    ground_title: str


class BudgetShape(Shape):
    """How a clock stands at `at`: `consumed` and `left` make up `whole`, in seconds, days or working days.

    `left` is negative once it is late. The seconds since the start are `running_seconds` and `paused_seconds`.
    """

    at: Moment
    unit: str
    whole: int
    consumed: int
    left: int
    running_seconds: int
    paused_seconds: int


class ExplanationShape(Shape):
    """How a clock came to its due date; `due_text` is how officials write it (24:00 of the last day).

    `limit` is without `extensions`. `text`: the steps in words, one a line. Of a paused clock no step is `due`.
    """

    clock: str
    title: str
    authority: str
    limit: LimitShape
    state: str
    started_at: Moment
    due_at: Moment
    due_text: str
    provisional: bool
    calendar: str
    extensions: list[ExtensionShape]
    pauses: list[GroundedPauseShape]
    text: str
    steps: list[CountingStepShape]
    rungs: list[RungShape]
    budget: BudgetShape | None


class ExplanationsShape(Shape):
    """Every clock of a case, in the order in which they began."""

    items: list[ExplanationShape]
