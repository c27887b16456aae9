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
    deadline = time.monotonic() + 20
    while words not in worker.tail(1000):
        assert worker.alive, worker.tail()
        assert time.monotonic() < deadline, worker.tail()
        time.sleep(0.05)


def seconds_to_end(worker: Child) -> float:
    assert worker.process
    started = time.monotonic()
    worker.process.terminate()
    assert worker.process.wait(10) == 0, worker.tail()
    return time.monotonic() - started


def test_ends_in_time_with_temporal_there_gone_or_never_seen(stage: TrialStage) -> None:
    with_it, bereft = stage.start_worker(), stage.start_worker({"BIHUAN_WORKER_METRICS_PORT": "0"})
    until_logged(with_it, "temporal_connected")
    until_logged(bereft, "temporal_connected")
    assert seconds_to_end(with_it) < 5
    stage.stop_temporal()
    until_logged(bereft, "temporal_away")
    assert seconds_to_end(bereft) < 5
    never = stage.start_worker()
    until_logged(never, "temporal_away")
    assert seconds_to_end(never) < 5


def test_versioned_when_told(stage: TrialStage) -> None:
    worker = stage.start_worker({"BIHUAN_WORKER_DEPLOYMENT": "bihuan", "BIHUAN_WORKER_BUILD": "1"})
    until_logged(worker, "temporal_connected")
    time.sleep(1)
    assert "temporal_side_failed" not in worker.tail(1000)
    assert seconds_to_end(worker) < 5
