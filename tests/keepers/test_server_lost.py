"""Temporal comes late, goes, comes back, and comes back without its memory."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from bench import matter
from bench.stage import end
from embedded import temporal as server
from embedded.child import Child
from embedded.state import State
from ledger.ledger import Ledger
from ledger.store.connection import Connection
from tests.keepers.conftest import Working, eventually
from tests.keepers.test_keeper import opened, stands


class Mortal:
    """A Temporal of its own that can be stopped and can lose its store."""

    def __init__(self, root: Path) -> None:
        self.state = State(root)
        self.state.prepare()
        self.port = server.free_port()
        self.child: Child | None = None

    @property
    def address(self) -> str:
        return f"{server.HOST}:{self.port}"

    def start(self) -> None:
        self.child = server.child(self.state, self.port, None)
        self.child.start()

    def stop(self) -> None:
        if self.child:
            end(self.child)

    def forget(self) -> None:
        for path in self.state.root.glob(f"{self.state.temporal.name}*"):
            path.unlink()


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Mortal]:
    mortal = Mortal(tmp_path)
    yield mortal
    mortal.stop()


async def test_late_stopped_and_without_memory(
    ledger: Ledger, connection: Connection, mortal: Mortal, working: Working
) -> None:
    async def told() -> bool:
        return not await connection.fetchval("select count(*) from outbox")

    async def all_kept() -> bool:
        client = await Client.connect(mortal.address)
        kept = [await stands(client, case_id, WorkflowExecutionStatus.RUNNING) for case_id in sleepers]
        return all(kept)

    await matter.furnish(ledger, matter.drill(3600))
    async with working(mortal.address):
        sleepers = [await opened(ledger) for _ in range(10)]
        await asyncio.sleep(1)
        mortal.start()  # it comes after the worker
        await eventually(told)
        await eventually(all_kept)

        mortal.stop()
        mortal.forget()
        await matter.furnish(ledger, matter.drill(2, (1, 2)))
        alone = await opened(ledger)
        await asyncio.sleep(2)
        mortal.start()

        async def fired() -> bool:
            return len(await matter.fired(connection, [alone])) == 5

        await eventually(fired)
        await eventually(all_kept)  # none of them is due for an hour
        client = await Client.connect(mortal.address)
        keeper = await client.get_workflow_handle(str(sleepers[0])).describe()
        assert "BihuanProcedure" in {pair.key.name for pair in keeper.typed_search_attributes}
    assert all(0 <= each.late_seconds < 2 for each in await matter.fired(connection, [alone]))
