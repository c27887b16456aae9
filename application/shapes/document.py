"""Documents that were issued in a case."""

from application.shapes.shape import Moment, Shape


class DocumentShape(Shape):
    """A document that was issued; `place`: which one of the case, from 1."""

    place: int
    document: str
    title: str
    number: str
    version: int
    issued_at: Moment


class DocumentsShape(Shape):
    """The documents of a case, in the order of issue."""

    items: list[DocumentShape]
