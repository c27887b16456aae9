"""The documents of a case, read from the events that issued them."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.days.instant import Instant, rfc3339
from ledger.store.journal import named_with
from ledger.store.table import event

ISSUING = named_with("papers")


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """A document: its place in the case from 1, what it is called, and the version and time of its issue."""

    place: int
    document: str
    title: str
    number: str
    text: str
    version: int
    issued_at: Instant

    @property
    def told(self) -> dict[str, Any]:
        """Everything but the text."""
        names = ("place", "document", "title", "number", "version")
        return {name: getattr(self, name) for name in names} | {"issued_at": rfc3339(self.issued_at)}


async def issued(connection: AsyncConnection, case_id: UUID, version: int) -> list[IssuedDocument]:
    """The documents of the case up to `version`, as whoever asks was found to see it, in the order of issue."""
    query = (
        select(event.c.version, event.c.recorded_at, event.c.body)
        .where(event.c.case_id == case_id, event.c.version <= version, event.c.name.in_(ISSUING))
        .order_by(event.c.version)
    )
    found: list[IssuedDocument] = []
    for version, recorded_at, body in await connection.execute(query):
        for each in json.loads(body).get("papers", ()):
            found.append(IssuedDocument(len(found) + 1, **each, version=version, issued_at=recorded_at))
    return found
