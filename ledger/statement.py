"""The two statements of the hot path, and the rows that go into them.

`READ` is one unlocked round trip for any number of commands. `APPEND` is one autocommit statement for any number of
cases: it takes each case row at the version that was read, in id order, and writes everything of that case or nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any
from uuid import UUID

from domain.instant import Instant
from ledger.journal import Entry

READ = """
select a.ord, clock_timestamp() as at,
       c.version, c.head, c.fold, c.state, c.procedure_sha256,
       k.request_hash, k.outcome, k.case_id as ruled_case, k.to_version as ruled_version, k.body,
       (select r.ref from release r where r.id = a.opens order by r.seq desc limit 1) as released,
       case when a.opens is not null then nextval('case_number') end as number,
       case when a.ord = 1 then
           (select r.ref from release r where r.id = 'calendar' order by r.seq desc limit 1) end as calendar,
       case when a.ord = 1 and cardinality($4::text[]) > 0 then
           (select json_agg(json_build_array(u.id, u.division, u.level)) from unit u where u.id = any($4)) end as units,
       case when a.ord = 1 and cardinality($5::text[]) > 0 then
           (select json_agg(json_build_array(d.code, d.level, d.lineage)) from division d
            where d.code = any($5) and d.valid_to is null) end as places,
       case when a.ord = 1 and cardinality($6::text[]) > 0 then
           (select array_agg(e.sha256) from evidence e where e.sha256 = any($6)) end as evidence,
       case when a.ord = 1 and cardinality($7::text[]) > 0 then
           (select array_agg(p.id) from person p where p.id = any($7)) end as persons
from unnest($1::uuid[], $2::uuid[], $3::text[]) with ordinality as a(command_id, case_id, opens, ord)
left join "case" c on c.id = a.case_id
left join command k on k.id = a.command_id
order by a.ord
"""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """The folded case with its search columns, in the order of the table."""

    id: UUID
    number: str
    previous_version: int
    version: int
    head: bytes
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
    units: str  # a PostgreSQL array literal: arrays of arrays cannot be ragged
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
    request_hash: bytes
    outcome: str
    words: str | None
    body: bytes
    from_version: int
    to_version: int
    recorded_at: Instant
    gated: bool


CASE_TYPES = (
    "uuid text int int bytea int2 text text text text text text text text text text text text text bool"
    " timestamptz timestamptz int int int timestamptz timestamptz"
).split()
EVENT_TYPES = "uuid int text int2 bytea text bytea timestamptz".split()
COMMAND_TYPES = "uuid uuid text text text bytea text text bytea int int timestamptz bool".split()

CASE_COLUMNS = [field.name for field in fields(CaseRow)]
EVENT_COLUMNS = [field.name for field in fields(Entry)]
COMMAND_COLUMNS = [field.name for field in fields(CommandRow)]
FIXED = {"id", "number", "division", "village", "township", "county", "opened_at"}


def _unnest(first: int, types: Sequence[str], columns: Sequence[str], alias: str) -> str:
    arrays = ", ".join(f"${first + place}::{kind}[]" for place, kind in enumerate(types))
    return f"unnest({arrays}) as {alias}({', '.join(columns)})"


def _append() -> str:
    case_values = ", ".join("units::text[]" if name == "units" else name for name in CASE_COLUMNS)
    changes = ", ".join(f"{name} = excluded.{name}" for name in CASE_COLUMNS if name not in FIXED)
    after_case = 1 + len(CASE_TYPES)
    after_event = after_case + len(EVENT_TYPES)
    after_command = after_event + len(COMMAND_TYPES)
    command_columns = ", ".join(COMMAND_COLUMNS[:-1])
    return f"""
with won as (
    insert into "case" ({", ".join(CASE_COLUMNS)})
    select {case_values} from {_unnest(1, CASE_TYPES, CASE_COLUMNS, "incoming")} order by id
    on conflict (id) do update set {changes}
    where "case".version = excluded.previous_version
    returning id
), journal as (
    insert into event ({", ".join(EVENT_COLUMNS)})
    select {", ".join(EVENT_COLUMNS)} from {_unnest(after_case, EVENT_TYPES, EVENT_COLUMNS, "entry")}
    where case_id in (select id from won)
), rulings as (
    insert into command ({command_columns})
    select {command_columns} from {_unnest(after_event, COMMAND_TYPES, COMMAND_COLUMNS, "ruled")}
    where not gated or case_id in (select id from won)
), told as (
    insert into outbox (case_id) select t from unnest(${after_command}::uuid[]) as t where t in (select id from won)
), reporters as (
    insert into reporter (case_id, name, phone)
    select * from unnest(${after_command + 1}::uuid[], ${after_command + 2}::text[], ${after_command + 3}::text[])
        as r(case_id, name, phone) where r.case_id in (select id from won)
)
select id from won
"""


APPEND = _append()


def arrays(row_type: type, rows: Sequence[Any]) -> list[list[Any]]:
    """Rows of a dataclass turned into one array per field."""
    names = [field.name for field in fields(row_type)]
    if not rows:
        return [[] for _ in names]
    return [list(column) for column in zip(*map(attrgetter(*names), rows), strict=True)]


def array_literal(items: Sequence[str]) -> str:
    """A PostgreSQL text[] literal."""
    return "{" + ",".join('"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"' for item in items) + "}"
