"""Procedures as whoever opens a case needs them."""

from application.shapes.form import IntakeShape
from application.shapes.shape import Shape


class StageShape(Shape):
    """Where a case of a procedure can be."""

    id: str
    title: str
    closed: bool


class ProcedureShape(Shape):
    """What new cases take."""

    id: str
    version: int
    sha256: str
    title: str
    intake: IntakeShape
    stages: list[StageShape]


class ProcedurePageShape(Shape):
    """All of them: `next` is null."""

    items: list[ProcedureShape]
    next: str | None
