"""Shapes of the registers: divisions, units, duties, grids, and the duty room."""

from datetime import date, datetime

from pydantic import ConfigDict

from routes.shape import Shape


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


class Duty(Shape):
    """A duty on a list: duty, task or negative. `matters`: the matter codes that it covers."""

    division: str
    list_: str
    code: str
    title: str
    basis: str
    matters: list[str]
    valid_from: date
    valid_to: date | None

    model_config = ConfigDict(extra="forbid", alias_generator=lambda name: name.rstrip("_"))


class DutyPage(Shape):
    """Duties by division, list and code."""

    items: list[Duty]
    next: str | None


class Grid(Shape):
    """A grid and who walks it; `phone` is the office number that is published."""

    code: str
    name: str
    level: str
    worker: str | None
    phone: str | None


class Grids(Shape):
    """The grids of a village, the general grid above it first."""

    items: list[Grid]


class Contact(Shape):
    """Who is in touch with a household; `phone` is the grid's, which is published. Null: nobody yet."""

    village: str
    household: str
    contact: str | None
    phone: str | None


class Shift(Shape):
    """Somebody's time on duty."""

    person: str
    name: str
    from_at: datetime
    to_at: datetime


class Handover(Shape):
    """What one shift told the next."""

    written_at: datetime
    giver: str
    giver_name: str
    taker: str
    taker_name: str
    words: str


class DutyRoom(Shape):
    """Who is on duty now; the last notes, the newest first."""

    on_duty: list[Shift]
    handovers: list[Handover]
