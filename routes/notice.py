"""Shapes of what is not about cases: procedures, evidence, health, problems."""

from typing import Any

from pydantic import ConfigDict

from routes.shape import Field, ProcedureRef, Shape


class IntakeForm(Shape):
    """The form that opens a case."""

    title: str
    form: list[Field]


class Stage(Shape):
    """Where a case of a procedure can be."""

    id: str
    title: str
    closed: bool


class Procedure(Shape):
    """What new cases take."""

    id: str
    version: int
    sha256: str
    title: str
    intake: IntakeForm
    stages: list[Stage]


class ProcedurePage(Shape):
    """All of them: `next` is null."""

    items: list[Procedure]
    next: str | None


class Evidence(Shape):
    """A kept file; its sha256 is what `evidence` fields name."""

    sha256: str
    size: int
    type: str


class Alive(Shape):
    """The process answers."""

    status: str


class Shelf(Shape):
    """What is released, and what is wrong with the files that are not."""

    released: list[ProcedureRef]
    faults: list[str]


class Ready(Shape):
    """`status`: ready or not_ready."""

    status: str
    database: dict[str, Any]
    schema_: dict[str, Any]
    procedures: Shelf
    temporal: dict[str, Any]

    model_config = ConfigDict(extra="forbid", alias_generator=lambda name: name.rstrip("_"))


class FieldError(Shape):
    """What is wrong with one field."""

    name: str
    code: str
    detail: str


class Problem(Shape):
    """RFC 9457. `code` is stable; `detail` is Chinese, for a person."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] | None = None
