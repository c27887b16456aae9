"""Drill cases left alone: is every rung fired once, in order, never early and within two seconds of its time?

`python -m bench.drill` in fair weather; the options make it foul. Exit code 1 when the promise is broken.
"""

import argparse
import asyncio
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from temporalio.api.enums.v1 import WorkflowExecutionStatus
from temporalio.client import Client
from temporalio.service import RPCError

from bench import matter
from bench.stage import TrialStage
from ledger.ledger import Ledger, open_ledger
from ledger.store.connection import Connection, connect

RUNGS = ["warning", "yellow", "red", "dispatcher@township", "dispatcher@county"]
LATE_SECONDS_MAX = 2.0
DRILL_SECONDS = 20.0  # from opening to the county
INTAKE_EVERY_SECONDS = 5.0
KEEPERS_WITHIN_SECONDS = 30.0


def broken(fired: Sequence[matter.Fired], case_ids: Sequence[UUID]) -> list[str]:
    """What was promised and not kept, in words."""
    by_case: dict[UUID, list[matter.Fired]] = defaultdict(list)
    for each in fired:
        by_case[each.case_id].append(each)
    faults = [
        f"{case_id}: {[each.rung for each in by_case[case_id]]}"
        for case_id in case_ids
        if [each.rung for each in by_case[case_id]] != RUNGS
    ]
    faults += [
        f"{each.case_id} {each.rung}: {each.late_seconds:+.3f} s"
        for each in fired
        if not 0 <= each.late_seconds <= LATE_SECONDS_MAX
    ]
    return faults


class Drill:
    """One run of the drill on a stage."""

    def __init__(self, stage: TrialStage, ledger: Ledger, connection: Connection) -> None:
        self._stage = stage
        self._ledger = ledger
        self._connection = connection
        self.case_ids: list[UUID] = []

    async def open(self) -> None:
        """Open one case; that it is acknowledged is part of the promise."""
        ruling = await self._ledger.registrar.rule(matter.opening())
        assert ruling.outcome == "opened", ruling
        assert ruling.case_id is not None
        self.case_ids.append(ruling.case_id)

    async def open_for(self, seconds: float) -> None:
        """Open a case now and every few seconds for so long."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while loop.time() < until:
            await self.open()
            await asyncio.sleep(min(INTAKE_EVERY_SECONDS, max(0.0, until - loop.time())))

    async def watch(self) -> list[str]:
        """Wait until the last case has reached the county, then tell every rung and what is broken."""
        due = len(self.case_ids) * len(RUNGS)
        for _ in range(int((DRILL_SECONDS + 15) * 5)):
            fired = await matter.fired(self._connection, self.case_ids)
            if len(fired) >= due:
                break
            await asyncio.sleep(0.2)
        await asyncio.sleep(3)  # would anything happen twice?
        fired = await matter.fired(self._connection, self.case_ids)
        for each in fired:
            print(f"{str(each.case_id)[:8]}  {each.rung:<20} {each.late_seconds:+7.3f} s")
        return broken(fired, self.case_ids)

    async def keepers_missing(self) -> list[UUID]:
        """Open cases without a running keeper, after some patience."""
        rows = await self._connection.fetch("select id from \"case\" where wake_at > now() + interval '1 minute'")
        client = await Client.connect(self._stage.address)
        missing = [row["id"] for row in rows]
        for _ in range(int(KEEPERS_WITHIN_SECONDS * 2)):
            missing = [case_id for case_id in missing if not await _kept(client, case_id)]
            if not missing:
                break
            await asyncio.sleep(0.5)
        print(f"{len(rows)} cases sleep on; without a keeper: {len(missing)}")
        return missing


async def _kept(client: Client, case_id: UUID) -> bool:
    try:
        keeper = await client.get_workflow_handle(str(case_id)).describe()
    except RPCError:
        return False
    return keeper.raw_info.status == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING


async def run(stage: TrialStage, chosen: argparse.Namespace) -> list[str]:
    """The whole trial; what is broken."""
    faults: list[str] = []
    extra = {}
    if chosen.faketime:
        extra = {"LD_PRELOAD": chosen.faketime_library, "FAKETIME": chosen.faketime}
        extra["FAKETIME_DONT_FAKE_MONOTONIC"] = "1"
    async with open_ledger(stage.url) as ledger:
        connection = await connect(stage.url)
        drill = Drill(stage, ledger, connection)
        worker = stage.start_worker(extra)
        if chosen.delete_temporal_store:
            await matter.furnish(ledger, matter.drill(3600))
            sleepers = [matter.opening() for _ in range(chosen.sleepers)]
            await ledger.registrar.rule_many(sleepers)
        await matter.furnish(ledger)
        await drill.open()
        if chosen.kill_worker:
            for _ in range(3):
                await asyncio.sleep(4)
                worker.kill()
                await drill.open()
                await asyncio.sleep(0.2)  # as its supervisor would
                worker.start()
        if chosen.stop_temporal or chosen.delete_temporal_store:
            await asyncio.sleep(3)
            stage.stop_temporal()
            await drill.open_for(chosen.stop_temporal)
            if chosen.delete_temporal_store:
                stage.delete_temporal_store()
            stage.start_temporal()
            await drill.open_for(6)
        faults += await drill.watch()
        if chosen.delete_temporal_store:
            faults += [f"{case_id} has no keeper" for case_id in await drill.keepers_missing()]
        print(f"cases {len(drill.case_ids)}, broken promises {len(faults)}")
        await connection.close()
    return faults


def main() -> int:
    """Exit code 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kill-worker", action="store_true", help="SIGKILL it three times on the way")
    parser.add_argument("--stop-temporal", type=float, default=0, metavar="SECONDS")
    parser.add_argument("--delete-temporal-store", action="store_true")
    parser.add_argument("--sleepers", type=int, default=50, help="cases that must regain their keepers")
    parser.add_argument("--faketime", metavar="+1h", help="how far the worker's clock is off")
    parser.add_argument("--faketime-library", metavar="PATH", help="libfaketime.so.1")
    chosen = parser.parse_args()
    if bool(chosen.faketime) != bool(chosen.faketime_library):
        parser.error("--faketime and --faketime-library go together")
    with tempfile.TemporaryDirectory(prefix="bihuan-drill-") as root, TrialStage(Path(root)) as stage:
        faults = asyncio.run(run(stage, chosen))
        if faults:
            print(*faults, sep="\n", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
