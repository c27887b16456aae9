"""The ledger as a whole, opened once by each process."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from domain.days.instant import Instant
from ledger.registrar.registrar import Registrar
from ledger.registrar.request import LedgerUnavailable
from ledger.store.connection import LOST, STATEMENT_TIMEOUT_MS, Writers, alchemy_url
from ledger.store.library import Library

# Parallel workers would win one reader little and take the cores from the writers.
READING = {"statement_timeout": str(STATEMENT_TIMEOUT_MS), "jit": "off", "max_parallel_workers_per_gather": "0"}


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a process needs of the ledger: `registrar` to write cases, `engine` to read, `writers` for the rest."""

    writers: Writers
    library: Library
    registrar: Registrar
    engine: AsyncEngine

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read by, each statement for itself. Raises LedgerUnavailable."""
        try:
            async with self.engine.connect() as connection:
                yield connection
        except (*LOST, InterfaceError, OperationalError, PoolTimeoutError) as error:
            raise LedgerUnavailable(type(error).__name__) from error
        except DBAPIError as error:
            cause = error.orig.__cause__ if error.orig else None
            if error.connection_invalidated or isinstance(cause, (*LOST, asyncpg.QueryCanceledError)):
                raise LedgerUnavailable(type(cause).__name__) from error
            raise


@asynccontextmanager
async def open_ledger(
    url: str, size: int = 8, clock: Callable[[Instant], Instant] = lambda at: at
) -> AsyncIterator[Ledger]:
    """The ledger at `url` (the application role's). Connections are made when first needed."""
    writers = Writers(url, size)
    engine = create_async_engine(
        alchemy_url(url),
        pool_size=size,
        pool_pre_ping=True,
        isolation_level="AUTOCOMMIT",
        connect_args={"timeout": 5, "server_settings": READING},
    )
    library = Library(writers)
    try:
        yield Ledger(writers, library, Registrar(writers, library, clock), engine)
    finally:
        await writers.close()
        await engine.dispose()
