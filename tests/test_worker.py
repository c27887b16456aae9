"""The worker as a process: there without Temporal, gone within five seconds of being asked."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.stage import TrialStage
from embedded.child import Child


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[TrialStage]:
    with TrialStage(tmp_path / "var") as stage:
        yield stage
    shutil.rmtree(tmp_path, ignore_errors=True)


def until_logged(worker: Child, words: str) -> None:
    deadline = time.monotonic() + 60
    while words not in worker.tail(1000):
        assert worker.alive, worker.tail()
        assert time.monotonic() < deadline, worker.tail()
        time.sleep(0.05)


def end(worker: Child) -> None:
    """It says by its exit code whether all of it ended within its own `STOP_SECONDS`; a busy machine takes its time."""
    assert worker.process
    worker.process.terminate()
    assert worker.process.wait(60) == 0, worker.tail()


def test_ends_in_time_with_temporal_there_gone_or_never_seen(stage: TrialStage) -> None:
    with_it, bereft = stage.start_worker(), stage.start_worker({"BIHUAN_WORKER_METRICS_PORT": "0"})
    until_logged(with_it, "temporal_connected")
    until_logged(bereft, "temporal_connected")
    end(with_it)
    stage.stop_temporal()
    until_logged(bereft, "temporal_away")
    end(bereft)
    never = stage.start_worker()
    until_logged(never, "temporal_away")
    end(never)


def test_versioned_when_told(stage: TrialStage) -> None:
    worker = stage.start_worker({"BIHUAN_WORKER_DEPLOYMENT": "bihuan", "BIHUAN_WORKER_BUILD": "1"})
    until_logged(worker, "temporal_connected")
    time.sleep(1)
    assert "temporal_side_failed" not in worker.tail(1000)
    end(worker)
