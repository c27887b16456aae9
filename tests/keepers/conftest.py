"""A fresh ledger for each test, and workers beside it in the test's own loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
import pytest_asyncio
from temporalio.client import Client

from bench import matter
from ledger.ledger import Ledger, open_ledger
from ledger.store.connection import Connection, connect
from worker import WorkerSettings, serve

Working = Callable[[str], AbstractAsyncContextManager[None]]


@pytest_asyncio.fixture(loop_scope="session")
async def ledger(database: str) -> AsyncIterator[Ledger]:
    async with open_ledger(database) as ledger:
        await matter.furnish(ledger, matter.drill(3, (1, 2)))
        yield ledger


@pytest_asyncio.fixture(loop_scope="session")
async def connection(database: str) -> AsyncIterator[Connection]:
    connection = await connect(database)
    yield connection
    await connection.close()


@pytest_asyncio.fixture(loop_scope="session")
async def client(temporal: str) -> Client:
    return await Client.connect(temporal)


@pytest.fixture
def working(database: str, monkeypatch: pytest.MonkeyPatch) -> Working:
    """`async with working(address)`: a worker on the test's ledger, asked to stop at the end."""

    @asynccontextmanager
    async def run(address: str) -> AsyncIterator[None]:
        monkeypatch.setenv("TEMPORAL_ADDRESS", address)
        stop = asyncio.Event()
        task = asyncio.create_task(serve(database, WorkerSettings(), stop))
        try:
            yield
        finally:
            stop.set()
            assert await task

    return run


async def eventually(holds: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    """Wait until it holds."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - what is awaited happens in another process
            await asyncio.sleep(0.05)
