"""The registers: divisions by edition, handling units, persons and the hats they wear."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import asyncpg

from domain.rules.form import control_free
from domain.rules.hat import Hat
from ledger.registers.division import NAME_LENGTH_MAX, Division, RegisterFault, lineages
from ledger.store.connection import Connection, Writers

ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtext('division'))"
TODAY = "select today()"
# Every division of today.
STANDING = "select * from division where valid_to is null"
ADD_DIVISIONS = """
insert into division (code, name, level, parent, lineage, valid_from, edition)
select code, name, level, parent, lineage::jsonb, $6, $7
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) as next(code, name, level, parent, lineage)
"""
END_DIVISIONS = "update division set valid_to = $2 where code = any($1) and valid_to is null"
PUT_UNITS = """
insert into unit (id, name, division, level, kinds) select id, name, division, level, string_to_array(kinds, ' ')
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) as u(id, name, division, level, kinds)
on conflict (id) do update set (name, division, level, kinds) = (excluded.name, excluded.division, excluded.level,
excluded.kinds)
"""
LEVELS = "select code, level from division where valid_to is null and code = any($1)"
# Whoever is on register already keeps his or her name.
ADD_PERSONS = """
insert into person (id, name, sample) select id, name, $3 from unnest($1::text[], $2::text[]) as p(id, name)
on conflict (id) do nothing
"""
# Posts that nobody holds under these names already.
ADD_HATS = """
insert into hat (person, role, scope, valid_from) select person, role, scope, coalesce($4, today())
from unnest($1::text[], $2::text[], $3::text[]) as worn(person, role, scope)
where not exists (select from hat h where (h.person, h.role, h.scope) = (worn.person, worn.role, worn.scope) and
(h.valid_to is null or h.valid_to > today()))
on conflict do nothing
"""
# The names of divisions and units.
SCOPES = """
select code as scope, name from division where valid_to is null and code = any($1) union all select id, name
from unit where id = any($1)
"""
COUNTY_NAME = "select name from division where code = $1 and level = 'county' and valid_to is null"
NAME = "select name from person where id = $1"
# Who else is called so, with posts.
NAMESAKES = """
select distinct p.created_at, p.id, h.role, h.scope from person p left join hat h on h.person = p.id
where p.name = $1 order by p.created_at, p.id, h.role, h.scope
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: codes that are new, codes that got another row, rows that stood already."""

    added: int
    changed: int
    same: int


@dataclass(frozen=True, slots=True)
class RegisteredUnit:
    """A handling unit of a division, with the kinds of matter it handles."""

    id: str
    name: str
    division: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisteredPerson:
    """A person and the hats they wear."""

    id: str
    name: str
    hats: tuple[Hat, ...] = ()


async def load_divisions(
    writers: Writers, rows: Sequence[Division], edition: int, valid_from: date, whole: bool = False
) -> Loaded:
    """Make `rows` current from `valid_from` (its 00:00) on; all or nothing. Raises RegisterFault.

    What stands already is not touched and keeps the edition it came with; a division whose name, level,
    parent or lineage changes gets a new row, and the old one ends where it begins. What is left out stays, or with
    `whole` ends there, where it lies in a county of which there are rows.
    """
    async with writers.held() as connection, connection.transaction():
        await connection.execute(ONE_AT_A_TIME)
        today = await connection.fetchval(TODAY)
        if valid_from > today:
            raise RegisterFault([f"生效日期 {valid_from} 还没有到"])
        current = {row["code"]: row for row in await connection.fetch(STANDING)}
        standing = {code: Division(code, row["name"], row["level"], row["parent"]) for code, row in current.items()}
        gone = _left_out(rows, current) if whole else set()
        tree = {**{c: d for c, d in standing.items() if c not in gone}, **{row.code: row for row in rows}}
        lineage = lineages(tree)
        changed = [
            tree[code]
            for code, row in current.items()
            if code not in gone and (tree[code] != standing[code] or lineage[code] != json.loads(row["lineage"]))
        ]
        _follows([*changed, *(standing[code] for code in gone)], current, valid_from)
        await _end(connection, gone, valid_from)
        added = [row for row in rows if row.code not in current]
        await _write(connection, [*changed, *added], lineage, edition, valid_from)
    moved = {row.code for row in (*changed, *added)}
    return Loaded(len(added), len(changed) + len(gone), sum(row.code not in moved for row in rows))


def _left_out(rows: Sequence[Division], current: Mapping[str, asyncpg.Record]) -> set[str]:
    """What stands below a county of which `rows` say something, and is not among them."""
    said = {row.code: row.parent for row in rows}
    counties = {json.loads(row["lineage"]).get("county") for code, row in current.items() if code in said}
    counties |= {
        parent for parent in said.values() if parent and parent in current and current[parent]["level"] == "county"
    }
    return {
        code
        for code, row in current.items()
        if code not in said and row["level"] in ("township", "village")
        if json.loads(row["lineage"])["county"] in counties - {None}
    }


def _follows(changed: Iterable[Division], current: Mapping[str, asyncpg.Record], valid_from: date) -> None:
    faults = [
        f"{row.code} {row.name}：与登记的“{current[row.code]['name']}”不同，"
        f"生效日期须晚于 {current[row.code]['valid_from']}（用 --valid-from 或 --edition 指明）"
        for row in changed
        if valid_from <= current[row.code]["valid_from"]
    ]
    if faults:
        raise RegisterFault(faults)


async def _write(
    connection: Connection,
    rows: Sequence[Division],
    lineage: Mapping[str, Any],
    edition: int,
    valid_from: date,
) -> None:
    # Two statements, for one could not see its own update through the index of current rows.
    await _end(connection, [row.code for row in rows], valid_from)
    await connection.execute(
        ADD_DIVISIONS,
        [row.code for row in rows],
        [row.name for row in rows],
        [row.level for row in rows],
        [row.parent for row in rows],
        [json.dumps(lineage[row.code]) for row in rows],
        valid_from,
        edition,
    )


async def _end(connection: Connection, codes: Iterable[str], on: date) -> None:
    await connection.execute(END_DIVISIONS, list(codes), on)


async def load_units(writers: Writers, units: Sequence[RegisteredUnit]) -> None:
    """Put `units` into the register, replacing what it says of them. Raises RegisterFault."""
    levels = {
        row["code"]: row["level"]
        for row in await writers.fetch(
            LEVELS,
            [unit.division for unit in units],
        )
    }
    faults = [f"{unit.id} {unit.name}：没有区划 {unit.division}" for unit in units if unit.division not in levels]
    if faults:
        raise RegisterFault(faults)
    await writers.fetch(
        PUT_UNITS,
        [unit.id for unit in units],
        [unit.name for unit in units],
        [unit.division for unit in units],
        [levels[unit.division] for unit in units],
        [" ".join(unit.kinds) for unit in units],
    )


async def load_persons(
    writers: Writers, persons: Sequence[RegisteredPerson], sample: bool = False, since: date | None = None
) -> None:
    """Put persons and hats on register; who is known keeps the name. Raises RegisterFault.

    Hats that are not worn now are worn from `since` on, by default today.
    """
    hats = [(person.id, hat) for person in persons for hat in person.hats]
    known = await scopes(writers, {hat.scope for _, hat in hats})
    faults = [f"{person}：没有区划或承办单位 {hat.scope}" for person, hat in hats if hat.scope not in known]
    nameless = [each.id for each in persons if not _is_name(each.name)]
    faults += [f"{each}：姓名应为 1 至 {NAME_LENGTH_MAX} 字" for each in nameless]
    if faults:
        raise RegisterFault(faults)
    async with writers.held() as connection, connection.transaction():
        await connection.execute(
            ADD_PERSONS,
            [person.id for person in persons],
            [person.name for person in persons],
            sample,
        )
        await connection.execute(
            ADD_HATS,
            [person for person, _ in hats],
            [hat.role for _, hat in hats],
            [hat.scope for _, hat in hats],
            since,
        )


async def scopes(writers: Writers, wanted: Iterable[str]) -> dict[str, str]:
    """Scope → name for those of `wanted` that are a current division or a unit."""
    rows = await writers.fetch(
        SCOPES,
        list(wanted),
    )
    return {row["scope"]: row["name"] for row in rows}


async def county_name(writers: Writers, code: str) -> str | None:
    """The name of a county on register; None where this is the code of none."""
    rows = await writers.fetch(COUNTY_NAME, code)
    return rows[0]["name"] if rows else None


async def person(writers: Writers, person_id: str) -> str | None:
    """The name of a person, or None when nobody has this id."""
    rows = await writers.fetch(NAME, person_id)
    return rows[0]["name"] if rows else None


async def namesakes(writers: Writers, name: str) -> dict[str, list[Hat]]:
    """Everybody of this name: id → hats worn."""
    rows = await writers.fetch(
        NAMESAKES,
        name,
    )
    found: dict[str, list[Hat]] = {}
    for row in rows:
        found.setdefault(row["id"], []).extend([Hat(row["role"], row["scope"])] if row["role"] else [])
    return found


def new_person_id() -> str:
    """An id that tells nothing of the person."""
    return f"P-{secrets.token_hex(5)}"


def _is_name(name: str) -> bool:
    return bool(name.strip()) and len(name) <= NAME_LENGTH_MAX and control_free(name)
