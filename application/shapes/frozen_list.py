"""The list of open cases that an analysis was opened with."""

from application.shapes.shape import Moment, Shape


class FrozenCaseShape(Shape):
    """An open case as a list froze it."""

    case_id: str
    number: str
    procedure: str
    title: str
    division: str
    stage: str
    stage_title: str
    holder: str | None
    due_at: Moment | None
    cards: dict[str, int]
    escalations: int


class FrozenListShape(Shape):
    """The open cases of a division as they stood at `as_of`, most urgent first; `unreadable`: so many more."""

    format: int
    division: str
    as_of: Moment
    without: list[str]
    unreadable: int
    cases: list[FrozenCaseShape]
