"""Whole lives with their keepers: opened, handled, closed, and the end of the workflow awaited."""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import yaml
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from bench.ground import Ground
from bench.hosting import TASK_QUEUE, connected, hosted
from bench.life import DRILL, Script, accepted, live
from bench.register import release
from bench.row import FigureRow, Pace, Spread, Target, by_callers, interleaved, ratio
from bench.workflow import EmptyWorkflow
from domain.rules.procedure import Procedure, read
from ledger.ledger import open_ledger
from ledger.registrar.registrar import Registrar
from ledger.store.connection import Writers
from settings import ROOT

TITLE = "整件办结：登记处 + 中继 + 后台 + Case 流程，与 Temporal 空流程"
TEMPORAL = True
LIVES = 240
CALLERS = 150  # lives under way at once, of either contender
LOOK_SECONDS = 0.05
END_WITHIN = 60.0
SCRIPT = Script("errand", DRILL.opening, DRILL.steps)


def errand() -> Procedure:
    """The drill with hours instead of seconds: nothing falls due, and its closing ends the workflow."""
    document = yaml.safe_load((ROOT / "procedures" / "drill.yaml").read_text(encoding="utf-8"))
    for clock in document["clocks"].values():
        clock["limit"] = {"n": 10, "unit": "hour"}
    return read(document | {"id": SCRIPT.procedure, "prefix": "BJ"})


class LifeReport:
    """Tells when the relay has carried a case's news to Temporal: by one look at the outbox for all who wait."""

    def __init__(self, writers: Writers) -> None:
        self._writers = writers
        self._next: asyncio.Future[frozenset[UUID]] = asyncio.get_running_loop().create_future()

    async def look(self) -> None:
        """Look until cancelled."""
        while True:
            mine, self._next = self._next, asyncio.get_running_loop().create_future()
            mine.set_result(frozenset(r["case_id"] for r in await self._writers.fetch("select case_id from outbox")))
            await asyncio.sleep(LOOK_SECONDS)

    async def arrived(self, case_id: UUID) -> None:
        """Return once nothing of the case waits in the outbox."""
        while case_id in await self._next:
            pass


async def whole(registrar: Registrar, report: LifeReport, client: Client) -> None:
    """One life. It closes only once its keeper exists, so that every case really has a workflow that ends."""
    case_id: UUID | None = None
    for step in range(len(SCRIPT.steps) - 1):
        case_id = accepted(await registrar.rule(SCRIPT.request(step, case_id)))
    assert case_id is not None
    await report.arrived(case_id)
    accepted(await registrar.rule(SCRIPT.request(len(SCRIPT.steps) - 1, case_id)))
    await asyncio.wait_for(client.get_workflow_handle(str(case_id)).result(), END_WITHIN)


async def straight_on(registrar: Registrar, report: LifeReport, client: Client) -> bool:
    """One life straight to its close; whether it had a workflow, whose end is awaited too."""
    case_id = await live(registrar, SCRIPT)
    await report.arrived(case_id)
    try:
        await asyncio.wait_for(client.get_workflow_handle(str(case_id)).result(), END_WITHIN)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


async def measure(ground: Ground, pace: Pace) -> AsyncIterator[FigureRow]:
    """Lives a second, and empty workflows a second."""
    url, count = ground.fresh("whole"), pace.of(LIVES, 60)
    await release(url, [errand()])
    worker = ground.start_worker(url)
    client = await connected(ground)
    async with hosted(client, [EmptyWorkflow]), open_ledger(url) as ledger:
        report = LifeReport(ledger.writers)
        looking = asyncio.create_task(report.look())

        async def empty() -> None:
            await client.execute_workflow(EmptyWorkflow.run, id=str(uuid4()), task_queue=TASK_QUEUE)

        async def lives() -> float:
            began = time.perf_counter()
            await by_callers(CALLERS, [lambda: whole(ledger.registrar, report, client)] * count)
            return count / (time.perf_counter() - began)

        async def workflows() -> float:
            began = time.perf_counter()
            await by_callers(CALLERS, [empty] * count)
            return count / (time.perf_counter() - began)

        kept: list[bool] = []

        async def straight() -> None:
            kept.append(await straight_on(ledger.registrar, report, client))

        async def coalesced() -> float:
            began = time.perf_counter()
            await by_callers(CALLERS, [straight] * count)
            return count / (time.perf_counter() - began)

        await by_callers(8, [lambda: whole(ledger.registrar, report, client), empty] * 8)
        rates = await interleaved({"lives": lives, "empty": workflows, "straight": coalesced}, pace.rounds)
        ended = (await client.count_workflows("WorkflowType = 'Case' and ExecutionStatus = 'Completed'")).count
        looking.cancel()
    ground.stop(worker)
    yield FigureRow(
        "整件 ÷ 空流程",
        ratio(rates["lives"], rates["empty"]),
        "×",
        Target("≥", 0.9),
        (
            f"整件 {Spread.over(rates['lives']).shown(' 件/秒')}，"
            f"空流程 {Spread.over(rates['empty']).shown(' 个/秒')}；"
            f"每轮 {count} 件，{CALLERS} 件并行",
            f"每件先等 Case 流程启动再办结，并等其结束；Temporal 中已结束的 Case 流程 {ended} 个",
        ),
    )
    yield FigureRow(
        "一气办结 ÷ 空流程",
        ratio(rates["straight"], rates["empty"]),
        "×",
        None,
        (
            f"不等 Case 流程启动即办结 {Spread.over(rates['straight']).shown(' 件/秒')}：中继按事项合并消息，"
            f"{len(kept):,} 件中 {sum(kept):,} 件启动过流程",
        ),
    )
