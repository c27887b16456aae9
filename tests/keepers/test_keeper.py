"""Keepers on the real server with the real ledger: exact, once, and there again after a reopening."""

import asyncio
from uuid import UUID

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from bench import matter
from keepers.relay import DIVISION, PROCEDURE
from ledger.ledger import Ledger
from ledger.store.connection import Connection
from tests.keepers.conftest import Working, eventually

RUNGS = ["warning", "yellow", "red", "dispatcher@township", "dispatcher@county"]


async def opened(ledger: Ledger) -> UUID:
    ruling = await ledger.registrar.rule(matter.opening())
    assert ruling.case_id
    return ruling.case_id


async def acted(ledger: Ledger, case_id: UUID, name: str, person: str, **fields: str) -> None:
    ruling = await ledger.registrar.rule(matter.action(case_id, name, person, fields))
    assert ruling.outcome == "acted", ruling


async def stands(client: Client, case_id: UUID, wanted: WorkflowExecutionStatus) -> bool:
    try:
        return (await client.get_workflow_handle(str(case_id)).describe()).status == wanted
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return False


async def left_alone(ledger: Ledger) -> UUID:
    return await opened(ledger)


async def dispatched(ledger: Ledger) -> UUID:
    """Two clocks, sign and handle, started by one event and due at one instant."""
    case_id = await opened(ledger)
    await acted(ledger, case_id, "dispatch", "dispatcher", unit=matter.UNIT)
    return case_id


async def reopened(ledger: Ledger, client: Client) -> UUID:
    """Closed, its keeper ended, and taken up again."""
    case_id = await dispatched(ledger)
    await eventually(lambda: stands(client, case_id, WorkflowExecutionStatus.RUNNING))
    await acted(ledger, case_id, "submit", "handler", result="好了")
    await acted(ledger, case_id, "approve", "approver")
    await eventually(lambda: stands(client, case_id, WorkflowExecutionStatus.COMPLETED))
    await acted(ledger, case_id, "reopen", "dispatcher")
    return case_id


async def test_every_rung_once_and_in_time(
    ledger: Ledger, connection: Connection, client: Client, temporal: str, working: Working
) -> None:
    async with working(temporal):

        async def connected() -> bool:
            return bool(await connection.fetchval("select exists (select from setting where name = 'temporal_store')"))

        await eventually(connected)
        alone, twofold, again = await asyncio.gather(left_alone(ledger), dispatched(ledger), reopened(ledger, client))
        described = await client.get_workflow_handle(str(alone)).describe()
        assert described.typed_search_attributes[PROCEDURE] == "drill"
        assert described.typed_search_attributes[DIVISION] == matter.VILLAGE
        number = await connection.fetchval('select number from "case" where id = $1', alone)
        assert await described.static_summary() == number

        async def all_fired() -> bool:
            return len(await matter.fired(connection)) >= 20

        await eventually(all_fired)
        await asyncio.sleep(0.5)
        fired = await matter.fired(connection)
        assert all(0 <= each.late_seconds < 2 for each in fired)
        assert [each.rung for each in fired if each.case_id == alone] == RUNGS
        assert [each.rung for each in fired if each.case_id == again] == RUNGS
        for clock in ("sign", "handle"):
            mine = [each for each in fired if each.case_id == twofold and each.clock == clock]
            assert [each.rung for each in mine] == RUNGS
        due = {each.due_at for each in fired if each.case_id == twofold and each.rung == "red"}
        assert len(due) == 1
        await eventually(lambda: stands(client, alone, WorkflowExecutionStatus.COMPLETED))
        assert await connection.fetchval("select count(*) from outbox") == 0


async def test_without_a_worker_what_was_due_comes_before_the_act(ledger: Ledger, connection: Connection) -> None:
    case_id = await dispatched(ledger)
    await asyncio.sleep(3.2)
    await acted(ledger, case_id, "submit", "handler", result="晚了")
    rows = await connection.fetch("select name from event where case_id = $1 order by version", case_id)
    assert [row["name"] for row in rows] == [
        "CaseOpened",
        "ActionTaken",
        *["ClockWarned"] * 2,
        *["CardIssued"] * 4,
        "ActionTaken",
    ]
