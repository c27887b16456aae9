"""The two statements of the hot path, and the rows that go into them.

`read` is one unlocked round trip for any number of commands. `append` is one autocommit statement for any number of
cases: it takes each case row at the version that was read, in id order, and writes everything of that case or nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, count
from operator import attrgetter
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from domain.days.instant import Instant
from ledger.store.journal import Entry
from ledger.store.release import RELEASED
from ledger.store.shingle import SHINGLE_TYPES, ShingleRow

# What the registers know of the names in a batch; once, beside the first command.
REGISTERS = """,
       case when a.ord = 1 then (select json_agg(json_build_array(u.id, u.division, u.level,
               case when u.level = 'township' then (select json_agg(distinct array[t.list, m])
                   from duty t, unnest(t.matters) m where t.division = u.division
                   and t.valid_from <= today()
                   and (t.valid_to is null or t.valid_to > today())) end))
           from unit u where u.id = any($5::text[])) end as units,
       case when a.ord = 1 then (select json_agg(json_build_array(d.code, d.level, d.lineage))
           from division d where d.code = any($6::text[]) and d.valid_to is null) end as places,
       case when a.ord = 1 then (select json_agg(json_build_array(u.person, u.sha256))
           from upload u where u.sha256 = any($7::text[]) and u.person = any($10::text[])) end as uploads,
       case when a.ord = 1 then (select array_agg(p.id)
           from person p where p.id = any($5::text[])) end as persons,
       case when a.ord = 1 then (select json_agg(json_build_object(
               'id', x.id, 'number', x.number, 'title', x.title, 'closed', x.closed, 'opened_by', x.opened_by,
               'lineage', json_strip_nulls(json_build_object(
                   'village', x.village, 'township', x.township, 'county', x.county)),
               'units', x.units, 'sealed', x.sealed, 'public', x.public, 'procedure', x.procedure))
           from "case" x where x.number = any($8::text[]) or x.id = any($9::uuid[])) end as cases"""
# Other cases of the procedure that are about the same matter.
RIVALS = """
       case when c.matter is not null then (select json_agg(json_build_object(
               'id', r.id, 'number', r.number, 'closed', r.closed, 'received_at', r.received_at, 'outcome', r.outcome))
           from "case" r where r.matter = c.matter and r.id <> c.id) end as rivals"""
ONE = "(values ($1::uuid, $2::uuid, $3::text, $4::text, 1))"
MANY = "unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) with ordinality"


@cache
def read(many: bool, registers: bool) -> str:
    """What to read for `many` commands or for one; for one there is less to plan, to start and to sort."""
    return f"""
select a.ord, clock_timestamp() as at,
       c.version, c.head, c.fold, c.state,
       k.request_hash, k.outcome, k.case_id as ruled_case, k.to_version as ruled_version, k.body,
       {RELEASED.format(id="a.opens", county="a.county")} as released,
       (select r.ref from release r where r.id = 'calendar' order by r.seq desc limit 1) as calendar,
       {RIVALS}
       {REGISTERS if registers else ""}
