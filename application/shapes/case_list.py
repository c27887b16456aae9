"""Lists of cases, and the board."""

from application.shapes.case import CardsShape, ProcedureRefShape
from application.shapes.shape import Moment, Shape


class ListedCaseShape(Shape):
    """A case in a list, with the names of what it refers to."""

    case_id: str
    number: str
    procedure: ProcedureRefShape
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
    due_at: Moment | None
    escalations: int
    emergency: bool
    opened_at: Moment
    recorded_at: Moment
    cards: CardsShape


class CasePageShape(Shape):
    """`next`: what to send as `after` for the following page; null on the last."""

    items: list[ListedCaseShape]
    next: str | None


class CountsShape(Shape):
    """Open cases of each sort; one case may be in several."""

    open: int
    overdue: int
    red: int
    yellow: int
    due_today: int
    escalated: int


class BoardShape(Shape):
    """The board of a division (or of a unit); `at`: the ledger's clock; `next` as of a list."""

    division: str
    name: str
    at: Moment
    counts: CountsShape
    items: list[ListedCaseShape]
    next: str | None


class PlaceShape(Shape):
    """A division, or a handling unit at level `unit`."""

    code: str
    name: str
    level: str


class SurroundingsShape(Shape):
    """Where a board lies: its county, itself, what the viewer may choose instead, and what the viewer is called."""

    county: PlaceShape
    place: PlaceShape
    choices: list[PlaceShape]
    viewer_name: str
    scope_name: str
