"""Virtual time: a year in minutes, as a function of PostgreSQL's reading that every process computes alike."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

VARIABLE = "VIRTUAL_TIME"
NO_TIME = timedelta(0)
ROUNDING = timedelta(milliseconds=1)  # a timer set for an instant must not ring before it


@dataclass(frozen=True, slots=True)
class Virtual:
    """Stands at `start` until `begun` (real), runs `speed` times as fast for `whole` (virtual), then at its own pace.

    After the end it runs at real speed, so that what is left can settle and be counted.
    """

    start: datetime
    begun: datetime
    speed: float
    whole: timedelta

    def __call__(self, at: datetime) -> datetime:
        """What the real instant `at` counts as."""
        passed = max(at - self.begun, NO_TIME)
        return self.start + min(passed * self.speed, self.whole) + max(passed - self.whole / self.speed, NO_TIME)

    def real(self, at: datetime) -> datetime:
        """When the virtual instant `at` has come."""
        passed = max(at - self.start, NO_TIME)
        beyond = max(passed - self.whole, NO_TIME)
        return self.begun + min(passed, self.whole) / self.speed + beyond + ROUNDING

    @property
    def now(self) -> datetime:
        """By this machine's clock, which is PostgreSQL's here."""
        return self(datetime.now(UTC))

    @property
    def end(self) -> datetime:
        """When the hurry is over."""
        return self.start + self.whole

    def dump(self) -> str:
        """For another process."""
        start, begun = self.start.isoformat(), self.begun.isoformat()
        return json.dumps([start, begun, self.speed, self.whole.total_seconds()])


def load(text: str) -> Virtual:
    """What `dump` wrote."""
    start, begun, speed, whole = json.loads(text)
    return Virtual(datetime.fromisoformat(start), datetime.fromisoformat(begun), speed, timedelta(seconds=whole))
