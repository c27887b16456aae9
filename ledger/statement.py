"""The two statements of the hot path, and the rows that go into them.

`READ` is one unlocked round trip for any number of commands. `APPEND` is one autocommit statement for any number of
cases: it takes each case row at the version that was read, in id order, and writes everything of that case or nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from domain.instant import Instant

# What the registers know of the names in a batch; once, beside the first command.
REGISTERS = """,
       case when a.ord = 1 then (select json_agg(json_build_array(u.id, u.division, u.level))
           from unit u where u.id = any($4::text[])) end as units,
       case when a.ord = 1 then (select json_agg(json_build_array(d.code, d.level, d.lineage))
           from division d where d.code = any($5::text[]) and d.valid_to is null) end as places,
       case when a.ord = 1 then (select array_agg(e.sha256)
           from evidence e where e.sha256 = any($6::text[])) end as evidence,
       case when a.ord = 1 then (select array_agg(p.id)
           from person p where p.id = any($4::text[])) end as persons"""


def _read(registers: str) -> str:
    return f"""
select a.ord, clock_timestamp() as at,
       c.version, c.head, c.fold, c.state,
       k.request_hash, k.outcome, k.case_id as ruled_case, k.to_version as ruled_version, k.body,
       (select r.ref from release r where r.id = a.opens order by r.seq desc limit 1) as released,
       case when a.opens is not null then nextval('case_number') end as number,
       (select r.ref from release r where r.id = 'calendar' order by r.seq desc limit 1) as calendar{registers}
from unnest($1::uuid[], $2::uuid[], $3::text[]) with ordinality as a(command_id, case_id, opens, ord)
left join "case" c on c.id = a.case_id
left join command k on k.id = a.command_id
order by a.ord
"""


READ = _read("")
READ_WITH_REGISTERS = _read(REGISTERS)


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
    opened_at: Instant
    recorded_at: Instant


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
    " yellow int, red int, escalations int, opened_at timestamptz, recorded_at timestamptz"
)
EVENT_TYPES = (
    "case_id uuid, version int, name text, schema int2, leaf text, body text, salt bytea, recorded_at timestamptz"
)
COMMAND_TYPES = (
    "id uuid, case_id uuid, name text, person text, hat text, request_hash bytea, outcome text, words text, body text,"
    " from_version int, to_version int, recorded_at timestamptz, gated bool"
)
# What an append never changes, and so need not compare or rewrite.
FIXED = {"id", "number", "division", "village", "township", "county", "opened_at"}


def column_names(types: str) -> list[str]:
    """The names in a list of typed columns."""
    return [column.split()[0] for column in types.split(", ")]


def _append() -> str:
    """Rows travel as JSON: encoding them as arrays, one per column, cost more than all else together."""
    case_columns, event_columns = ", ".join(column_names(CASE_TYPES)), ", ".join(column_names(EVENT_TYPES))
    command_columns = ", ".join(column_names(COMMAND_TYPES)[:-1])
    changes = ", ".join(f"{name} = excluded.{name}" for name in column_names(CASE_TYPES) if name not in FIXED)
    return f"""
with won as (
    insert into "case" ({case_columns})
    select {case_columns} from json_to_recordset($1::json) as incoming({CASE_TYPES}) order by id
    on conflict (id) do update set {changes}
    where "case".version = excluded.previous_version
    returning id
), journal as (
    insert into event ({event_columns})
    select {event_columns} from json_to_recordset($2::json) as entry({EVENT_TYPES})
    where case_id in (select id from won)
), rulings as (
    insert into command ({command_columns})
    select {command_columns} from json_to_recordset($3::json) as ruled({COMMAND_TYPES})
    where not gated or case_id in (select id from won)
), told as (
    insert into outbox (case_id) select t from unnest($4::uuid[]) as t where t in (select id from won)
), reporters as (
    insert into reporter (case_id, name, phone)
    select case_id, name, phone from json_to_recordset($5::json) as r(case_id uuid, name text, phone text)
    where case_id in (select id from won)
)
select id from won
"""


APPEND = _append()


def rows_json(rows: Sequence[Any]) -> str:
    """Rows of dataclasses as the JSON that `APPEND` takes."""
    return to_json(rows).decode()


def hex_bytes(data: bytes) -> str:
    """A bytea as PostgreSQL reads it from text."""
    return "\\x" + data.hex()
