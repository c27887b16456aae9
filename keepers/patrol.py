"""Patrol: the second way for an escalation to happen. It shares nothing with Temporal but the ledger."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from domain.days.instant import Instant
from keepers.metric import PATROLLED, TROUBLED
from keepers.reach import PATIENCE
from keepers.setback import Setbacks
from ledger.registrar.docket import clock_actor
from ledger.registrar.registrar import Registrar
from ledger.registrar.request import LedgerUnavailable, PoisonedCase, expiry
from ledger.store.connection import Connection

TROUBLES = "select count(*) from trouble"
NOW = "select clock_timestamp()"

ROUND_SECONDS = 1.0
ROUND_SECONDS_MIN = 0.2  # when patience is short, looking is frequent
BATCH = 500
NO_TIME = timedelta(0)
BEGINNING = (datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))

OVERDUE = """
select id, wake_at from "case"
where wake_at <= $1 and (wake_at, id) > ($2, $3) and id <> all($4::uuid[])
order by wake_at, id limit $5
"""
REPORT = "insert into trouble (case_id, words) values ($1, $2) on conflict do nothing returning case_id"
# A case that is no longer overdue, whoever woke it (Patrol, its workflow, a person), is no longer in trouble.
CLEAR = """
delete from trouble t where not exists (
    select from "case" c where c.id = t.case_id and c.wake_at <= $1)
"""

log = structlog.get_logger("patrol")


class Patrol:
    """Expires what is overdue by more than `patience()` and gives such cases their keepers back.

    `clock`: what PostgreSQL's reading counts as, the registrar's own.
    """

    name = "patrol"
    rest_seconds = ROUND_SECONDS

    def __init__(
        self,
        registrar: Registrar,
        patience: Callable[[], timedelta] = lambda: PATIENCE,
        clock: Callable[[Instant], Instant] = lambda at: at,
    ) -> None:
        self._registrar = registrar
        self._patience = patience
        self._clock = clock
        self._setbacks = Setbacks(rest_seconds=60, rest_seconds_max=60)

    async def step(self, connection: Connection) -> float:
        """One walk over everything overdue; the walks begin a second apart."""
        began = time.monotonic()
        await self.round(connection)
        return max(0.0, self._round_seconds - (time.monotonic() - began))

    @property
    def _round_seconds(self) -> float:
        return min(ROUND_SECONDS, max(ROUND_SECONDS_MIN, self._patience().total_seconds()))

    async def round(self, connection: Connection) -> int:
        """One walk over everything overdue, oldest first. How many cases had to be woken."""
        (moment, place), woken = BEGINNING, 0
        while True:
            overdue_by = await self._now(connection, self._patience())
            page = await connection.fetch(OVERDUE, overdue_by, moment, place, self._setbacks.resting(), BATCH)
            if page:
                woken += await self._expire(connection, [row["id"] for row in page])
                moment, place = page[-1]["wake_at"], page[-1]["id"]
            if len(page) < BATCH:
                break
        await connection.execute(CLEAR, await self._now(connection))
        TROUBLED.set(await connection.fetchval(TROUBLES))
        if woken:
            log.info("overdue_woken", cases=woken)
        return woken

    async def _now(self, connection: Connection, before: timedelta = NO_TIME) -> Instant:
        """What counts as now, or so long before it: patience is spent in PostgreSQL's time."""
        reading: Instant = await connection.fetchval(NOW)
        return self._clock(reading - before)

    async def _expire(self, connection: Connection, case_ids: Sequence[UUID]) -> int:
        requests = [expiry(case_id, clock_actor("-")) for case_id in case_ids]
        try:
            rulings = await self._registrar.rule_many(requests, keep=True)
        except LedgerUnavailable as error:
            return await self._divide(connection, case_ids, error)
        woken = 0
        for case_id, ruling in zip(case_ids, rulings, strict=True):
            if isinstance(ruling, PoisonedCase):
                await self._report(connection, case_id, str(ruling))
            else:
                self._setbacks.succeeded(case_id)
                woken += 1
        PATROLLED.inc(woken)
        return woken

    async def _divide(self, connection: Connection, case_ids: Sequence[UUID], error: LedgerUnavailable) -> int:
        """A batch failed though the ledger answers: one locked case must not hold up its neighbours."""
        await connection.fetchval("select 1")
        if len(case_ids) == 1:
            await self._report(connection, case_ids[0], str(error))
            return 0
        size = max(1, len(case_ids) // 20)
        parts = [case_ids[start : start + size] for start in range(0, len(case_ids), size)]
        return sum([await self._expire(connection, part) for part in parts])

    async def _report(self, connection: Connection, case_id: UUID, words: str) -> None:
        self._setbacks.failed(case_id)
        if await connection.fetchval(REPORT, case_id, words[:500]):
            # Only its id: the words may quote the case, and a log is no place for that.
            log.error("case_troubled", case_id=str(case_id))
