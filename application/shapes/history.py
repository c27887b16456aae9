"""What happened to a case."""

from datetime import date
from typing import Any

from pydantic import ConfigDict

from application.shapes.shape import Moment, Shape


class StoodInForShape(Shape):
    """Whose delegate somebody was when acting, and on which days, both included; as the registers knew it then."""

    id: str
    name: str
    from_on: date
    to_on: date


class WhoShape(Shape):
    """A person, and the hat worn; both also in words, as the registers have them now. `for`: only of a delegate."""

    model_config = ConfigDict(extra="forbid", alias_generator=lambda name: name.rstrip("_"))

    id: str
    hat: str
    for_: StoodInForShape | None = None
    name: str
    hat_title: str


class EventShape(Shape):
    """An event as stored. `hash` is that of its leaf; `previous` that of the event before.

    `imported`: it was taken over from another system, long after it occurred perhaps.
    """

    model_config = ConfigDict(extra="forbid", alias_generator=lambda name: name.rstrip("_"))

    version: int
    imported: bool
    type: str
    schema_: int
    occurred_at: Moment
    received_at: Moment
    recorded_at: Moment
    actor: WhoShape
    data: dict[str, Any]
    hash: str
    previous: str


class RefusedAttemptShape(Shape):
    """Somebody tried, and was refused."""

    recorded_at: Moment
    action: str
    actor: WhoShape
    code: str
    detail: str | None


class ReadShape(Shape):
    """Somebody read the case, or `what` of it, while it was sealed, or who reported it."""

    at: Moment
    actor: WhoShape
    what: str


class HistoryShape(Shape):
    """`refusals` and `reads` (the newest 200) only for inspectors and administrators."""

    events: list[EventShape]
    refusals: list[RefusedAttemptShape] | None = None
    reads: list[ReadShape] | None = None
