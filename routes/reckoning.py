"""Shapes of an explanation: how a clock came to its due date, and how it stands."""

from datetime import date, datetime

from routes.shape import Extension, Limit, Pause, Shape


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


class Grounded(Pause):
    """A pause with its ground in words."""

    ground_title: str


class Budget(Shape):
    """How a clock stands at `at`: `consumed` and `left` make up `whole`, in seconds, days or working days.

    `left` is negative once it is late. The seconds since the start are `running_seconds` and `paused_seconds`.
    """

    at: datetime
    unit: str
    whole: int
    consumed: int
    left: int
    running_seconds: int
    paused_seconds: int


class Explanation(Shape):
    """How a clock came to its due date; `due_text` is how officials write it (24:00 of the last day).

    `limit` is without `extensions`. `text`: the steps in words, one a line. Of a paused clock no step is `due`.
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
    extensions: list[Extension]
    pauses: list[Grounded]
    budget: Budget | None
    text: str
    steps: list[Step]
    rungs: list[Rung]
