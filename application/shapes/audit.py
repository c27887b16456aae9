"""Whether the books are right."""

from application.shapes.shape import Shape


class FaultsShape(Shape):
    """Everything that is wrong, in words, each with the case and version it stands at."""

    items: list[str]


class RebuildShape(Shape):
    """How many cases were folded again, and where the stored rows said otherwise; `mended`: they no longer do."""

    cases: int
    differences: list[str]
    mended: bool
