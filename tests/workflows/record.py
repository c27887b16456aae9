"""Records the histories of the corpus: `python -m tests.workflows.record SUFFIX` on the bundled server.

The corpus is append-only: a name that exists is refused. Record after changing a workflow, under a new suffix.
"""

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.testing import WorkflowEnvironment

from activities import wire
from domain.watch import Watch
from embedded.temporal import binary
from tests.workflows.stand_in import CASE_ID, Ledger, worker
from workflows.case import CaseWorkflow
from workflows.intake import IntakeWorkflow
from workflows.round import RoundWorkflow

HISTORIES = Path(__file__).parent / "histories"
SUGGEST = "limit.historyCount.suggestContinueAsNew=60"


async def real_now() -> datetime:
    return datetime.now(UTC)


def soon(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


Keeper = WorkflowHandle[CaseWorkflow, None]


async def _keeper(environment: WorkflowEnvironment, watch: Watch) -> Keeper:
    return await environment.client.start_workflow(
        CaseWorkflow.run,
        watch,
        id=f"case-{uuid4()}",
        task_queue=wire.TASK_QUEUE,
        start_signal=wire.MOVED,
        start_signal_args=[watch],
    )


async def rungs(environment: WorkflowEnvironment) -> WorkflowHistory:
    """Three wakes, then nothing left."""
    ledger = Ledger(real_now, [Watch(CASE_ID, 2, soon(1)), Watch(CASE_ID, 3, soon(1.5)), Watch(CASE_ID, 4, None)])
    async with worker(environment.client, ledger):
        keeper = await _keeper(environment, Watch(CASE_ID, 1, soon(0.5)))
        await keeper.result()
    return await keeper.fetch_history()


async def moves(environment: WorkflowEnvironment) -> WorkflowHistory:
    """News: earlier, late, none left."""
    ledger = Ledger(real_now, [Watch(CASE_ID, 4, soon(3600))])
    async with worker(environment.client, ledger):
        keeper = await _keeper(environment, Watch(CASE_ID, 1, soon(3600)))
        await keeper.signal(CaseWorkflow.moved, Watch(CASE_ID, 3, soon(0.5)))
        await keeper.signal(CaseWorkflow.moved, Watch(CASE_ID, 2, soon(0.1)))
        await asyncio.sleep(1.5)
        await keeper.signal(CaseWorkflow.moved, Watch(CASE_ID, 5, None))
        await keeper.result()
    return await keeper.fetch_history()


async def patience(environment: WorkflowEnvironment) -> WorkflowHistory:
    """An unchanged answer, a ledger that is away, a cancellation that does not end it."""
    same = Watch(CASE_ID, 1, soon(0.2))
    ledger = Ledger(real_now, [same, same, None, None, Watch(CASE_ID, 2, None)])
    async with worker(environment.client, ledger):
        keeper = await _keeper(environment, same)
        await asyncio.sleep(0.4)
        await keeper.cancel()
        await keeper.result()
    return await keeper.fetch_history()


async def continued(environment: WorkflowEnvironment) -> WorkflowHistory:
    """A history grown long is continued as new; the first run of the chain."""
    answers = [Watch(CASE_ID, version, soon(0)) for version in range(2, 30)]
    ledger = Ledger(real_now, [*answers, Watch(CASE_ID, 99, None)])
    async with worker(environment.client, ledger):
        keeper = await _keeper(environment, Watch(CASE_ID, 1, soon(0)))
        await keeper.result()
    first = environment.client.get_workflow_handle(keeper.id, run_id=keeper.first_execution_run_id)
    return await first.fetch_history()


async def intake(environment: WorkflowEnvironment) -> WorkflowHistory:
    """One opening."""
    async with worker(environment.client, Ledger(real_now, [None])):
        opening = await environment.client.start_workflow(
            IntakeWorkflow.run, {"key": "1"}, id=f"intake-{uuid4()}", task_queue=wire.TASK_QUEUE
        )
        await opening.result()
    return await opening.fetch_history()


async def round_(environment: WorkflowEnvironment) -> WorkflowHistory:
    """One round, as a schedule starts it."""
    async with worker(environment.client, Ledger(real_now, [None])):
        started = await environment.client.start_workflow(
            RoundWorkflow.run, "affairs_day", id=f"round-{uuid4()}", task_queue=wire.TASK_QUEUE
        )
        await started.result()
    return await started.fetch_history()


Scene = Callable[[WorkflowEnvironment], Awaitable[WorkflowHistory]]
SCENES: dict[str, Scene] = {
    "case_rungs": rungs,
    "case_moves": moves,
    "case_patience": patience,
    "case_continued": continued,
    "intake_opened": intake,
    "round_opened": round_,
}


def impersonal(text: str) -> str:
    """Without the names and paths of a machine."""
    text = re.sub(r'"name": "\d+@[^"]*"', '"name": "sticky"', text)
    text = re.sub(r'"stackTrace": "(?:[^"\\]|\\.)*"', '"stackTrace": ""', text)
    return re.sub(r'"(identity|buildId|binaryChecksum)": "[^"]*"', r'"\1": "worker"', text)


async def record(suffix: str) -> None:
    """One file for each scene, `<scene>_<suffix>.json`."""
    server = await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(binary()), dev_server_extra_args=["--dynamic-config-value", SUGGEST]
    )
    async with server as environment:
        for name, scene in SCENES.items():
            path = HISTORIES / f"{name}_{suffix}.json"
            if path.exists():
                raise SystemExit(f"{path.name} exists: the corpus is append-only")
            history = await scene(environment)
            path.write_text(impersonal(history.to_json()) + "\n")
            print(path.name, len(history.events), "events")


if __name__ == "__main__":
    asyncio.run(record(sys.argv[1]))
