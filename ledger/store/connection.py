"""Connections that the writers hold: a pool's acquire and reset would cost a third of the throughput."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import asyncpg

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
else:
    Connection = asyncpg.Connection

STATEMENT_TIMEOUT_MS = 5_000
COMMAND_TIMEOUT_SECONDS = 8  # longer than the server's own: only for a server that no longer answers at all
# A connection lost while a statement ran: whether it committed is unknown until somebody asks by command id.
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server said goodbye to an idle connection, and its next user hears it
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    OSError,
    TimeoutError,
)


async def connect(url: str, **settings: str) -> Connection:
    """One connection to the ledger. `url`: postgresql://user@host:port/name, or ?host=/directory&port=n."""
    return await asyncpg.connect(
        url,
        timeout=5,
        command_timeout=COMMAND_TIMEOUT_SECONDS,
        server_settings={
            "statement_timeout": str(STATEMENT_TIMEOUT_MS),
            "jit": "off",
            "plan_cache_mode": "force_generic_plan",
            **settings,
        },
    )


def alchemy_url(url: str) -> str:
    """The same place for SQLAlchemy's asyncpg dialect."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    if "host" not in query:
        return parts._replace(scheme="postgresql+asyncpg").geturl()
    host, port = query["host"][0], query.get("port", ["5432"])[0]
    user = f"{parts.username}@" if parts.username else ""
    return f"postgresql+asyncpg://{user}/{parts.path.strip('/')}?host={host}&port={port}"


class Writers:
    """A fixed set of connections, each used by one command at a time; a broken one is replaced when next needed."""

    def __init__(self, url: str, size: int = 8) -> None:
        self.url = url
        self.size = size
        self._idle: asyncio.LifoQueue[Connection | None] = asyncio.LifoQueue()
        for _ in range(size):
            self._idle.put_nowait(None)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[Connection]:
        """One connection, connected; given back, or dropped when it broke or the work was cancelled midway."""
        connection = await self._idle.get()
        try:
            if connection is None or connection.is_closed():
                connection = None
                connection = await connect(self.url)
            yield connection
        except (*LOST, asyncio.CancelledError):
            if connection is not None:
                connection.terminate()
            connection = None
            raise
        finally:
            self._idle.put_nowait(connection)

    async def fetch(self, query: str, *arguments: Any) -> Sequence[asyncpg.Record]:
        """Rows of one statement on a held connection."""
        async with self.held() as connection:
            return await connection.fetch(query, *arguments)

    async def close(self) -> None:
        """Close every connection, waiting for those in use."""
        for _ in range(self.size):
            connection = await self._idle.get()
            if connection is not None:
                await connection.close(timeout=2)
