"""A county on a database of its own for every module."""

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import count

import pytest
import pytest_asyncio

from embedded.postgres import Postgres
from ledger import house
from ledger.connection import connect
from ledger.migration import upgrade
from procedures import paths
from samples import read
from tests.domain.scene import calendar, procedure
from tests.ledger.county import County, Database, create, inhabited, load_registers

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def stocked(postgres: Postgres) -> Database:
    """A migrated database with registers, procedures and calendars; a template: nobody stays connected to it."""
    database = create(postgres, "stocked")
    upgrade(database.owner_url)

    async def stock() -> None:
        async with house.opened(database.app_url, size=1) as ledger:
            assert await ledger.library.release(calendar())
            for path in paths():
                assert await ledger.library.release(procedure(path.stem))
        connection = await connect(database.owner_url)
        await load_registers(connection, read())
        await connection.close()

    asyncio.run(stock())
    return database


@pytest.fixture(scope="session")
def copied(stocked: Database) -> Callable[[], Database]:
    """Makes a stocked database of one's own."""
    return lambda: create(stocked.postgres, f"county_{next(_NUMBERS)}", stocked.name)


@pytest_asyncio.fixture(scope="module")
async def county(copied: Callable[[], Database]) -> AsyncIterator[County]:
    """The county of a module; tests of the module share it."""
    async with inhabited(copied()) as one:
        yield one


@pytest.fixture(autouse=True)
def present_time(request: pytest.FixtureRequest) -> None:
    """Every test begins with the clock as it is."""
    if "county" in request.fixturenames:
        request.getfixturevalue("county").clock.shift *= 0
