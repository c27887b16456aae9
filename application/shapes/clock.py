"""Clocks of a case."""

from application.shapes.shape import Moment, Shape


class LimitShape(Shape):
    """`n` units: second, minute, hour, day, working_day, month."""

    n: int
    unit: str


class ExtensionShape(Shape):
    """So many units more, and the rule that allowed it."""

    n: int
    at: Moment
    authority: str


class PauseShape(Shape):
    """A time that does not count; `ended_at` is null while it lasts."""

    began_at: Moment
    ended_at: Moment | None
    ground: str


class ClockShape(Shape):
    """A limit that runs, was met, or has lapsed. `due_at` is the first late instant."""

    id: str
    title: str
    state: str
    started_at: Moment
    due_at: Moment
    internal_due_at: Moment | None
    provisional: bool
    authority: str
    limit: LimitShape
    fired: list[str]
    item: str | None
    extensions: list[ExtensionShape]
    pauses: list[PauseShape]
