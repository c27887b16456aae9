"""Forms, as a client draws them."""

from application.shapes.shape import Shape


class FieldShape(Shape):
    """One field of a form. `max`: characters, or the largest number. `many`: a list. `whole`: no fraction."""

    name: str
    title: str
    type: str
    required: bool
    max: int | None = None
    min: int | None = None
    whole: bool = False
    many: bool = False
    options: dict[str, str] | None = None


class IntakeShape(Shape):
    """The form that opens a case."""

    title: str
    form: list[FieldShape]
