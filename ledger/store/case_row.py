"""The row of a case: its folded state with the columns by which it is found."""

from typing import Any
from uuid import UUID

from domain.case import state as cases
from domain.case.state import Case
from ledger.store.row import CaseRow, hex_bytes


def case_row(case_id: UUID, case: Case, previous_version: int, head: bytes) -> CaseRow:
    """The folded case with its search columns: a function of the state, so that all can be rebuilt from events."""
    return CaseRow(
        id=case_id,
        number=case.number,
        previous_version=previous_version,
        version=case.version,
        head=hex_bytes(head),
        fold=cases.FOLD,
        state=cases.dump(case).decode(),
        procedure=case.procedure.id,
        procedure_sha256=case.procedure.sha256,
        title=case.title,
        division=case.division,
        village=case.lineage.get("village"),
        township=case.lineage.get("township"),
        county=case.lineage["county"],
        unit=case.unit.id if case.unit else None,
        units=case.units,
        stage=case.stage,
        level=case.level,
        holder=case.holder,
        closed=case.closed,
        due_at=case.due_at,
        wake_at=case.wake_at,
        yellow=case.cards.get("yellow", 0),
        red=case.cards.get("red", 0),
        escalations=case.escalations,
        opened_by=case.opened_by,
        opened_at=case.opened_at,
        recorded_at=case.recorded_at,
        received_at=case.received_at or case.opened_at,
        matter=case.matter,
        outcome=_text(case.fields.get("outcome")),
        sealed=case.sealed or None,
        public=case.public,
        provisional=any(clock.provisional for clock in case.clocks.values()),
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
