"""What was drawn by lot."""

from application.shapes.shape import Moment, Shape


class SeedSourceShape(Shape):
    """The last event before the draw fell due: when it was recorded, and its leaf's SHA-256 (hex)."""

    recorded_at: Moment
    leaf_sha256: str


class LotShape(Shape):
    """A division with its lot (hex); the lowest of a group are drawn. `rank` is from 1."""

    rank: int
    division: str
    name: str
    lot: str
    drawn: bool


class LotGroupShape(Shape):
    """The lots below one division."""

    division: str
    name: str
    lots: list[LotShape]


class DrawShape(Shape):
    """The draw of a round's period. A lot is SHA-256(seed/round/period/division).

    `faults`: what working it out again comes to otherwise, in words; `source` is null where no event gives a seed.
    """

    round: str
    period: str
    due_at: Moment
    seed: str
    source: SeedSourceShape | None
    count: int
    groups: list[LotGroupShape]
    faults: list[str]
