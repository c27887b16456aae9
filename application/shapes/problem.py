"""Why something was not done."""

from application.shapes.shape import Shape


class FieldProblemShape(Shape):
    """What is wrong with one field."""

    name: str
    code: str
    detail: str


class ProblemShape(Shape):
    """RFC 9457. `code` is stable; `detail` is Chinese, for a person; `errors` only where fields are at fault."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblemShape] | None = None
