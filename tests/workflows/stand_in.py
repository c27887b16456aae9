"""A ledger that exists only in a test: answers `registrar.wake` as told and remembers when it was asked."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity
from temporalio.client import Client, WorkflowHistory
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from activities import wire
from domain.watch import Watch
from workflows.case import CaseWorkflow
from workflows.intake import IntakeWorkflow
from workflows.round import RoundWorkflow

CASE_ID = "0d9d2c5e-6f0a-5c1e-9b1b-2f1c6a9a7f10"


class Ledger:
    """Answers each wake with the next of `answers` (the last for ever); `None` fails the attempt."""

    def __init__(self, now: Callable[[], Any], answers: Sequence[Watch | None]) -> None:
        self._now = now
        self._answers = list(answers)
        self.asked_at: list[datetime] = []
        self.openings: list[Any] = []

    @activity.defn(name=wire.WAKE)
    async def wake(self, _: str) -> Watch:
        self.asked_at.append(await self._now())
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if answer is None:
            raise ApplicationError("not now", type=wire.UNAVAILABLE)
        return answer

    @activity.defn(name=wire.OPEN)
    async def open(self, opening: Any) -> wire.Opened:
        self.openings.append(opening)
        return wire.Opened("opened", CASE_ID, "YL-2026-000001", 1)

    @activity.defn(name=wire.OPEN_ROUND)
    async def open_round(self, round_id: str) -> int:
        self.openings.append(round_id)
        return 79


def worker(
    client: Client, ledger: Ledger, workflows: Sequence[type] = (CaseWorkflow, IntakeWorkflow, RoundWorkflow)
) -> Worker:
    activities = [ledger.wake, ledger.open, ledger.open_round]
    return Worker(client, task_queue=wire.TASK_QUEUE, workflows=list(workflows), activities=activities)


def at(start: datetime, seconds: float) -> datetime:
    return (start + timedelta(seconds=seconds)).astimezone(UTC)


def commands(history: WorkflowHistory) -> list[str]:
    """What the workflow asked of Temporal, in order: its fingerprint."""
    told = []
    for event in history.events:
        if event.HasField("timer_started_event_attributes"):
            told.append("start timer")
        elif event.HasField("timer_canceled_event_attributes"):
            told.append("cancel timer")
        elif event.HasField("activity_task_scheduled_event_attributes"):
            scheduled = event.activity_task_scheduled_event_attributes
            within = scheduled.start_to_close_timeout.seconds
            told.append(f"schedule {scheduled.activity_type.name} within {within} s")
        elif event.HasField("workflow_execution_completed_event_attributes"):
            told.append("complete")
        elif event.HasField("workflow_execution_continued_as_new_event_attributes"):
            told.append("continue as new")
        elif event.HasField("workflow_execution_failed_event_attributes"):
            told.append("fail")
    return told
