"""What trials ask of their clients (Wanted) and get back (Report): JSON between two processes."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to do: `cases` lives by `count` clients; `hot`: so many seconds of progress on those cases, then no more."""

    addresses: list[str]
    tokens: dict[str, str]
    report: str
    cases: int
    count: int
    seed: int
    think_seconds: float
    give_up_seconds: float
    hot_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A command that was answered for good, and what the client knows of it."""

    person: str
    key: str
    action: str
    case_id: str
    version: int
    sha256: str
    asked_at: float  # of the last attempt, seconds since 1970
    unknown: int  # attempts whose outcome was unknown


@dataclass
class Report:
    """What came of it."""

    acknowledged: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unlike: list[str] = field(default_factory=list)  # repeats that were answered otherwise
    undelivered: int = 0
    repeated: int = 0
    unfinished: int = 0
