"""What the relay tells Temporal, and what it keeps until Temporal has it."""

import asyncio
from uuid import UUID

from temporalio.client import Client, WorkflowExecutionStatus

from bench import matter
from keepers.relay import DIVISION, PROCEDURE, Relay
from keepers.runner import keep
from ledger.ledger import Ledger
from ledger.store.connection import Connection
from tests.keepers.conftest import eventually
from tests.keepers.test_keeper import acted, opened, stands


async def signals(client: Client, case_id: UUID) -> int:
    history = await client.get_workflow_handle(str(case_id)).fetch_history()
    return sum(event.HasField("workflow_execution_signaled_event_attributes") for event in history.events)


async def test_rows_of_one_case_become_one_message_and_go_once_it_arrived(
    ledger: Ledger, connection: Connection, client: Client, database: str
) -> None:
    case_id = await opened(ledger)
    await acted(ledger, case_id, "dispatch", "dispatcher", unit=matter.UNIT)
    await connection.execute("insert into outbox (case_id) select $1 from generate_series(1, 50)", case_id)
    relay = asyncio.create_task(keep(Relay(client), database))

    async def empty() -> bool:
        return not await connection.fetchval("select count(*) from outbox")

    await eventually(empty)
    assert await signals(client, case_id) == 1
    keeper = client.get_workflow_handle(str(case_id))
    await keeper.terminate()  # a keeper that was lost comes back with the next news
    await connection.execute("insert into outbox (case_id) values ($1)", case_id)
    await eventually(empty)
    assert (await keeper.describe()).status == WorkflowExecutionStatus.RUNNING
    relay.cancel()
    await asyncio.wait([relay])
    await keeper.terminate()


async def test_a_closed_case_whose_keeper_is_gone_needs_none(
    ledger: Ledger, connection: Connection, client: Client, database: str
) -> None:
    case_id = await opened(ledger)
    await acted(ledger, case_id, "dispatch", "dispatcher", unit=matter.UNIT)
    await acted(ledger, case_id, "submit", "handler", result="好了")
    await acted(ledger, case_id, "approve", "approver")
    relay = asyncio.create_task(keep(Relay(client), database))

    async def empty() -> bool:
        return not await connection.fetchval("select count(*) from outbox")

    await eventually(empty)
    relay.cancel()
    await asyncio.wait([relay])
    assert not await stands(client, case_id, WorkflowExecutionStatus.RUNNING)


async def test_rows_stay_while_temporal_is_away(ledger: Ledger, connection: Connection, database: str) -> None:
    await opened(ledger)
    away = await Client.connect("127.0.0.1:1", lazy=True)
    relay = asyncio.create_task(keep(Relay(away), database))
    await asyncio.sleep(1)
    assert await connection.fetchval("select count(*) from outbox") == 1
    relay.cancel()
    await asyncio.wait([relay])


async def test_of_a_sealed_case_temporal_is_told_no_more_than_when_to_wake_it(
    ledger: Ledger, connection: Connection, client: Client, database: str
) -> None:
    case_id = await opened(ledger)
    await connection.execute("update \"case\" set sealed = array['inspector@141025000000'] where id = $1", case_id)
    relay = asyncio.create_task(keep(Relay(client), database))
    await eventually(lambda: stands(client, case_id, WorkflowExecutionStatus.RUNNING))
    described = await client.get_workflow_handle(str(case_id)).describe()
    assert [pair.key for pair in described.typed_search_attributes if pair.key in (PROCEDURE, DIVISION)] == []
    assert await described.static_summary() is None
    relay.cancel()
    await asyncio.wait([relay])
    await client.get_workflow_handle(str(case_id)).terminate()
