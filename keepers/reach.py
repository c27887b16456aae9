"""Whether Temporal is within reach, which decides how long Patrol leaves an overdue case to its keeper."""

import time
from collections.abc import Callable
from datetime import timedelta

from keepers.metric import REACHABLE

PATIENCE = timedelta(seconds=10)
# While Temporal is away, and for long enough after that its pollers are back, Patrol waits less for keepers.
PATIENCE_AWAY = timedelta(milliseconds=100)
RETURN_SECONDS = 15.0


class Reach:
    """Whether Temporal can be relied upon at the moment."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._away_at = clock()
        self.away()

    def away(self) -> None:
        """It did not answer."""
        self._away_at = self._clock()
        REACHABLE.set(0)

    def here(self) -> None:
        """It answered."""
        REACHABLE.set(1)

    def patience(self) -> timedelta:
        """How long Patrol leaves an overdue case to its keeper."""
        lately = self._clock() - self._away_at < RETURN_SECONDS
        return PATIENCE_AWAY if lately else PATIENCE
