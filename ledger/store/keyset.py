"""Keyset pages: the next rows are those behind the last one read, so that each page costs what the first one does."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.store.connection import Connection

BATCH = 500
FIRST = UUID(int=0)
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class KeysetPage:
    """Rows in the order of their key, and the key of the last of them where there are more (None: there are none)."""

    items: Sequence[dict[str, Any]]
    next: tuple[str, ...] | None


async def keyset_page(
    connection: AsyncConnection,
    query: Select[Any],
    key: Sequence[ColumnElement[str]],
    after: Sequence[str],
    limit: int,
) -> KeysetPage:
    """The first `limit` rows of a query behind `after` (empty: from the beginning), in the order of `key`."""
    if after:
        query = query.where(tuple_(*key) > tuple_(*after))
    rows = (await connection.execute(query.order_by(*key).limit(limit + 1))).mappings().all()
    items, last = cut(rows, limit)
    return KeysetPage([dict(row) for row in items], tuple(last[column.key] for column in key) if last else None)


def cut(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], Row | None]:
    """The first `limit` of rows of which one more was read, and the one behind which the next page begins, if any."""
    items = rows[:limit]
    return items, items[-1] if len(rows) > limit else None


async def each_row(
    connection: Connection, query: str, *arguments: Any, key: str = "id", first: Any = FIRST
) -> AsyncIterator[asyncpg.Record]:
    """All rows of a query, batch by batch. Its $1 is the `key` of the last row read, its $2 how many to read next."""
    last = first
    while True:
        rows = await connection.fetch(query, last, BATCH, *arguments)
        for row in rows:
            yield row
        if len(rows) < BATCH:
            return
        last = rows[-1][key]
