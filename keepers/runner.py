"""One way for every keeper to run: again and again, whatever happens to it, and where one is enough, one at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn, Protocol

import asyncpg
import structlog

from keepers.turn import turn
from ledger.registrar.request import LedgerUnavailable
from ledger.store.connection import LOST, Connection

RETURN_SECONDS = 1.0

log = structlog.get_logger("keepers")


class Keeper(Protocol):
    """What one worker at a time does. `step` works on the connection that holds the turn, so that whoever has lost the
    turn notices, and returns how many seconds to rest before the next.
    """

    @property
    def name(self) -> str:
        """What the turn is called, and the log."""

    @property
    def rest_seconds(self) -> float:
        """How long to rest before asking for the turn again."""

    async def step(self, connection: Connection) -> float:
        """Do it once."""


async def forever(name: str, work: Callable[[], Awaitable[object]], rest_seconds: float = RETURN_SECONDS) -> NoReturn:
    """Do `work` again and again, resting in between. Whatever it raises is logged, and it begins anew."""
    while True:
        try:
            await work()
        except (LedgerUnavailable, asyncpg.PostgresError, *LOST) as error:
            log.warning("ledger_lost", keeper=name, error=type(error).__name__)
        except Exception:
            log.exception("keeper_failed", keeper=name)
        await asyncio.sleep(rest_seconds)


async def keep(keeper: Keeper, url: str) -> NoReturn:
    """Run a keeper whenever it is this worker's turn at the ledger `url`."""

    async def while_it_is_ours() -> None:
        async with turn(url, keeper.name) as connection:
            while connection is not None:  # noqa: ASYNC110 - time passes, nothing sets an event
                await asyncio.sleep(await keeper.step(connection))

    await forever(keeper.name, while_it_is_ours, keeper.rest_seconds)
