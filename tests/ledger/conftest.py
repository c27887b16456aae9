"""A county on a database of its own for every module."""

from collections.abc import AsyncIterator, Callable
from itertools import count

import pytest
import pytest_asyncio

from tests.ledger.county import County, Database, inhabited

_NUMBERS = count(1)


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
