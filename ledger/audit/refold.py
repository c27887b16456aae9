"""Folding the ledger again: every case with its rows, and what its events make of it."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

import asyncpg

from domain.case import state as cases
from domain.case.fold import evolve
from ledger.registrar.request import TAKEN
from ledger.store.case_row import case_row
from ledger.store.connection import Connection
from ledger.store.journal import chained
from ledger.store.row import CaseRow
from ledger.store.shingle import ShingleRow, shingle_row
from ledger.store.stored_case import fact

# The next cases by id: those with a row, and those of which there are only events.
IDS = """
select id from (select id from "case" where id > $1 order by id limit $2) a union select case_id
from (select distinct case_id from event where case_id > $1 order by case_id limit $2) b order by 1 limit $2
"""
# What cases are found by.
SHINGLES = "select case_id, grams from shingle where case_id = any($1)"
# The journals of some cases.
EVENTS = "select * from event where case_id = any($1) order by case_id, version"
# The commands that brought about their events.
COMMANDS = "select id, case_id, from_version, to_version from command where case_id = any($1) and outcome = any($2)"
# The rows of some cases.
ROWS = 'select * from "case" where id = any($1)'

BATCH = 500

Row = asyncpg.Record


@dataclass(frozen=True, slots=True)
class File:
    """All that the ledger holds of one case; `row` is None where the case row is gone, `grams` where these are."""

    case_id: UUID
    row: Row | None
    events: Sequence[Row]
    commands: Sequence[Row]
    grams: Sequence[str] | None = None

    @property
    def name(self) -> str:
        """How a person finds the case."""
        return f"事项 {self.row['number']}（{self.case_id}）" if self.row else f"事项 {self.case_id}"

    def refolded(self) -> CaseRow:
        """The case row that the events make. Raises UNREADABLE."""
        case = None
        for event in self.events:
            case = evolve(case, fact(event))
        if case is None:
            raise ValueError("no events")
        previous = self.row["previous_version"] if self.row else case.version - 1
        return case_row(self.case_id, case, previous, chained(event["leaf"] for event in self.events))

    def shingled(self, rebuilt: CaseRow) -> ShingleRow | None:
        """The shingles that the refolded case has, where others are stored or none."""
        expected = shingle_row(self.case_id, cases.load(rebuilt.state))
        return None if self.grams == expected.grams else expected

    def differences(self, expected: CaseRow) -> list[str]:
        """The columns in which the case row is not the refolded one; a state of another fold does not count."""
        if self.row is None:
            return ["id"]
        row = self.row
        ignored = {"head", "fold"} | ({"state"} if row["fold"] != cases.FOLD else set())
        names = [field.name for field in fields(CaseRow) if field.name not in ignored]
        wrong = [name for name in names if _plain(getattr(expected, name)) != row[name]]
        return wrong + (["head"] if expected.head != "\\x" + row["head"].hex() else [])


async def files(connection: Connection) -> AsyncIterator[File]:
    """Every case of the ledger, in batches of one snapshot each."""
    last = UUID(int=0)
    while True:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            batch = await _batch(connection, last)
        for file in batch:
            yield file
        if len(batch) < BATCH:
            return
        last = batch[-1].case_id


async def _batch(connection: Connection, last: UUID) -> list[File]:
    found = await connection.fetch(
        IDS,
        last,
        BATCH,
    )
    ids = [row["id"] for row in found]
    rows = {row["id"]: row for row in await connection.fetch(ROWS, ids)}
    said = await connection.fetch(SHINGLES, ids)
    grams = {row["case_id"]: row["grams"] for row in said}
    events, commands = defaultdict(list), defaultdict(list)
    for event in await connection.fetch(EVENTS, ids):
        events[event["case_id"]].append(event)
    for command in await connection.fetch(
        COMMANDS,
        ids,
        list(TAKEN),
    ):
        commands[command["case_id"]].append(command)
    return [File(case_id, rows.get(case_id), events[case_id], commands[case_id], grams.get(case_id)) for case_id in ids]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
