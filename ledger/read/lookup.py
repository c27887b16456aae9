"""Finding a case by what people call it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.store.table import case


async def case_id_of(connection: AsyncConnection, which: str) -> UUID | None:
    """The id of the case with this number (in capitals or not) or id, whoever may see it; None where there is none."""
    try:
        return UUID(which)
    except ValueError:
        found: UUID | None = await connection.scalar(select(case.c.id).where(case.c.number == which.upper()))
        return found
