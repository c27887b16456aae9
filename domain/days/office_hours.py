"""Office hours: from one time to another on every working day, in Shanghai. Outside them the duty roster answers."""

import re
from dataclasses import dataclass
from datetime import time

from domain.days.calendar import Calendar
from domain.days.instant import Instant, local

_SPAN = re.compile(r"(([01]\d|2[0-3]):[0-5]\d)-(([01]\d|2[0-3]):[0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """From `begins` on, until `ends`, which is the first instant after them."""

    begins: time
    ends: time

    @classmethod
    def parse(cls, text: str) -> "OfficeHours":
        """Read `08:00-18:00`. Raises ValueError with words for a person."""
        match = _SPAN.fullmatch(text)
        if match is None or match[1] >= match[3]:
            raise ValueError(f"办公时间应写作 08:00-18:00，止应晚于起；收到的是“{text[:40]}”")
        return cls(time.fromisoformat(match[1]), time.fromisoformat(match[3]))

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"

    def open(self, calendar: Calendar, at: Instant) -> bool:
        """Whether the offices are open at `at`; a year whose holidays are not published goes by its weekdays."""
        there = local(at)
        return calendar.is_working(there.date()) and self.begins <= there.time() < self.ends


DEFAULT = OfficeHours(time(8), time(18))
