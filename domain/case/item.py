"""Items: parts of a case that are asked of somebody and followed to an end of their own, beside the stages.

A co-handler's share, an instruction, a request for an extension, a signature, a topic, a material, a child case: each
is opened by one action and settled by another, may have a clock, and may keep the case from closing.
"""

from dataclasses import dataclass, field
from typing import Any

from domain.clocks.clock import HandlingUnit

OPEN = "open"


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `to`: the hat that answers for it; `by`: the person who opened it; `from_unit`: whose case it was.

    `group` joins items that are decided together; `answer` is what was said when it was settled.
    """

    id: str
    kind: str
    title: str
    version: int
    by: str
    to: str | None = None
    from_unit: str | None = None
    unit: HandlingUnit | None = None
    state: str = OPEN
    state_title: str | None = None
    blocks: bool = False
    passing: bool = False
    binding: bool = False
    group: int | None = None
    data: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    settled_by: str | None = None

    @property
    def open(self) -> bool:
        """Whether it is still to be answered."""
        return self.state == OPEN
