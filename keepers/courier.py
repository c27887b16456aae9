"""The courier: carries what cases have to say to each other, and brings back what was declined."""

from uuid import UUID

import asyncpg
import structlog

from keepers.runner import RETURN_SECONDS
from keepers.setback import Setbacks
from ledger.registrar.mail import WAITING, answer, letter
from ledger.registrar.registrar import Registrar
from ledger.registrar.request import PoisonedCase
from ledger.store.connection import Connection

DELIVERED = "delete from letter where id = any($1)"

BATCH = 100
BUSY_SECONDS = 0.02
IDLE_SECONDS_MAX = 0.5

log = structlog.get_logger("courier")


class Courier:
    """Letters go only after they have been ruled, so one may be ruled twice: its id makes that the same ruling."""

    name = "courier"
    rest_seconds = RETURN_SECONDS

    def __init__(self, registrar: Registrar) -> None:
        self._registrar = registrar
        self._pause = IDLE_SECONDS_MAX
        self._setbacks = Setbacks(rest_seconds=5, rest_seconds_max=300)

    async def step(self, connection: Connection) -> float:
        """One walk. It needs no Temporal."""
        carried = await self.round(connection)
        self._pause = BUSY_SECONDS if carried else min(self._pause * 2, IDLE_SECONDS_MAX)
        return self._pause

    async def round(self, connection: Connection) -> int:
        """One walk over the letters that wait, oldest first; how many were carried."""
        waiting = await connection.fetch(WAITING, self._setbacks.resting(), BATCH)
        done = [row["id"] for row in waiting if await self._carry(row)]
        if done:
            await connection.execute(DELIVERED, done)
        return len(done)

    async def _carry(self, row: asyncpg.Record) -> bool:
        """Rule one letter; if it is declined, tell its sender. A failing one rests without holding up the others."""
        letter_id: UUID = row["id"]
        try:
            ruling = await self._registrar.rule(letter(row))
            if ruling.refused:
                await self._registrar.rule(answer(row, ruling))
        except PoisonedCase:
            self._setbacks.failed(letter_id)
            # Only its id: the words may quote the case, and a log is no place for that.
            log.error("letter_undeliverable", letter_id=str(letter_id))
            return False
        self._setbacks.succeeded(letter_id)
        return True