from {MANY if many else ONE} as a(command_id, case_id, opens, county, ord)
left join "case" c on c.id = a.case_id
left join command k on k.id = a.command_id
{"order by a.ord" if many else ""}
"""


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


CASE_TYPES = (
    "id uuid, number text, previous_version int, version int, head bytea, fold int2, state text, procedure text,"
    " procedure_sha256 text, title text, division text, village text, township text, county text, unit text,"
    " units text[], stage text, level text, holder text, closed bool, due_at timestamptz, wake_at timestamptz,"
    " yellow int, red int, escalations int, opened_by text, opened_at timestamptz, recorded_at timestamptz,"
    " received_at timestamptz, matter text, outcome text, sealed text[],"
    " public bool, provisional bool"
)
EVENT_TYPES = (
    "case_id uuid, version int, name text, schema int2, leaf text, body text, salt bytea, recorded_at timestamptz"
)
COMMAND_TYPES = (
    "id uuid, case_id uuid, name text, person text, hat text, request_hash bytea, outcome text, words text, body text,"
    " from_version int, to_version int, recorded_at timestamptz, gated bool"
)
# What an append never changes, and so need not compare or rewrite.
FIXED = {"id", "number", "division", "village", "township", "county", "opened_by", "opened_at"}
FIXED |= {"received_at", "matter"}


def column_names(types: str) -> list[str]:
    """The names in a list of typed columns."""
    return [column.split()[0] for column in types.split(", ")]


REPORTER_TYPES = "case_id uuid, name text, phone text"
LETTER_TYPES = "id uuid, sender uuid, recipient uuid, person text, hat text, body text, written_at timestamptz"
CASE_COLUMNS, EVENT_COLUMNS, COMMAND_COLUMNS = map(column_names, (CASE_TYPES, EVENT_TYPES, COMMAND_TYPES))
LETTER_COLUMNS = column_names(LETTER_TYPES)
LETTER_VALUES = attrgetter(*LETTER_COLUMNS)
CASE_VALUES, EVENT_VALUES, COMMAND_VALUES = (attrgetter(*n) for n in (CASE_COLUMNS, EVENT_COLUMNS, COMMAND_COLUMNS))
DIRECT_ROWS_MAX = 8  # events, commands and letters; each number of them is a statement of its own


def _statement(
    won: str,
    events: str,
    commands: str,
    told: str | None,
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
    if told:
        parts.append(f"told as (insert into outbox (case_id) select id from {told} where id in (select id from won))")
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
    "unnest($4::uuid[]) as told(id)",
    f"json_to_recordset($5::json) as r({REPORTER_TYPES})",
    f"json_to_recordset($6::json) as written({LETTER_TYPES})",
    f"json_to_recordset($7::json) as said({SHINGLE_TYPES})",
)


@cache
def append_one(
    opens: bool, events: int, commands: int, told: bool, reporter: bool, letters: int = 0, shingle: bool = False
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
        "won" if told else None,
        f"({_values(REPORTER_TYPES, 1, numbers)}) as r(case_id, name, phone)" if reporter else None,
        f"({_values(LETTER_TYPES, letters, numbers)}) as written({', '.join(LETTER_COLUMNS)})" if letters else None,
        f"({_values(SHINGLE_TYPES, 1, numbers)}) as said(case_id, grams)" if shingle else None,
    )


def _values(types: str, rows: int, numbers: Iterator[int]) -> str:
    """`values (…), (…)` with typed parameters; bytea comes as text (`hex_bytes`), as it does in JSON."""
    kinds = [column.split()[1] for column in types.split(", ")]
    casts = ["::text::bytea" if kind == "bytea" else f"::{kind}" for kind in kinds]
    lines = ("(" + ", ".join(f"${next(numbers)}{cast}" for cast in casts) + ")" for _ in range(rows))
    return "values " + ", ".join(lines)


def append(
    cases: Sequence[CaseRow],
    events: Sequence[Entry],
    commands: Sequence[CommandRow],
    told: Sequence[UUID],
    reporters: Sequence[tuple[UUID, str | None, str | None]],
    letters: Sequence[LetterRow] = (),
    shingles: Sequence[ShingleRow] = (),
) -> tuple[str, list[Any]]:
    """The statement for these rows, and its arguments."""
    if len(cases) == 1 and len(events) + len(commands) + len(letters) <= DIRECT_ROWS_MAX:
        opens = cases[0].previous_version == 0
        query = append_one(opens, len(events), len(commands), bool(told), bool(reporters), len(letters), bool(shingles))
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
    said = [rows_json(cases), rows_json(events), rows_json(commands), list(told), rows_json(sent)]
    return APPEND_MANY, [*said, rows_json(letters), rows_json(shingles)]


def rows_json(rows: Sequence[Any]) -> str:
    """Rows of dataclasses as the JSON that `APPEND_MANY` takes."""
    return to_json(rows).decode()


def hex_bytes(data: bytes) -> str:
    """A bytea as PostgreSQL reads it from text."""
    return "\\x" + data.hex()
