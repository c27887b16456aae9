"""What every route may ask for: the ledger, and a connection to read it by."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from ledger.ledger import Ledger
from routes.metrics import Metrics


@dataclass(slots=True)
class House:
    """One process: its ledger, where evidence is kept, what it counts, and how far its shelf is stocked."""

    evidence_dir: Path
    metrics: Metrics = field(default_factory=Metrics)
    ledger: Ledger = field(init=False)  # from the start of serving to its end
    stocked: bool = False
    faults: list[str] = field(default_factory=list)


def house(request: Request) -> House:
    """The house that this application was opened with."""
    found: House = request.app.state.house
    return found


def ledger(request: Request) -> Ledger:
    """Its ledger."""
    return house(request).ledger


TheHouse = Annotated[House, Depends(house)]
TheLedger = Annotated[Ledger, Depends(ledger)]
