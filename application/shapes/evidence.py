"""Files."""

from application.shapes.shape import Shape


class EvidenceShape(Shape):
    """A kept file; its sha256 is what `evidence` fields name, where whoever acts has uploaded it."""

    sha256: str
    size: int
    type: str
