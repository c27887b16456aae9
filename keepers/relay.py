"""The relay: carries the outbox to Temporal, so that every case has a keeper that knows when to wake it."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg
import structlog
from temporalio.client import Client
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.service import RPCError, RPCStatusCode

from activities import wire
from domain.watch import Watch
from keepers.metric import TOLD, WAITING
from keepers.runner import RETURN_SECONDS
from keepers.setback import Setbacks
from ledger.store.connection import Connection

CARRIED = "delete from outbox where id = any($1)"

BATCH = 500
CONCURRENCY = 50
BUSY_SECONDS = 0.02
IDLE_SECONDS_MAX = 0.25
CALL_WITHIN = timedelta(seconds=5)
TASK_WITHIN = timedelta(seconds=3)
AWAY = {RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED}
PROCEDURE = SearchAttributeKey.for_keyword(wire.PROCEDURE)
DIVISION = SearchAttributeKey.for_keyword(wire.DIVISION)

# Rows of one case become one message with its newest watch, read from the case itself.
WAITERS = """
select c.id, c.version, c.wake_at, c.number, c.procedure, c.division, c.sealed, array_agg(o.id) as rows
from (select id, case_id from outbox where case_id <> all($1::uuid[]) order by id limit $2) o
join "case" c on c.id = o.case_id
group by c.id order by min(o.id)
"""

log = structlog.get_logger("relay")


class Relay:
    """Rows go only after Temporal has their news, so news may arrive twice; keepers do not mind."""

    name = "relay"
    rest_seconds = RETURN_SECONDS

    def __init__(self, client: Client) -> None:
        self._client = client
        self._pause = IDLE_SECONDS_MAX
        self._setbacks = Setbacks(rest_seconds=1, rest_seconds_max=60)

    async def step(self, connection: Connection) -> float:
        """Carry what waits, one batch."""
        waiting = await connection.fetch(WAITERS, self._setbacks.resting(), BATCH)
        WAITING.set(sum(len(row["rows"]) for row in waiting))
        carried, away = await self._tell_all(waiting) if waiting else ([], False)
        if carried:
            await connection.execute(CARRIED, carried)
        self._pause = BUSY_SECONDS if carried else min(self._pause * 2, IDLE_SECONDS_MAX)
        return RETURN_SECONDS if away else self._pause

    async def _tell_all(self, waiting: Sequence[asyncpg.Record]) -> tuple[list[int], bool]:
        """The outbox rows whose news arrived, and whether Temporal was away."""
        gate = asyncio.Semaphore(CONCURRENCY)
        delivered: list[int] = []
        away = False

        async def tell(row: asyncpg.Record) -> None:
            nonlocal away
            async with gate:
                if away:
                    return
                try:
                    await self._tell(row)
                except RPCError as error:
                    if error.status in AWAY:
                        away = True
                    else:
                        self._setbacks.failed(row["id"])
                        log.error("keeper_not_told", case_id=str(row["id"]), error=str(error))
                else:
                    self._setbacks.succeeded(row["id"])
                    delivered.extend(row["rows"])
                    TOLD.inc()

        await asyncio.gather(*map(tell, waiting))
        return delivered, away

    async def _tell(self, row: asyncpg.Record) -> None:
        case_id: UUID = row["id"]
        watch = Watch(str(case_id), row["version"], row["wake_at"])
        if watch.wake_at is None:  # no keeper is needed; one that runs may end
            await self._dismiss(watch)
            return
        await self._client.start_workflow(
            wire.CASE,
            watch,
            id=watch.case_id,
            task_queue=wire.TASK_QUEUE,
            task_timeout=TASK_WITHIN,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            search_attributes=None if row["sealed"] else _attributes(row),
            static_summary=None if row["sealed"] else row["number"],  # of a sealed case Temporal's pages tell nothing
            start_signal=wire.MOVED,
            start_signal_args=[watch],
            rpc_timeout=CALL_WITHIN,
        )

    async def _dismiss(self, watch: Watch) -> None:
        keeper = self._client.get_workflow_handle(watch.case_id)
        try:
            await keeper.signal(wire.MOVED, watch, rpc_timeout=CALL_WITHIN)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise


def _attributes(row: asyncpg.Record) -> TypedSearchAttributes:
    return TypedSearchAttributes(
        [SearchAttributePair(PROCEDURE, row["procedure"]), SearchAttributePair(DIVISION, row["division"])]
    )
