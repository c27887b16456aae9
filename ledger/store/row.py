"""The rows that an append writes, and the types under which PostgreSQL reads them.

A column is declared in its migration and in `table`, which a test compares; the types follow from `table`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from domain.days.instant import Instant
from ledger.store.table import case, command, event, letter, reporter, shingle


@dataclass(frozen=True, slots=True)
class CaseRow:
    """The folded case with its search columns."""

    id: UUID
    number: str
    previous_version: int
    version: int
    head: str  # hex_bytes
    fold: int
    state: str
    procedure: str
    procedure_sha256: str
    title: str
    division: str
    village: str | None
    township: str | None
    county: str
    unit: str | None
    units: tuple[str, ...]
    stage: str
    level: str | None
    holder: str | None
    closed: bool
    due_at: Instant | None
    wake_at: Instant | None
    yellow: int
    red: int
    escalations: int
    opened_by: str
    opened_at: Instant
    recorded_at: Instant
    received_at: Instant
    matter: str | None
    outcome: str | None
    sealed: tuple[str, ...] | None
    public: bool
    provisional: bool


@dataclass(frozen=True, slots=True)
class LetterRow:
    """What a case has to say to another one; `person` and `hat`: under whose rights."""

    id: UUID
    sender: UUID
    recipient: UUID
    person: str
    hat: str
    body: str
    written_at: Instant


@dataclass(frozen=True, slots=True)
class CommandRow:
    """A command as ruled. `gated`: it goes in only if its case's append wins."""

    id: UUID
    case_id: UUID | None
    name: str
    person: str
    hat: str
    request_hash: str  # hex_bytes
    outcome: str
    words: str | None
    body: str
    from_version: int
    to_version: int
    recorded_at: Instant
    gated: bool


def typed(table: Table) -> str:
    """The columns of a table with their types, as `json_to_recordset` takes them: `id uuid, number text, …`."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    return ", ".join(f"{column.name} {column.type.compile(dialect).lower()}" for column in table.c)


def column_names(types: str) -> list[str]:
    """The names in a list of typed columns."""
    return [column.split()[0] for column in types.split(", ")]


CASE_TYPES, EVENT_TYPES, LETTER_TYPES = typed(case), typed(event), typed(letter)
REPORTER_TYPES, SHINGLE_TYPES = typed(reporter), typed(shingle)
COMMAND_TYPES = f"{typed(command)}, gated bool"
CASE_COLUMNS, EVENT_COLUMNS, LETTER_COLUMNS = map(column_names, (CASE_TYPES, EVENT_TYPES, LETTER_TYPES))
COMMAND_COLUMNS = column_names(COMMAND_TYPES)
CASE_VALUES, EVENT_VALUES, LETTER_VALUES = (attrgetter(*n) for n in (CASE_COLUMNS, EVENT_COLUMNS, LETTER_COLUMNS))
COMMAND_VALUES = attrgetter(*COMMAND_COLUMNS)


def rows_json(rows: Sequence[Any]) -> str:
    """Rows of dataclasses as the JSON that `json_to_recordset` takes."""
    return to_json(rows).decode()


def hex_bytes(data: bytes) -> str:
    """A bytea as PostgreSQL reads it from text."""
    return "\\x" + data.hex()
