"""Cases that are likely about the same matter."""

from application.shapes.shape import Moment, Shape


class SimilarCaseShape(Shape):
    """A case that is likely about the same matter. `score`: 0 to 100; `reason`: why, in words."""

    case_id: str
    number: str
    title: str
    stage_title: str
    closed: bool
    score: int
    reason: str


class SimilarCasesShape(Shape):
    """The likeliest first. `next` is always null: there are no more than a person would look at."""

    items: list[SimilarCaseShape]
    next: None


class WeightShape(Shape):
    """One weight of likeness: what holds now, and what holds where nobody has set it."""

    name: str
    title: str
    value: float
    default: float


class WeightsShape(Shape):
    """By which weights cases are likely the same."""

    items: list[WeightShape]


class WeightChangeShape(Shape):
    """Who set the weights why; `weights`: name → value, as they were from then on."""

    at: Moment
    by: str
    hat: str
    reason: str
    weights: dict[str, float]


class WeightChangesShape(Shape):
    """The latest first."""

    items: list[WeightChangeShape]
