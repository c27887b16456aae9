"""What every route may ask for: the ledger, and a connection to read it by."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from ledger.ledger import Ledger
from routes.metrics import Metrics


@dataclass(slots=True)
class AppState:
    """One process: its ledger, where evidence is kept, what it counts, and how far its shelf is stocked."""

    evidence_dir: Path
    metrics: Metrics = field(default_factory=Metrics)
    ledger: Ledger = field(init=False)  # from the start of serving to its end
    stocked: bool = False
    faults: list[str] = field(default_factory=list)


def app_state(request: Request) -> AppState:
    """The house that this application was opened with."""
    found: AppState = request.app.state.house
    return found


def ledger(request: Request) -> Ledger:
    """Its ledger."""
    return app_state(request).ledger


TheAppState = Annotated[AppState, Depends(app_state)]
TheLedger = Annotated[Ledger, Depends(ledger)]
