"""The ledger as a whole, opened once by each process."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from domain.instant import Instant
from ledger.connection import Writers, alchemy_url
from ledger.library import Library
from ledger.registrar import Registrar


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a process needs of the ledger: `registrar` to write cases, `engine` to read, `writers` for the rest."""

    writers: Writers
    library: Library
    registrar: Registrar
    engine: AsyncEngine


@asynccontextmanager
async def opened(url: str, size: int = 8, clock: Callable[[Instant], Instant] = lambda at: at) -> AsyncIterator[Ledger]:
    """The ledger at `url` (the application role's). Connections are made when first needed."""
    writers = Writers(url, size)
    engine = create_async_engine(alchemy_url(url), pool_size=size, pool_pre_ping=True)
    library = Library(writers)
    try:
        yield Ledger(writers, library, Registrar(writers, library, clock), engine)
    finally:
        await writers.close()
        await engine.dispose()
