"""Whether a process lives and can take work."""

from pydantic import ConfigDict

from application.shapes.case import ProcedureRefShape
from application.shapes.shape import Shape


class AliveShape(Shape):
    """The process answers."""

    status: str


class DatabaseShape(Shape):
    """Whether the database answers."""

    ok: bool


class SchemaShape(Shape):
    """Whether every table has the columns that this version reads; `version`: the last migration, where one was."""

    ok: bool
    version: str | None


class ShelfShape(Shape):
    """What is released, and what is wrong with the files that are not."""

    released: list[ProcedureRefShape]
    faults: list[str]


class TemporalShape(Shape):
    """Whether something listens where Temporal is configured to be."""

    address: str
    ok: bool


class ReadyShape(Shape):
    """`status`: ready or not_ready."""

    model_config = ConfigDict(extra="forbid", alias_generator=lambda name: name.rstrip("_"))

    status: str
    database: DatabaseShape
    schema_: SchemaShape
    procedures: ShelfShape
    temporal: TemporalShape
