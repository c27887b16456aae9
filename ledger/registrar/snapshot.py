"""The unlocked read of the hot path: everything that deciding a batch of commands needs, in one round trip."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

import asyncpg

from domain.case.command import Act, Open, parts
from domain.case.context import Duties, Other, Place, Rival
from domain.case.sight import Outline, sees
from domain.case.state import Case
from domain.clocks.clock import HandlingUnit
from domain.days.instant import Instant
from domain.rules.form import SHA256, Known, control_free
from domain.rules.hat import Actor
from ledger.registers.division import county_of
from ledger.registrar.request import PoisonedCase, Request
from ledger.store.connection import Connection
from ledger.store.read_statement import read as read_statement
from ledger.store.stored_case import UNREADABLE, stored_case

DIVISION = re.compile(r"\d{12}")
NOTHING_KNOWN = Known()
NUMBER = re.compile(r"[A-Z]{2,4}-\d{4}-\d{6,12}", re.ASCII)
UUID_LENGTH = 36
CODE_LENGTH_MAX = 20
NAME_LENGTH_MAX = 64  # ids of units and persons are shorter; longer answers cannot name one


@dataclass(frozen=True, slots=True)
class Registers:
    """What the registers know of everything that the batch names. `uploads`: by person, the files among it."""

    known: Known
    units: Mapping[str, HandlingUnit]
    homes: Mapping[str, str]
    places: Mapping[str, Place]
    calendar: str | None
    cases: Sequence[Mapping[str, Any]] = ()
    duties: Mapping[str, Duties] = field(default_factory=dict)
    uploads: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def known_to(self, actor: Actor) -> Known:
        """What this actor may name. Another one's file is as good as none: nobody learns that it is there."""
        own = self.uploads.get(actor.person)
        return replace(self.known, evidence=own) if own else self.known

    def home(self, scope: str) -> str:
        """The division of a hat's scope: a unit's division, or the scope itself."""
        return self.homes.get(scope, scope)

    def others(self, actor: Actor) -> dict[str, Other]:
        """The cases named in the batch that this actor may see, by number and by id."""
        found: dict[str, Other] = {}
        for each in self.cases:
            if sees(outline(each), actor, self.home(actor.hat.scope)):
                other = Other(
                    each["id"], each["number"], each["title"], each["closed"], bool(each["sealed"]), each["procedure"]
                )
                found |= {other.number: other, other.case_id: other}
        return found


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A case as read, or the absence of one (version 0). `at` is PostgreSQL's clock."""

    case: Case | None
    version: int
    head: bytes
    at: Instant


Row = asyncpg.Record


async def read(connection: Connection, requests: Sequence[Request]) -> tuple[Sequence[Row], Registers]:
    """One row per request, in order, and the registers. Raises asyncpg's errors."""
    names, files, codes, numbers, ids = set[str](), set[str](), set[str](), set[str](), set[UUID]()
    for request in requests:
        if not DIVISION.fullmatch(request.actor.hat.scope):
            names.add(request.actor.hat.scope)
        for part in parts(request.command):
            if isinstance(part, Open):
                codes.add(plain(part.division))
            if isinstance(part, Act):
                codes.add(plain(str(part.fields.get("division", ""))[:CODE_LENGTH_MAX]))
            for answer in _strings(part.fields) if isinstance(part, (Open, Act)) else ():
                if NUMBER.fullmatch(answer):
                    numbers.add(answer)
                elif case_id := _uuid(answer):
                    ids.add(case_id)
                else:
                    (files if SHA256.fullmatch(answer) else names).add(answer)
    codes.discard("")
    registers, many = bool(names or files or codes or numbers or ids), len(requests) > 1
    asked: list[tuple[Any, ...]] = [(r.command_id, r.target, *_opens(r)) for r in requests]
    arguments: list[Any] = [list(column) for column in zip(*asked, strict=True)] if many else list(asked[0])
    if registers:
        persons = {request.actor.person for request in requests} if files else ()
        arguments += [list(each) for each in (names, codes, files, numbers, ids, persons)]
    rows = await connection.fetch(read_statement(many, registers), *arguments)
    return rows, _registers(rows[0]) if registers else Registers(NOTHING_KNOWN, {}, {}, {}, rows[0]["calendar"])


def _opens(request: Request) -> tuple[str | None, str | None]:
    """The procedure of a case to be opened, and the county where."""
    first = parts(request.command)[0]
    return (plain(first.procedure), county_of(plain(first.division))) if isinstance(first, Open) else (None, None)


def plain(name: str) -> str:
    """A name as PostgreSQL can take it; one with control characters or too long is nobody's."""
    return name if len(name) <= NAME_LENGTH_MAX and control_free(name) else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == UUID_LENGTH else None
    except ValueError:
        return None


def outline(row: Mapping[str, Any]) -> Outline:
    """What the rule of sight reads of a case that was read as a row."""
    return Outline(row["opened_by"], row["sealed"] or (), row["public"], row["units"], row["lineage"])


def rivals(row: "Row") -> tuple[Rival, ...]:
    """The other cases about the same matter that were read with a case."""
    return tuple(
        Rival(each["id"], each["number"], each["closed"], datetime.fromisoformat(each["received_at"]), each["outcome"])
        for each in json.loads(row["rivals"] or "[]")
    )


def _strings(fields: Mapping[str, Any]) -> list[str]:
    nested = [value for value in fields.values() if isinstance(value, dict)]  # the form of a child case
    values = chain(fields.values(), *(each.values() for each in nested))
    items = chain.from_iterable(value if isinstance(value, list) else [value] for value in values)
    return [item for item in items if isinstance(item, str) and len(item) <= NAME_LENGTH_MAX and control_free(item)]


def _registers(row: Row) -> Registers:
    units = json.loads(row["units"] or "[]")
    places = json.loads(row["places"] or "[]")
    uploads: dict[str, set[str]] = {}
    for person, file in json.loads(row["uploads"] or "[]"):
        uploads.setdefault(person, set()).add(file)
    return Registers(
        known=Known(frozenset(unit for unit, *_ in units), frozenset(row["persons"] or ())),
        units={unit: HandlingUnit(unit, level) for unit, _, level, _ in units},
        homes={unit: division for unit, division, *_ in units},
        places={code: Place(code, level, lineage) for code, level, lineage in places},
        calendar=row["calendar"],
        cases=json.loads(row["cases"] or "[]"),
        duties={unit: _duties(lists) for unit, _, _, lists in units if lists},
        uploads={person: frozenset(own) for person, own in uploads.items()},
    )


def _duties(lists: Sequence[tuple[str, str]]) -> Duties:
    """A township's lists as pairs of list and matter."""
    listed = frozenset(matter for name, matter in lists if name != "negative")
    return Duties(listed or None, frozenset(matter for name, matter in lists if name == "negative"))


async def snapshot(connection: Connection, request: Request, row: Row) -> Snapshot:
    """The case in `row`; folded again from its events when another fold stored it. Raises PoisonedCase."""
    if row["version"] is None:
        return Snapshot(None, 0, b"", row["at"])
    try:
        case = await stored_case(connection, request.target, row)
    except UNREADABLE as error:
        raise PoisonedCase(request.target, f"{type(error).__name__}: {str(error)[:200]}") from error
    return Snapshot(case, row["version"], row["head"], row["at"])
