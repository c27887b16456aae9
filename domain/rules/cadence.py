"""Cadences: when a round comes round again, in Shanghai, and what each of its periods is called."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from pydantic import Field, model_validator

from domain.days.instant import SHANGHAI, Instant, day_of, utc
from domain.format import HOUR
from domain.rules.rule import Part

QUARTERS = "一二三四"
ONE_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """One turn of a round. `key` sorts by time; `name` and `previous` (the one before) are for people."""

    key: str
    name: str
    previous: str
    previous_key: str
    due_at: Instant


class Cadence(Part):
    """Every month on day `on`, every quarter on day `on` of its first month, or every week on weekday `on` (1 Monday).

    `at`: HH:MM in Shanghai. Days after the 28th would not come every month.
    """

    every: Literal["month", "quarter", "week"]
    on: int = Field(ge=1, le=28)
    at: str = Field(pattern=HOUR)

    @model_validator(mode="after")
    def _weekdays_are_seven(self) -> "Cadence":
        if self.every == "week" and self.on > 7:
            raise ValueError("星期应为 1 至 7")
        return self

    @property
    def time(self) -> time:
        """The time of day in Shanghai."""
        return time.fromisoformat(self.at)

    def periods(self, since: Instant, until: Instant) -> Iterator[Period]:
        """Those that fall due from `since` to `until`, both included, in order."""
        first = self._first(day_of(since))
        while (period := self._period(first)).due_at <= until:
            if period.due_at >= since:
                yield period
            first = self._later(first, 1)

    def _first(self, day: date) -> date:
        """The first day of the month, quarter or week that `day` lies in."""
        if self.every == "week":
            return day - timedelta(days=day.weekday())
        return date(day.year, day.month if self.every == "month" else (day.month - 1) // 3 * 3 + 1, 1)

    def _later(self, first: date, turns: int) -> date:
        if self.every == "week":
            return first + turns * ONE_WEEK
        months = first.year * 12 + first.month - 1 + turns * (1 if self.every == "month" else 3)
        return date(months // 12, months % 12 + 1, 1)

    def _period(self, first: date) -> Period:
        (key, name), (previous_key, previous) = self._called(first), self._called(self._later(first, -1))
        moment = datetime.combine(first + timedelta(days=self.on - 1), self.time, SHANGHAI)
        return Period(key, name, previous, previous_key, utc(moment))

    def _called(self, first: date) -> tuple[str, str]:
        if self.every == "week":
            year, week, _ = first.isocalendar()
            return f"{year}-W{week:02}", f"{year}年第{week}周"
        if self.every == "quarter":
            quarter = (first.month - 1) // 3
            return f"{first.year}-Q{quarter + 1}", f"{first.year}年第{QUARTERS[quarter]}季度"
        return f"{first.year}-{first.month:02}", f"{first.year}年{first.month}月"
