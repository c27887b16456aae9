"""Alembic's entry: migrations run online, under the owner role, each in one transaction."""

import asyncio

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool


def run(connection: Connection) -> None:
    """Apply what is missing on this connection."""
    # Several starts at once: the others wait here and then find nothing left to do. A lock of the session, for one of
    # the transaction would be given back after the first migration.
    connection.exec_driver_sql("select pg_advisory_lock(hashtext('migration'))")
    connection.commit()
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


async def run_online() -> None:
    """Connect as the owner and run."""
    engine = create_async_engine(context.config.attributes["url"], poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


asyncio.run(run_online())
