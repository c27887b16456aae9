"""Who reported cases, as it is kept apart from them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.store.table import reporter


async def reporters(connection: AsyncConnection, case_ids: Sequence[UUID]) -> dict[UUID, tuple[str | None, str | None]]:
    """Name and phone of whoever reported these cases, each may be missing; a case that nobody reported is left out."""
    query = select(reporter).where(reporter.c.case_id.in_(case_ids))
    return {row.case_id: (row.name, row.phone) for row in await connection.execute(query)}
