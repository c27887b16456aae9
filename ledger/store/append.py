"""The append of the hot path: one autocommit statement for any number of cases.

It takes each case row at the version that was read, in id order, and writes everything of that case, or nothing of it
where somebody else has moved the case on meanwhile.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain, count
from typing import Any
from uuid import UUID

from ledger.store.journal import Entry
from ledger.store.row import (
    CASE_COLUMNS,
    CASE_TYPES,
    CASE_VALUES,
    COMMAND_COLUMNS,
    COMMAND_TYPES,
    COMMAND_VALUES,
    EVENT_COLUMNS,
    EVENT_TYPES,
    EVENT_VALUES,
    LETTER_COLUMNS,
    LETTER_TYPES,
    LETTER_VALUES,
    REPORTER_TYPES,
    SHINGLE_TYPES,
    CaseRow,
    CommandRow,
    LetterRow,
    rows_json,
)  # fmt: skip
from ledger.store.shingle import ShingleRow

# What an append never changes, and so need not compare or rewrite.
FIXED = {"id", "number", "division", "village", "township", "county", "opened_by", "opened_at"}
FIXED |= {"received_at", "matter"}
DIRECT_ROWS_MAX = 8  # events, commands and letters; each number of them is a statement of its own


def _statement(
    won: str,
    events: str,
    commands: str,
    outbox: str | None,
    reporters: str | None,
    letters: str | None,
    shingles: str | None,
) -> str:
    """The append over its sources of rows; what has no source is left out."""
    event_columns, command_columns = ", ".join(EVENT_COLUMNS), ", ".join(COMMAND_COLUMNS[:-1])
    parts = [
        f'won as ({won} returning "case".id)',
        f"journal as (insert into event ({event_columns}) select {event_columns} from {events}"
        " where case_id in (select id from won))",
        f"rulings as (insert into command ({command_columns}) select {command_columns} from {commands}"
        " where not gated or case_id in (select id from won))",
    ]
    if outbox:
        parts.append(
            f"heard as (insert into outbox (case_id) select id from {outbox} where id in (select id from won))"
        )
    if reporters:
        parts.append(
            "reporters as (insert into reporter (case_id, name, phone) select case_id, name, phone"
            f" from {reporters} where case_id in (select id from won))"
        )
    if letters:
        columns = ", ".join(LETTER_COLUMNS)
        parts.append(
            f"letters as (insert into letter ({columns}) select {columns}"
            f" from {letters} where sender in (select id from won))"
        )
    if shingles:
        parts.append(
            f"shingles as (insert into shingle (case_id, grams) select case_id, grams from {shingles}"
            " where case_id in (select id from won) on conflict (case_id) do update set grams = excluded.grams)"
        )
    return f"with {', '.join(parts)} select id from won"


def _changes(source: str) -> str:
    return ", ".join(f"{name} = {source}.{name}" for name in CASE_COLUMNS if name not in FIXED)


def _insert(source: str) -> str:
    columns = ", ".join(CASE_COLUMNS)
    return f'insert into "case" ({columns}) select {columns} from {source}'


# For many cases rows travel as JSON: as arrays, one per column, they cost more to encode than all else together.
APPEND_MANY = _statement(
    _insert(f"json_to_recordset($1::json) as incoming({CASE_TYPES}) order by id")
    + f' on conflict (id) do update set {_changes("excluded")} where "case".version = excluded.previous_version',
    f"json_to_recordset($2::json) as entry({EVENT_TYPES})",
    f"json_to_recordset($3::json) as ruled({COMMAND_TYPES})",
    "unnest($4::uuid[]) as moved(id)",
    f"json_to_recordset($5::json) as r({REPORTER_TYPES})",
    f"json_to_recordset($6::json) as written({LETTER_TYPES})",
    f"json_to_recordset($7::json) as said({SHINGLE_TYPES})",
)


@cache
def append_one(
    opens: bool, events: int, commands: int, outbox: bool, reporter: bool, letters: int = 0, shingle: bool = False
) -> str:
    """The append of one case with few rows: every value a parameter, nothing to parse."""
    numbers = count(1)
    incoming = f"({_values(CASE_TYPES, 1, numbers)}) as incoming({', '.join(CASE_COLUMNS)})"
    continued = (
        f'update "case" set {_changes("incoming")} from {incoming}'
        ' where "case".id = incoming.id and "case".version = incoming.previous_version'
    )
    return _statement(
        f"{_insert(incoming)} on conflict (id) do nothing" if opens else continued,
        f"({_values(EVENT_TYPES, events, numbers)}) as entry({', '.join(EVENT_COLUMNS)})",
        f"({_values(COMMAND_TYPES, commands, numbers)}) as ruled({', '.join(COMMAND_COLUMNS)})",
        "won" if outbox else None,
        f"({_values(REPORTER_TYPES, 1, numbers)}) as r(case_id, name, phone)" if reporter else None,
        f"({_values(LETTER_TYPES, letters, numbers)}) as written({', '.join(LETTER_COLUMNS)})" if letters else None,
        f"({_values(SHINGLE_TYPES, 1, numbers)}) as said(case_id, grams)" if shingle else None,
    )


def _values(types: str, rows: int, numbers: Iterator[int]) -> str:
    """`values (…), (…)` with typed parameters; bytea comes as text (`hex_bytes`), as it does in JSON."""
    kinds = [column.split(maxsplit=1)[1] for column in types.split(", ")]
    casts = ["::text::bytea" if kind == "bytea" else f"::{kind}" for kind in kinds]
    lines = ("(" + ", ".join(f"${next(numbers)}{cast}" for cast in casts) + ")" for _ in range(rows))
    return "values " + ", ".join(lines)


def append(
    cases: Sequence[CaseRow],
    events: Sequence[Entry],
    commands: Sequence[CommandRow],
    outbox: Sequence[UUID],
    reporters: Sequence[tuple[UUID, str | None, str | None]],
    letters: Sequence[LetterRow] = (),
    shingles: Sequence[ShingleRow] = (),
) -> tuple[str, list[Any]]:
    """The statement for these rows, and its arguments. `outbox`: the cases whose keepers must hear of a new time."""
    if len(cases) == 1 and len(events) + len(commands) + len(letters) <= DIRECT_ROWS_MAX:
        opens = cases[0].previous_version == 0
        query = append_one(
            opens, len(events), len(commands), bool(outbox), bool(reporters), len(letters), bool(shingles)
        )
        rows = chain(
            map(CASE_VALUES, cases),
            map(EVENT_VALUES, events),
            map(COMMAND_VALUES, commands),
            reporters,
            map(LETTER_VALUES, letters),
            ((row.case_id, row.grams) for row in shingles),
        )
        return query, list(chain.from_iterable(rows))
    names = ("case_id", "name", "phone")
    sent = [dict(zip(names, reporter, strict=True)) for reporter in reporters]
    values = [rows_json(cases), rows_json(events), rows_json(commands), list(outbox), rows_json(sent)]
    return APPEND_MANY, [*values, rows_json(letters), rows_json(shingles)]
