"""A house on the county of a module, and callers by the hat they wear."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from application.caller import Caller
from application.house import House
from domain.rules.hat import Hat
from tests.ledger.county import County, Database, inhabited


@pytest_asyncio.fixture(scope="module")
async def county(copied: Callable[[], Database]) -> AsyncIterator[County]:
    """The county of a module; its tests share it."""
    async with inhabited(copied()) as one:
        yield one


@pytest.fixture
def outcomes() -> list[str]:
    """What the house has ruled."""
    return []


@pytest.fixture
def house(county: County, tmp_path: Path, outcomes: list[str]) -> House:
    """The house that a process would open on this ledger."""
    return House(county.ledger, tmp_path, outcomes.append)


def caller(hat: str, person: str | None = None) -> Caller:
    """Somebody under a hat; by default one who wears only this one."""
    return Caller(person or hat, Hat.parse(hat), "request-1")
