"""The registers: divisions, units, duties, grids, contacts, and the duty room."""

from datetime import date, datetime
from typing import Any

from pydantic import ConfigDict

from application.shapes.shape import Shape


class DivisionShape(Shape):
    """A division of an edition of the statistical codes."""

    code: str
    name: str
    level: str
    parent: str | None
    edition: int
    valid_from: date


class DivisionPageShape(Shape):
    """Divisions by code."""

    items: list[DivisionShape]
    next: str | None


class UnitShape(Shape):
    """A handling unit and the kinds of matter it handles."""

    id: str
    name: str
    division: str
    level: str
    kinds: list[str]


class UnitPageShape(Shape):
    """Units by id."""

    items: list[UnitShape]
    next: str | None


class DutyShape(Shape):
    """A duty on a list: duty, task or negative. `matters`: the matter codes that it covers."""

    model_config = ConfigDict(extra="forbid", alias_generator=lambda name: name.rstrip("_"))

    division: str
    list_: str
    code: str
    valid_from: date
    valid_to: date | None
    title: str
    basis: str
    matters: list[str]


class DutyPageShape(Shape):
    """Duties by division, list and code."""

    items: list[DutyShape]
    next: str | None


class GridShape(Shape):
    """A grid and who walks it; `phone` is the office number that is published."""

    code: str
    name: str
    level: str
    phone: str | None
    worker: str | None


class GridsShape(Shape):
    """The grids of a village, the general grid above it first."""

    items: list[GridShape]


class ContactShape(Shape):
    """Who is in touch with a household; `phone` is the grid's, which is published. Null: nobody yet."""

    village: str
    household: str
    contact: str | None
    phone: str | None


class ShiftShape(Shape):
    """Somebody's time on duty."""

    person: str
    name: str
    from_at: datetime
    to_at: datetime


class HandoverShape(Shape):
    """What one shift told the next."""

    written_at: datetime
    giver: str
    giver_name: str
    taker: str
    taker_name: str
    words: str


class DutyRoomShape(Shape):
    """Who is on duty now; the last notes, the newest first."""

    on_duty: list[ShiftShape]
    handovers: list[HandoverShape]


class RegisterShape(Shape):
    """A register as it stands, or what was taken back of it: each row as its columns are called where it is loaded,
    and what else is known of it (level, sample, voided_…).
    """

    kind: str
    title: str
    items: list[dict[str, Any]]


class GapShape(Shape):
    """`what` nobody has or is there for; `code`: of a division, a grid, a household or a hat."""

    what: str
    code: str
    name: str


class GapsShape(Shape):
    """Everything that is missing in a division and below it, sort by sort."""

    items: list[GapShape]
