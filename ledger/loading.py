"""One way to load any register from a table: read, check row by row, compare with what stands, write all or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from domain import misfit
from domain.hat import Actor
from ledger.connection import Connection, Writers
from ledger.delegation import OWN, own
from ledger.division import RegisterFault
from ledger.kind import Kind, Row
from ledger.overlap import clashes
from ledger.register import Loaded
from ledger.sheet import Sheet

FAULTS_MAX = 200
REPLACED = "由后载入的一行代替"
WORDS: Mapping[str, str] = {
    "division": "没有区划", "village": "没有村（社区）", "township": "没有乡镇", "unit": "没有承办单位",
    "person": "没有编号为此的人员：", "scope": "没有区划或承办单位", "post": "登记册里没有此人任此身份：",
}  # fmt: skip
# What of the wanted is on register, and the level of divisions.
ON_REGISTER = """
select 'division' as what, code as id, level from division where valid_to is null and code = any($1)
union all select 'unit', id, null from unit where id = any($1)
union all select 'person', id, null from person where id = any($1)
union all select distinct 'post', person || ' ' || role || '@' || scope, null from hat where person = any($2)
  and (valid_to is null or valid_to > (clock_timestamp() at time zone 'Asia/Shanghai')::date)
"""
Numbered = tuple[int, Row]
Values = dict[str, Any]


class _Rehearsed(Exception):
    """Undoes what a rehearsal wrote."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row to write. `fresh`: nothing stood under its key. `ends`: the first day of the standing row that ends on
    `on`; `written`: there is a new row, or new values of one that is not dated.
    """

    values: Values
    fresh: bool = False
    ends: date | None = None
    on: date | None = None
    written: bool = True


async def load(writers: Writers, kind: Kind, sheet: Sheet, dry_run: bool = False, actor: Actor | None = None) -> Loaded:
    """Put the rows of `sheet` on register. Raises RegisterFault, and then nothing is changed.

    `actor`: who loads it, where somebody says so; a delegate does not write the absence from which he or she acts.
    """
    rows = checked(kind, sheet)
    loaded = Loaded(0, 0, 0)
    try:
        async with writers.held() as connection, connection.transaction():
            await connection.execute("select pg_advisory_xact_lock(hashtext('register'))")
            levels = await _referred(connection, rows)
            today = await connection.fetchval("select (clock_timestamp() at time zone 'Asia/Shanghai')::date")
            values = [(number, row.columns(levels)) for number, row in rows]
            _refuse(clashes(kind, values, await _beside(connection, kind, [each for _, each in values])))
            standing = await _standing(connection, kind, [each for _, each in values])
            changes = _changes(kind, values, standing, today)
            if actor is not None:
                _refuse(_own(kind, values, standing, changes, actor.person))
            await _write(connection, kind, changes, actor)
            added = sum(change.fresh for change in changes)
            loaded = Loaded(added, len(changes) - added, len(rows) - len(changes))
            if dry_run:
                raise _Rehearsed
    except _Rehearsed:
        pass
    return loaded


def checked(kind: Kind, sheet: Sheet) -> list[Numbered]:
    """The rows, each for itself: headings, values, no key twice. Raises RegisterFault with row and column."""
    fields = kind.row.model_fields
    headings = {field.title or name: name for name, field in fields.items()} | {name: name for name in fields}
    named = [headings.get(each) for each in sheet.header if each]
    missing = [_heading(kind, name) for name, field in fields.items() if field.is_required() and name not in named]
    unknown = [each for each in sheet.header if each and each not in headings]
    if missing or unknown or len(named) != len(set(named)):
        raise RegisterFault(
            [f"第 1 行：缺少列 {'、'.join(missing)}"] * bool(missing)
            + [f"第 1 行：不认识的列 {'、'.join(unknown)}（应有 {'、'.join(_heading(kind, f) for f in fields)}）"]
            * bool(unknown)
            + ["第 1 行：有列重复"] * (not unknown and len(named) != len(set(named)))
        )
    rows, faults = list[Numbered](), list[str]()
    seen: dict[tuple[Any, ...], int] = {}
    for number, cells in sheet.rows:
        try:
            row = kind.row.model_validate({headings[name]: cell for name, cell in cells.items() if cell})
        except ValidationError as error:
            faults += [_fault(kind, number, each) for each in error.errors()]
            continue
        key = tuple(str(getattr(row, name)) for name in kind.key_fields)
        if key in seen:
            faults.append(f"第 {number} 行：与第 {seen[key]} 行重复（{' '.join(key)}）")
        seen.setdefault(key, number)
        rows.append((number, row))
    if not sheet.rows:
        faults.append(f"文件里没有{kind.title}")
    _refuse(faults)
    return rows


def _heading(kind: Kind, name: str) -> str:
    title = kind.row.model_fields[name].title
    return f"{name}（{title}）" if title else name


def _fault(kind: Kind, number: int, error: Any) -> str:
    place = str(error["loc"][0]) if error["loc"] else ""
    column = f"列 {_heading(kind, place)}：" if place in kind.row.model_fields else ""
    return f"第 {number} 行：{column}{misfit.words(error)}"


def _refuse(faults: Sequence[str]) -> None:
    if faults:
        more = [f"……共 {len(faults)} 处"] if len(faults) > FAULTS_MAX else []
        raise RegisterFault([*faults[:FAULTS_MAX], *more])


async def _referred(connection: Connection, rows: Sequence[Numbered]) -> dict[str, str]:
    """Whatever the rows name must be there: code → level of the divisions. Raises RegisterFault."""
    wanted = [(number, reference) for number, row in rows for reference in row.references()]
    ids = {value for _, (_, what, value) in wanted if what != "post"}
    wearers = {value.split()[0] for _, (_, what, value) in wanted if what == "post"}
    found = await connection.fetch(ON_REGISTER, list(ids), list(wearers))
    levels = {row["id"]: row["level"] for row in found if row["what"] == "division"}
    known: dict[str, set[str]] = {what: {row["id"] for row in found if row["what"] == what} for what in WORDS}
    known["scope"] = known["division"] | known["unit"]
    known |= {level: {code for code, its in levels.items() if its == level} for level in ("village", "township")}
    _refuse(
        [
            f"第 {number} 行：列 {column}：{WORDS[what]} {value}"
            for number, (column, what, value) in wanted
            if value not in known[what]
        ]
    )
    return levels


async def _standing(connection: Connection, kind: Kind, values: Sequence[Values]) -> dict[tuple[Any, ...], Values]:
    """What stands now under the keys of `values`."""
    first = kind.key[0]
    order = " order by valid_from" if kind.dated else ""  # of several the last one stands
    rows = await connection.fetch(
        f'select * from "{kind.table}" where {first} = any($1) and {kind.stands}{order}',
        list({each[first] for each in values}),
    )
    return {tuple(row[name] for name in kind.key): dict(row) for row in rows}


async def _beside(connection: Connection, kind: Kind, values: Sequence[Values]) -> list[Values]:
    """The rows that stand where `values` belong, for those that may not hold at one time."""
    if not kind.voidable:
        return []
    rows = await connection.fetch(
        f'select * from "{kind.table}" where {kind.at} = any($1) and {kind.stands}',
        list({each[kind.at] for each in values}),
    )
    return [dict(row) for row in rows]


def _own(
    kind: Kind,
    values: Sequence[tuple[int, Values]],
    standing: Mapping[tuple[Any, ...], Values],
    changes: Sequence[Change],
    person: str,
) -> list[str]:
    """The rows that write an absence, old or new, by which this person acts."""
    written = [change.values for change in changes]
    return [
        f"第 {number} 行：{OWN}"
        for number, row in values
        if row in written and (own(row, person) or own(standing.get(tuple(row[name] for name in kind.key)), person))
    ]  # fmt: skip


def _changes(
    kind: Kind, values: Iterable[tuple[int, Values]], standing: Mapping[tuple[Any, ...], Values], today: date
) -> list[Change]:
    changes, wrong = list[Change](), list[str]()
    for number, row in values:
        there = standing.get(tuple(row[name] for name in kind.key))
        differs = there is None or any(there[name] != row[name] for name in row.keys() - {"valid_from", "valid_to"})
        if not kind.dated:
            change: Change | str | None = Change(row, there is None) if differs else None
        elif (row["valid_from"] or today) > today:
            change = f"{row['valid_from']} 还没有到"
        elif there is None:
            change = Change(row | {"valid_from": row["valid_from"] or today}, True)
        else:
            change = _succeeding(row, there, differs, today)
        if isinstance(change, str):
            wrong.append(f"第 {number} 行：列 valid_from（生效日期）：{change}")
        elif change:
            changes.append(change)
    _refuse(wrong)
    return changes


def _succeeding(row: Values, there: Values, differs: bool, today: date) -> Change | str | None:
    """What a row makes of the one that stands: nothing, its end, its successor, or words why it cannot."""
    begun, ended, since = there["valid_from"], there["valid_to"], row["valid_from"] or today
    if not differs and (ended is None or row["valid_from"] is None or row["valid_from"] <= begun):
        if row["valid_to"] == ended:
            return None
        if row["valid_to"] and row["valid_to"] > begun:
            return Change(row, ends=begun, on=row["valid_to"], written=False)
    if ended is not None and since >= ended:
        return Change(row | {"valid_from": since})
    if since <= begun:
        return f"与登记的不同，须晚于登记的生效日期 {begun}"
    return Change(row | {"valid_from": since}, ends=begun, on=since)


async def _write(connection: Connection, kind: Kind, changes: Sequence[Change], actor: Actor | None) -> None:
    if not changes:
        return
    columns = list(changes[0].values)
    others = [name for name in columns if name not in kind.key]
    after = len(kind.key) + 1
    names, places = ", ".join(columns), ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    settings = ", ".join(f"{name} = ${place}" for place, name in enumerate(others, after))
    new = [change for change in changes if change.fresh or kind.voidable or (kind.dated and change.written)]
    renewed = [change for change in changes if not change.fresh and not kind.dated]
    if kind.voidable:  # what was known until now stays to be seen beside what replaces it
        by = [actor.person, str(actor.hat)] if actor else [None, None]
        await _many(
            connection,
            f'update "{kind.table}" set voided_at = now(), voided_by = ${after}, voided_hat = ${after + 1},'
            f" voided_why = ${after + 2} where {kind.matching} and {kind.stands}",
            [[*(change.values[name] for name in kind.key), *by, REPLACED] for change in renewed],
        )
        renewed = []
    await _many(
        connection,
        f'update "{kind.table}" set valid_to = ${after} where {kind.matching} and valid_from = ${after + 1}',
        [[*(change.values[name] for name in kind.key), change.on, change.ends] for change in changes if change.ends],
    )
    await _many(
        connection,
        f'insert into "{kind.table}" ({names}) values ({places})',
        [[change.values[name] for name in columns] for change in new],
    )
    await _many(
        connection,
        f'update "{kind.table}" set {settings} where {kind.matching} and {kind.stands}',
        [[change.values[name] for name in (*kind.key, *others)] for change in renewed],
    )


async def _many(connection: Connection, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        await connection.executemany(statement, rows)
