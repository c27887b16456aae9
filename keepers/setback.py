"""Cases that failed lately rest for a while, so that they never hold up the others."""

import time
from dataclasses import dataclass, field
from uuid import UUID


@dataclass
class Setbacks:
    """Rests of `rest_seconds`, doubling with each failure in a row up to `rest_seconds_max`."""

    rest_seconds: float
    rest_seconds_max: float
    _until: dict[UUID, tuple[float, float]] = field(default_factory=dict)  # case → (until, how long)

    def resting(self) -> list[UUID]:
        """The cases to leave alone for now."""
        now = time.monotonic()
        return [case_id for case_id, (until, _) in self._until.items() if until > now]

    def failed(self, case_id: UUID) -> None:
        """Send it to rest."""
        _, before = self._until.get(case_id, (0.0, self.rest_seconds / 2))
        rest = min(before * 2, self.rest_seconds_max)
        self._until[case_id] = (time.monotonic() + rest, rest)

    def succeeded(self, case_id: UUID) -> None:
        """Forget its failures."""
        self._until.pop(case_id, None)
