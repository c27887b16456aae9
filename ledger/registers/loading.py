"""One way to load any register from a table: read, check row by row, compare with what stands, write all or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.rules.hat import Actor
from ledger.identity.delegation import OWN, covers, own
from ledger.registers.checking import checked, placed, referred
from ledger.registers.overlap import clashes
from ledger.registers.register import Loaded
from ledger.registers.register_kind import RegisterKind
from ledger.registers.sheet import Fault, Sheet, refuse
from ledger.store.connection import Connection, Writers

ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtext('register'))"
TODAY = "select today()"

REPLACED = "由后载入的一行代替"
Values = dict[str, Any]


class _Rehearsed(Exception):
    """Undoes what a rehearsal wrote."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row to write. `fresh`: nothing stood under its key. `ends`: the first day of the standing row that ends on
    `on`; `written`: there is a new row, or new values of one that is not dated.
    """

    values: Values
    fresh: bool = False
    ends: date | None = None
    on: date | None = None
    written: bool = True


async def load(
    writers: Writers, kind: RegisterKind, sheet: Sheet, dry_run: bool = False, actor: Actor | None = None
) -> Loaded:
    """Put the rows of `sheet` on register. Raises RegisterFault, and then nothing is changed.

    `actor`: who loads it, where somebody says so; a delegate does not write the absence from which he or she acts.
    """
    given = checked(kind, sheet)
    rows = given.rows
    loaded = Loaded(0, 0, 0)
    try:
        async with writers.held() as connection, connection.transaction():
            await connection.execute(ONE_AT_A_TIME)
            levels, missing = await referred(connection, kind, rows)
            today = await connection.fetchval(TODAY)
            values = [(number, row.columns(levels)) for number, row in rows if placed(row, levels)]
            overlaps = clashes(kind, values, await _beside(connection, kind, [each for _, each in values]))
            standing = await _standing(connection, kind, [each for _, each in values])
            changes, untimely = _changes(kind, values, standing, today)
            theirs = _own(kind, values, standing, changes, actor.person) if actor else []
            outside = await _outside(connection, kind, values, actor) if actor and kind.voidable else []
            refuse([*given.faults, *missing, *overlaps, *untimely, *theirs, *outside])
            await _write(connection, kind, changes, actor)
            added = sum(change.fresh for change in changes)
            loaded = Loaded(added, len(changes) - added, len(rows) - len(changes))
            if dry_run:
                raise _Rehearsed
    except _Rehearsed:
        pass
    return loaded


async def _standing(
    connection: Connection, kind: RegisterKind, values: Sequence[Values]
) -> dict[tuple[Any, ...], Values]:
    """What stands now under the keys of `values`."""
    first = kind.key[0]
    order = " order by valid_from" if kind.dated else ""  # of several the last one stands
    rows = await connection.fetch(
        f'select * from "{kind.table}" where {first} = any($1) and {kind.stands}{order}',
        list({each[first] for each in values}),
    )
    return {tuple(row[name] for name in kind.key): dict(row) for row in rows}


async def _beside(connection: Connection, kind: RegisterKind, values: Sequence[Values]) -> list[Values]:
    """The rows that stand where `values` belong, for those that may not hold at one time."""
    if not kind.voidable:
        return []
    rows = await connection.fetch(
        f'select * from "{kind.table}" where {kind.at} = any($1) and {kind.stands}',
        list({each[kind.at] for each in values}),
    )
    return [dict(row) for row in rows]


def _own(
    kind: RegisterKind,
    values: Sequence[tuple[int, Values]],
    standing: Mapping[tuple[Any, ...], Values],
    changes: Sequence[RowChange],
    person: str,
) -> list[Fault]:
    """The rows that write an absence, old or new, by which this person acts."""
    written = [change.values for change in changes]
    return [
        Fault(number, "", OWN)
        for number, row in values
        if row in written and (own(row, person) or own(standing.get(tuple(row[name] for name in kind.key)), person))
    ]  # fmt: skip


async def _outside(
    connection: Connection, kind: RegisterKind, values: Sequence[tuple[int, Values]], actor: Actor
) -> list[Fault]:
    """The rows of a place that the actor has nothing to say in."""
    places = {row[kind.at] for _, row in values}
    covered = {place for place in places if await covers(connection, place, actor)}
    return [
        Fault(number, "", "只有本区划或上级的工作身份可以登记") for number, row in values if row[kind.at] not in covered
    ]


def _changes(
    kind: RegisterKind, values: Iterable[tuple[int, Values]], standing: Mapping[tuple[Any, ...], Values], today: date
) -> tuple[list[RowChange], list[Fault]]:
    changes, wrong = list[RowChange](), list[Fault]()
    for number, row in values:
        there = standing.get(tuple(row[name] for name in kind.key))
        differs = there is None or any(there[name] != row[name] for name in row.keys() - {"valid_from", "valid_to"})
        if not kind.dated:
            change: RowChange | str | None = RowChange(row, there is None) if differs else None
        elif (row["valid_from"] or today) > today:
            change = f"{row['valid_from']} 还没有到，到日再载入"
        elif there is None:
            change = RowChange(row | {"valid_from": row["valid_from"] or today}, True)
        else:
            change = _succeeding(row, there, differs, today)
        if isinstance(change, str):
            wrong.append(Fault(number, kind.heading("valid_from"), change))
        elif change:
            changes.append(change)
    return changes, wrong


def _succeeding(row: Values, there: Values, differs: bool, today: date) -> RowChange | str | None:
    """What a row makes of the one that stands: nothing, its end, its successor, or words why it cannot."""
    begun, ended, since = there["valid_from"], there["valid_to"], row["valid_from"] or today
    if not differs and (ended is None or row["valid_from"] is None or row["valid_from"] <= begun):
        if row["valid_to"] == ended:
            return None
        if row["valid_to"] and row["valid_to"] > begun:
            return RowChange(row, ends=begun, on=row["valid_to"], written=False)
    if ended is not None and since >= ended:
        return RowChange(row | {"valid_from": since})
    if since <= begun:
        return f"内容与登记的不同，应写明晚于 {begun}（登记的生效日期）的日期，现为“{since}”"
    return RowChange(row | {"valid_from": since}, ends=begun, on=since)


async def _write(connection: Connection, kind: RegisterKind, changes: Sequence[RowChange], actor: Actor | None) -> None:
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
