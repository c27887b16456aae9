"""When each round is due in a stretch of time, counted day by day from its file: nothing shared with the cadences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

from procedures import document

SHANGHAI = timezone(timedelta(hours=8))
ONE_DAY = timedelta(days=1)
FIRST_MONTHS = (1, 4, 7, 10)


@dataclass(frozen=True, slots=True)
class Expected:
    """A round as its file has it, and the instants at which it is due."""

    document: Mapping[str, Any]
    due: tuple[datetime, ...]

    @property
    def id(self) -> str:
        """Its name."""
        return str(self.document["id"])

    @property
    def drawn(self) -> int | None:
        """How many divisions a township draws; 0 when the file does not say how many, None when none is drawn."""
        draws = self.document.get("draws")
        return None if draws is None else int(draws.get("count", 0) if isinstance(draws, dict) else 0)

    @property
    def constant(self) -> dict[str, Any]:
        """The fields that every case of the round has."""
        fields = self.document.get("fields", {})
        return {name: value for name, value in fields.items() if "$" not in str(value)}


def expected(directory: Path, start: datetime, end: datetime) -> list[Expected]:
    """Every round of a directory, with what falls due from `start` to before `end`."""
    documents = [document(path) for path in sorted(directory.glob("*.yaml"))]
    return [Expected(each, tuple(_due(each["cadence"], start, end))) for each in documents]


def _due(cadence: Mapping[str, Any], start: datetime, end: datetime) -> Iterator[datetime]:
    day = start.astimezone(SHANGHAI).date()
    while day <= end.astimezone(SHANGHAI).date():
        moment = datetime.combine(day, time.fromisoformat(cadence["at"]), SHANGHAI).astimezone(UTC)
        if _on(cadence, day) and start <= moment < end:
            yield moment
        day += ONE_DAY


def _on(cadence: Mapping[str, Any], day: date) -> bool:
    match cadence["every"]:
        case "week":
            return day.isoweekday() == int(cadence["on"])
        case "month":
            return day.day == int(cadence["on"])
        case "quarter":
            return day.day == int(cadence["on"]) and day.month in FIRST_MONTHS
        case unknown:
            raise ValueError(f"no such cadence here: {unknown}")
