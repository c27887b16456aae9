"""Registers as their own tables: what is in force, what is missing, what was wrong, and what shifts tell each other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from application.caller import Caller, Operator
from application.declined import Declined
from application.house import House
from application.place import unknown_division
from application.shapes.register import (
    DutyPageShape,
    DutyShape,
    GapShape,
    GapsShape,
    RegisterShape,
    UnitPageShape,
    UnitShape,
)
from domain.days.instant import rfc3339
from domain.rules.hat import Role
from domain.rules.refusal import Code, Refusal
from ledger.identity.scope import now, scope_of
from ledger.registers import contents, display, vacancy
from ledger.registers.register_kind import KINDS, RegisterKind
from ledger.registers.voiding import void as voided

TITLES: Mapping[str, str] = {name: kind.title for name, kind in KINDS.items()}
SIGNED = frozenset(name for name, kind in KINDS.items() if kind.voidable)  # what says who has said it
NOT_THEIRS = Refusal(Code.HAT_NOT_ALLOWED, "只有本区划的工作身份可以记交接班")


@dataclass(frozen=True, slots=True)
class Table:
    """A register for people: the columns that are loaded, and what else is known of each row, heading → words.

    `shape`: the same for programs; of units and duties it is what their own list is.
    """

    headings: Sequence[str]
    lines: Sequence[Sequence[str]]
    beside: Sequence[Mapping[str, str]]
    shape: RegisterShape | UnitPageShape | DutyPageShape


async def table(house: House, _: Operator, which: str, division: str | None, void: bool) -> Table:
    """What is in force of the register `which` (one of TITLES), or with `void` what was taken back. Raises Declined."""
    kind = KINDS[which]
    if division is not None:
        await _known(house, division)
    rows = await contents.rows(house.ledger.writers, kind, division, void)
    lines, beside = [display.line(kind, row) for row in rows], [display.beside(kind, row) for row in rows]
    return Table(display.headings(kind), lines, beside, _shape(which, kind, rows))


def empty(which: str) -> tuple[list[str], list[str]]:
    """The headings of the register `which`, and for every column what belongs there."""
    return display.headings(KINDS[which]), list(display.demands(KINDS[which]))


async def gaps(house: House, _: Operator, division: str) -> GapsShape:
    """What a division and those below it lack now. Raises Declined."""
    await _known(house, division)
    async with house.ledger.reading() as connection:
        at = await now(connection)
    found = await vacancy.gaps(house.ledger.writers, house.ledger.library, division, at)
    return GapsShape(items=[GapShape(what=what, code=code, name=name) for what, code, name in found])


async def void(house: House, caller: Caller, which: str, key: Sequence[str], reason: str) -> None:
    """Take back a row that was wrong; it stays on record with who said so and why. Raises Declined."""
    await voided(house.ledger.writers, KINDS[which], key, caller.actor, reason)


async def hand_over(house: House, caller: Caller, division: str, to: str, words: str) -> None:
    """Keep what the caller's shift tells the next, whose person is `to`. Raises Declined."""
    if caller.hat.scope != division or caller.hat.role == Role.RESIDENT:
        raise Declined(NOT_THEIRS)
    await contents.hand_over(house.ledger.writers, division, caller.person, to, words)


async def _known(house: House, division: str) -> None:
    async with house.ledger.reading() as connection:
        found = await scope_of(connection, division)
    if found is None or found.code != found.home:
        raise Declined(unknown_division(division))


def _shape(
    which: str, kind: RegisterKind, rows: Sequence[Mapping[str, Any]]
) -> RegisterShape | UnitPageShape | DutyPageShape:  # fmt: skip
    if which == "units":
        return UnitPageShape(
            items=[UnitShape(**{name: row[name] for name in UnitShape.model_fields}) for row in rows], next=None
        )
    if which == "duties":
        names = [name.rstrip("_") for name in DutyShape.model_fields]
        return DutyPageShape(items=[DutyShape(**{name: row[name] for name in names}) for row in rows], next=None)
    items = [{name: _plain(value) for name, value in _columns(kind, row)} for row in rows]
    return RegisterShape(kind=which, title=kind.title, items=items)


def _columns(kind: RegisterKind, row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in kind.row.model_fields:
        yield name, f"{row['role']}@{row['scope']}" if name == "hat" else row[name]
    yield from ((name, row[name]) for name in display.BESIDE if name in row)


def _plain(value: Any) -> Any:
    return rfc3339(value) if isinstance(value, datetime) else value
