"""Roll call: notices when Temporal is away, back, or has lost its store; cases then get new keepers."""

from datetime import timedelta

import structlog
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, GetClusterInfoRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities import wire
from keepers.reach import Reach
from ledger.store.connection import Writers

LOOK_SECONDS = 1.0
CALL_WITHIN = timedelta(seconds=2)
SETTING = "temporal_store"

# In one statement, so that of two workers only one calls: the second waits for the row and finds it changed.
CALL = """
with changed as (
    insert into setting (name, value) values ($1, $2)
    on conflict (name) do update set value = excluded.value where setting.value <> excluded.value
    returning name
), called as (
    insert into outbox (case_id)
    select c.id from "case" c, changed where c.wake_at is not null order by c.wake_at
    returning 1
)
select (select count(*) from changed) as changed, (select count(*) from called) as called
"""

log = structlog.get_logger("roll_call")


class RollCall:
    """Compares the store that answers with the one that was known."""

    name = "roll call"

    def __init__(self, client: Client, writers: Writers, reach: Reach) -> None:
        self._client = client
        self._writers = writers
        self._reach = reach
        self._known: str | None = None
        self._cancelled = False  # the last look was

    async def work(self) -> None:
        """One look, reporting to Reach whether Temporal answered. Raises asyncpg's errors."""
        try:
            await self.look()
        except RPCError as error:
            # A server ends old connections now and then: a call that met that is only asked again.
            if error.status != RPCStatusCode.CANCELLED or self._cancelled:
                self._reach.away()
                log.warning("temporal_away", error=error.status.name)
            self._cancelled = error.status == RPCStatusCode.CANCELLED

    async def look(self) -> int:
        """One look; how many cases were called as the store is new. Raises RPCError, asyncpg's errors."""
        store = await self.store()
        self._reach.here()
        self._cancelled = False
        if store == self._known:
            return 0
        await self.register_search_attributes()
        (row,) = await self._writers.fetch(CALL, SETTING, store)
        self._known = store
        if row["changed"]:
            log.warning("temporal_store_is_new", cases_called=row["called"])
        return int(row["called"])

    async def store(self) -> str:
        """The identity of Temporal's store: the ids made with its cluster and its namespace."""
        service = self._client.workflow_service
        cluster = await service.get_cluster_info(GetClusterInfoRequest(), timeout=CALL_WITHIN)
        namespace = await service.describe_namespace(
            DescribeNamespaceRequest(namespace=self._client.namespace), timeout=CALL_WITHIN
        )
        return f"{cluster.cluster_id}/{namespace.namespace_info.id}"

    async def register_search_attributes(self) -> None:
        """Make those that are missing, where we are allowed to."""
        operator, namespace = self._client.operator_service, self._client.namespace
        try:
            listed = await operator.list_search_attributes(
                ListSearchAttributesRequest(namespace=namespace), timeout=CALL_WITHIN
            )
            missing = {wire.PROCEDURE, wire.DIVISION} - set(listed.custom_attributes)
            if missing:
                keyword = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
                await operator.add_search_attributes(
                    AddSearchAttributesRequest(namespace=namespace, search_attributes=dict.fromkeys(missing, keyword)),
                    timeout=CALL_WITHIN,
                )
        except RPCError as error:
            if error.status in (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED):
                raise
            # On a server whose operator keeps this right, they must be made there (README).
            log.error("search_attributes_not_made", error=str(error))
