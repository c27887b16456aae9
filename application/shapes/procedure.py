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


class CheckedProcedureShape(Shape):
    """A file as it was checked; what it is, where it can be read, and everything that is wrong with it, in words."""

    file: str
    id: str | None
    version: int | None
    title: str | None
    faults: list[str]


class CheckedProceduresShape(Shape):
    """Files in the order in which they were named."""

    items: list[CheckedProcedureShape]
