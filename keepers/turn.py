"""One at a time: among all workers, who holds an advisory lock of PostgreSQL has the turn."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ledger.store.connection import Connection, connect

TAKE = "select pg_try_advisory_lock(hashtext('bihuan'), hashtext($1))"

# A machine that vanished gives its turn up within half a minute.
NOTICED_DEAD = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "4"}


@asynccontextmanager
async def turn(url: str, name: str) -> AsyncIterator[Connection | None]:
    """A connection of its own that holds the turn `name`, or None when another worker has it.

    The turn ends with the connection, however that ends; whoever works in it works on that very connection
    and so notices at once. Raises asyncpg's errors, OSError.
    """
    connection = await connect(url, application_name=f"bihuan {name}", **NOTICED_DEAD)
    try:
        mine = await connection.fetchval(TAKE, name)
        yield connection if mine else None
    finally:
        connection.terminate()
