"""Stocking the shelf in the background: a database that is away is waited for, a broken file is named."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from application.house import House
from ledger.changes.publish import stock

PAUSE_SECONDS = 0.5
PAUSE_SECONDS_MAX = 5.0

log = structlog.get_logger("shelf")


@asynccontextmanager
async def stocking(house: House) -> AsyncIterator[None]:
    """While this runs, procedures and calendars are being released, or have been."""
    task = asyncio.create_task(_stock(house))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _stock(house: House) -> None:
    pause = PAUSE_SECONDS
    while not house.shelf.stocked:
        try:
            house.shelf.faults = await stock(house.ledger.library)
            house.shelf.stocked = True
            for fault in house.shelf.faults:
                log.error("file not released", fault=fault)
        except Exception as error:  # whatever it is, the next attempt may find it gone
            log.warning("shelf not stocked yet", error=repr(error)[:300])
            await asyncio.sleep(pause)
            pause = min(pause * 2, PAUSE_SECONDS_MAX)
