"""Lists of open cases for an analysis: made once for an instant of the past, frozen, named by their digest."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.canonical import canonical
from domain.case.state import Case
from domain.days.instant import Instant, rfc3339
from domain.rules.hat import Level
from ledger.read.as_of import open_cases
from ledger.store.connection import Connection
from ledger.store.table import analysis

FREEZE = "insert into analysis (sha256, division, as_of, body) values ($1, $2, $3, $4) on conflict do nothing"

FORMAT = 1
PROCEDURE = "analysis"  # whose cases name such a list


@dataclass(frozen=True, slots=True)
class Frozen:
    """A list: its canonical JSON, and how many cases it has, and overdue ones."""

    division: str
    as_of: Instant
    body: str
    cases: int
    overdue: int

    @property
    def sha256(self) -> str:
        """What names it, hex."""
        return hashlib.sha256(self.body.encode()).hexdigest()


async def counted(
    connection: Connection, level: Level, division: str, at: Instant, without: Sequence[str] = ()
) -> Frozen:
    """The open cases of the division as they stood at `at`: a function of the ledger, the same whenever it is asked.

    Sealed ones and those of the procedures `without` are left out; one that cannot be read is counted only.
    """
    found: list[tuple[UUID, Case]] = []
    unreadable = 0
    async for case_id, case in open_cases(connection, level, division, at):
        if case is None:
            unreadable += 1
        elif not case.sealed and case.procedure.id not in without:
            found.append((case_id, case))
    found.sort(key=lambda each: (each[1].due_at is None, each[1].due_at, each[1].number))
    whole = {
        "format": FORMAT,
        "division": division,
        "as_of": rfc3339(at),
        "without": sorted(without),
        "unreadable": unreadable,
        "cases": [_line(case_id, case) for case_id, case in found],
    }
    body = canonical(whole)
    overdue = sum(case.due_at is not None and case.due_at <= at for _, case in found)
    return Frozen(division, at, body, len(found), overdue)


def _line(case_id: UUID, case: Case) -> dict[str, Any]:
    return {
        "case_id": str(case_id),
        "number": case.number,
        "procedure": case.procedure.id,
        "title": case.title,
        "division": case.division,
        "stage": case.stage,
        "stage_title": case.stage_title,
        "holder": case.holder,
        "due_at": rfc3339(case.due_at) if case.due_at else None,
        "cards": dict(case.cards),
        "escalations": case.escalations,
    }


async def freeze(connection: Connection, frozen: Frozen) -> None:
    """Keep the list for ever."""
    await connection.execute(
        FREEZE,
        frozen.sha256,
        frozen.division,
        frozen.as_of,
        frozen.body,
    )


async def kept(connection: AsyncConnection, sha256: str) -> str | None:
    """A list as it was frozen, or None when there is none of this digest."""
    text: str | None = await connection.scalar(select(analysis.c.body).where(analysis.c.sha256 == sha256))
    return text
