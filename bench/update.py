"""The same six-step life through the registrar, and through Temporal updates whose activity writes the event."""

import time
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

from temporalio import activity
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy

from bench import raw
from bench.ground import Ground
from bench.hosting import TASK_QUEUE, connected, hosted
from bench.life import STEPS, live
from bench.row import FigureRow, Pace, Spread, Target, by_callers, interleaved, ratio
from bench.workflow import WRITE, LifeWorkflow, Written
from ledger.ledger import open_ledger
from ledger.store.connection import Writers

TITLE = "指令：登记处与 Temporal update + activity（同样的六步）"
TEMPORAL = True
CONNECTIONS = 8
CALLERS = 32  # more than the registrar gets: Temporal's throughput grows with them
LIVES, TEMPORAL_LIVES = 300, 60
INSERT = (
    "insert into event (case_id, version, name, schema, leaf, body, salt, recorded_at)"
    " values ($1, $2, 'ActionTaken', 1, $3, $4, '\\x00', clock_timestamp())"
)


async def measure(ground: Ground, pace: Pace) -> AsyncIterator[FigureRow]:
    """Commands a second of both, the registrar's one by one."""
    url = ground.fresh("update")
    sizes = [(step.event["leaf"], step.event["body"]) for step in await raw.recorded(url)]
    lives, temporal_lives = pace.of(LIVES, 60), pace.of(TEMPORAL_LIVES, CALLERS)
    client, writers = await connected(ground), Writers(url, CONNECTIONS)

    @activity.defn(name=WRITE)
    async def write(row: Written) -> None:
        await writers.fetch(INSERT, UUID(row.case_id), row.version, row.leaf, row.body)

    async def life() -> None:
        case_id = str(uuid4())
        start = WithStartWorkflowOperation(
            LifeWorkflow.run, STEPS, id=case_id, task_queue=TASK_QUEUE, id_conflict_policy=WorkflowIDConflictPolicy.FAIL
        )
        rows = [Written(case_id, version, *size) for version, size in enumerate(sizes, 1)]
        await client.execute_update_with_start_workflow(LifeWorkflow.step, rows[0], start_workflow_operation=start)
        handle = client.get_workflow_handle(case_id)
        for row in rows[1:]:
            await handle.execute_update(LifeWorkflow.step, row)

    async def by_temporal() -> float:
        began = time.perf_counter()
        await by_callers(CALLERS, [life] * temporal_lives)
        return temporal_lives * STEPS / (time.perf_counter() - began)

    async with hosted(client, [LifeWorkflow], [write]), open_ledger(url, CONNECTIONS) as ledger:

        async def by_registrar() -> float:
            began = time.perf_counter()
            await by_callers(CONNECTIONS, [lambda: live(ledger.registrar)] * lives)
            return lives * STEPS / (time.perf_counter() - began)

        await by_callers(CONNECTIONS, [lambda: live(ledger.registrar), life] * CONNECTIONS)
        rates = await interleaved({"registrar": by_registrar, "temporal": by_temporal}, pace.rounds)
    await writers.close()
    spreads = {name: Spread.over(values).shown(" 条/秒") for name, values in rates.items()}
    yield FigureRow(
        "登记处逐条 ÷ Temporal update + activity",
        ratio(rates["registrar"], rates["temporal"]),
        "×",
        Target("≥", 20),
        (
            f"登记处 {spreads['registrar']}（{CONNECTIONS} 个并发，每轮 {lives} 件）；"
            f"Temporal {spreads['temporal']}（{CALLERS} 个并发，每轮 {temporal_lives} 件）",
        ),
    )
