"""Names for what a document refers to by id: persons, divisions, units; and hats in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Text, any_, case, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.days.instant import Instant
from domain.rules.form import control_free
from domain.rules.hat import ROLE_TITLES
from ledger.store.register_table import division, person, unit

ID_LENGTH_MAX = 64


@dataclass(frozen=True, slots=True)
class Names:
    """Id → name. What the registers do not know stands for itself."""

    persons: Mapping[str, str] = field(default_factory=dict)
    scopes: Mapping[str, str] = field(default_factory=dict)

    def person(self, person_id: str) -> str:
        """The person's name."""
        return self.persons.get(person_id, person_id)

    def scope(self, code: str) -> str:
        """The name of a division or unit."""
        return self.scopes.get(code, code)

    def hat(self, text: str) -> str:
        """`dispatcher@141025101000` as 北平镇 调度员."""
        role, _, scope = text.partition("@")
        return f"{self.scope(scope)} {ROLE_TITLES.get(role, role)}".strip()


def division_name(code: ColumnElement[str], at: ColumnElement[Any]) -> ColumnElement[str]:
    """The name of the division that was meant by a code at a time: the last one known then (a code gets reused, and an
    edition is loaded long after it began), or the first ever known.
    """
    known = select(division.c.name).where(division.c.code == code)
    then = known.where(division.c.loaded_at <= at).order_by(division.c.valid_from.desc()).limit(1)
    first = known.order_by(division.c.valid_from).limit(1)
    return func.coalesce(then.scalar_subquery(), first.scalar_subquery())


async def names(connection: AsyncConnection, *documents: Any, at: Instant | None = None) -> Names:
    """The names of everything that the texts in `documents` (JSON-like) are ids of; of divisions, as known `at`."""
    wanted = any_(literal(list({each for document in documents for each in _ids(document)}), ARRAY(Text)))
    persons = await connection.execute(select(person.c.id, person.c.name).where(person.c.id == wanted))
    # Also of divisions that are no more, for their cases remain; of several rows the last one stands.
    places = select(division.c.code, division.c.name).where(division.c.code == wanted).order_by(division.c.valid_from)
    if at is not None:  # what was known then comes last, and so stands
        places = places.order_by(None).order_by(
            division.c.loaded_at <= at,
            case((division.c.loaded_at <= at, division.c.valid_from)),
            division.c.valid_from.desc(),
        )
    units = select(unit.c.id, unit.c.name).where(unit.c.id == wanted)
    scopes = [*(await connection.execute(places)), *(await connection.execute(units))]
    return Names({row[0]: row[1] for row in persons}, {row[0]: row[1] for row in scopes})


def _ids(document: Any) -> Iterator[str]:
    """Every text that could be an id, and what a hat is worn at."""
    if isinstance(document, Mapping):
        for value in document.values():
            yield from _ids(value)
    elif isinstance(document, list):
        for value in document:
            yield from _ids(value)
    elif isinstance(document, str) and len(document) <= ID_LENGTH_MAX and control_free(document):
        yield document
        if "@" in document:
            yield document.partition("@")[2]
