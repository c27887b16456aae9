"""Cases that are likely about the same matter."""

from application.shapes.shape import Shape


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
