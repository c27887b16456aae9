"""What a process works with: its ledger, its files, and how far its shelf is stocked."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ledger.ledger import Ledger, open_ledger


def _uncounted(_: str) -> None:
    """Where nobody counts."""


@dataclass(slots=True)
class Shelf:
    """Whether procedures and calendars have been released, and what is wrong with the files that were not."""

    stocked: bool = False
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class House:
    """Every function of the application is given it first. `ruled` is told the outcome of each ruling, to count it."""

    ledger: Ledger
    evidence_dir: Path
    ruled: Callable[[str], None] = _uncounted
    shelf: Shelf = field(default_factory=Shelf)


@asynccontextmanager
async def opened(url: str, evidence_dir: Path, size: int = 4) -> AsyncIterator[House]:
    """The house on the ledger at `url` with so many connections, which are made when first needed."""
    async with open_ledger(url, size=size) as ledger:
        yield House(ledger, evidence_dir)
