"""The keeper's sense of time, on the server whose time can be skipped."""

from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities import wire
from domain.watch import Watch
from tests.workflows.stand_in import CASE_ID, Ledger, at, worker
from workflows.case import CaseWorkflow


async def keeper(environment: WorkflowEnvironment, watch: Watch) -> WorkflowHandle[CaseWorkflow, None]:
    return await environment.client.start_workflow(CaseWorkflow.run, watch, id=str(uuid4()), task_queue=wire.TASK_QUEUE)


async def test_wakes_at_each_time_and_ends_when_none_is_left(skipping: WorkflowEnvironment) -> None:
    start = await skipping.get_current_time()
    month = 30 * 24 * 3600
    ledger = Ledger(
        skipping.get_current_time,
        [Watch(CASE_ID, 2, at(start, month + 60)), Watch(CASE_ID, 3, None)],
    )
    async with worker(skipping.client, ledger):
        await (await keeper(skipping, Watch(CASE_ID, 1, at(start, month)))).result()
    first, second = ((asked - start).total_seconds() for asked in ledger.asked_at)
    assert 0 <= first - month < 2
    assert 0 <= second - month - 60 < 2


async def test_an_unchanged_answer_makes_it_look_ever_more_rarely(skipping: WorkflowEnvironment) -> None:
    start = await skipping.get_current_time()
    same = Watch(CASE_ID, 1, at(start, 1))
    ledger = Ledger(skipping.get_current_time, [same] * 12 + [Watch(CASE_ID, 2, None)])
    async with worker(skipping.client, ledger):
        await (await keeper(skipping, same)).result()
    asked = [each.timestamp() for each in ledger.asked_at]
    pauses = [later - earlier for earlier, later in pairwise(asked)]
    expected = [0.25, 0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30, 30]
    assert len(pauses) == len(expected)
    for pause, least in zip(pauses, expected, strict=True):
        assert least <= pause < least + 1.5


async def test_news_moves_the_time_and_late_news_does_not(skipping: WorkflowEnvironment) -> None:
    start = await skipping.get_current_time()
    ledger = Ledger(skipping.get_current_time, [Watch(CASE_ID, 9, None)])
    async with worker(skipping.client, ledger):
        handle = await keeper(skipping, Watch(CASE_ID, 5, at(start, 3600)))
        await handle.signal(CaseWorkflow.moved, Watch(CASE_ID, 7, at(start, 600)))
        await handle.signal(CaseWorkflow.moved, Watch(CASE_ID, 6, at(start, 60)))
        await handle.result()
    (asked,) = ledger.asked_at
    assert 600 <= (asked - start).total_seconds() < 602


async def test_news_that_nothing_is_left_ends_it(skipping: WorkflowEnvironment) -> None:
    start = await skipping.get_current_time()
    ledger = Ledger(skipping.get_current_time, [None])
    async with worker(skipping.client, ledger):
        handle = await keeper(skipping, Watch(CASE_ID, 1, at(start, 3600)))
        await handle.signal(CaseWorkflow.moved, Watch(CASE_ID, 2, None))
        await handle.result()
    assert ledger.asked_at == []


async def test_a_ledger_that_is_away_for_an_hour_costs_no_keeper(skipping: WorkflowEnvironment) -> None:
    start = await skipping.get_current_time()
    ledger = Ledger(skipping.get_current_time, [None] * 200 + [Watch(CASE_ID, 2, None)])
    async with worker(skipping.client, ledger):
        await (await keeper(skipping, Watch(CASE_ID, 1, at(start, 1)))).result()
    assert len(ledger.asked_at) == 201


async def test_a_case_that_the_ledger_does_not_know_needs_no_keeper(skipping: WorkflowEnvironment) -> None:
    start = await skipping.get_current_time()
    ledger = Ledger(skipping.get_current_time, [Watch(CASE_ID, 0, None)])
    async with worker(skipping.client, ledger):
        await (await keeper(skipping, Watch(CASE_ID, 7, at(start, 1)))).result()


async def test_cancelling_does_not_end_it(skipping: WorkflowEnvironment) -> None:
    start = await skipping.get_current_time()
    ledger = Ledger(skipping.get_current_time, [Watch(CASE_ID, 2, None)])
    async with worker(skipping.client, ledger):
        handle = await keeper(skipping, Watch(CASE_ID, 1, at(start, 3600)))
        await handle.cancel()
        await handle.result()
        assert (await handle.describe()).status == WorkflowExecutionStatus.COMPLETED
    (asked,) = ledger.asked_at
    assert asked - start >= timedelta(hours=1)
