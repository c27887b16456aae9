"""Whether the database has the schema that this version reads."""

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.store.register_table import TABLES

MIGRATED_TO = "select version_num from alembic_version"


async def reached(connection: AsyncConnection) -> None:
    """Ask the database for anything at all."""
    await connection.execute(text("select 1"))


async def migrated(connection: AsyncConnection) -> str | None:
    """The last migration, where every table has the columns that this version reads; None where one has not."""
    try:
        for table in TABLES:
            await connection.execute(select(table).limit(0))
        version: str | None = await connection.scalar(text(MIGRATED_TO))
    except SQLAlchemyError:
        return None
    return version
