"""Keepers live for months: today's workflows must read what yesterday's wrote."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from activities import wire
from domain.watch import Watch
from tests.workflows.record import HISTORIES, SCENES
from tests.workflows.stand_in import commands
from workflows import registrar
from workflows.case import CaseWorkflow
from workflows.intake import IntakeWorkflow
from workflows.round import RoundWorkflow

CORPUS = sorted(HISTORIES.glob("*.json"))
CASES = [path for path in CORPUS if path.stem.startswith("case")]


def history(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(path.stem, path.read_text())


async def replay(path: Path, workflows: Sequence[type]) -> Exception | None:
    result = await Replayer(workflows=workflows).replay_workflow(history(path), raise_on_replay_failure=False)
    return result.replay_failure


def test_the_corpus_is_there() -> None:
    assert len(CORPUS) >= 5


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
async def test_recorded_histories_replay(path: Path) -> None:
    assert await replay(path, [CaseWorkflow, IntakeWorkflow, RoundWorkflow]) is None


@workflow.defn(name=wire.CASE)
class Hasty:
    """A keeper as somebody might rewrite it: asks first and sleeps afterwards."""

    @workflow.run
    async def run(self, watch: Watch) -> None:
        while watch.wake_at:
            watch = await registrar.wake(watch.case_id)
            await workflow.sleep(timedelta(seconds=1))

    @workflow.signal(name=wire.MOVED)
    def moved(self, watch: Watch) -> None:
        """Pays no attention."""


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
async def test_a_planted_change_of_order_is_caught(path: Path) -> None:
    failure = await replay(path, [Hasty])
    assert isinstance(failure, workflow.NondeterminismError)


WAKE = ["start timer", "schedule registrar.wake within 10 s"]
FINGERPRINTS = {
    "case_rungs": [*WAKE * 3, "complete"],
    "case_moves": [*WAKE, "start timer", "cancel timer", "complete"],
    "case_patience": ["start timer", "cancel timer", *WAKE * 3, "complete"],
    "case_continued": [*WAKE * 6, "continue as new"],
    "intake_opened": ["schedule registrar.open within 10 s", "complete"],
    "round_opened": ["schedule round.open within 300 s", "complete"],
}


@pytest.mark.parametrize("name", FINGERPRINTS)
def test_fingerprints_of_the_corpus(name: str) -> None:
    assert commands(history(HISTORIES / f"{name}_1.json")) == FINGERPRINTS[name]


@pytest.mark.parametrize("name", ["case_rungs", "intake_opened", "round_opened"])
async def test_fingerprints_of_today(name: str, skipping: WorkflowEnvironment) -> None:
    """An edit that no replay notices, such as another timeout, still needs `workflow.patched` and a new entry."""
    assert commands(await SCENES[name](skipping)) == FINGERPRINTS[name]
