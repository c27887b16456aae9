"""Who reported a case."""

from application.shapes.shape import Shape


class SourceShape(Shape):
    """Who reported a case that was merged into this one."""

    case_id: str
    number: str
    name: str | None
    phone: str | None


class ReporterShape(Shape):
    """Who reported, as given; each may be missing. `sources`: of the cases merged into this one."""

    name: str | None
    phone: str | None
    sources: list[SourceShape]
