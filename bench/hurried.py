"""The product's worker in virtual time: `VIRTUAL_TIME=… python -m bench.hurried`.

Every clock of the ledger is virtual. Temporal's timers are real, so what crosses to Temporal is translated here, and
its schedules come often instead of by the calendar.
"""

import os
from dataclasses import replace
from datetime import timedelta
from typing import Any

import uvloop
from temporalio import activity
from temporalio.client import Schedule, ScheduleIntervalSpec, ScheduleOverlapPolicy, ScheduleSpec

import worker
from activities import registrar as desks
from activities import relay as relays
from activities import round as rounds
from activities import schedule as schedules
from activities import wire
from activities.registrar import Desk
from activities.relay import Relay
from bench.virtual import VARIABLE, Virtual, load
from domain.round import Round
from domain.watch import Watch

LOOK_SECONDS = 3.0  # a minute would be a month
SCHEDULED_EVERY = timedelta(seconds=4)

regular = schedules.schedule


def often(one: Round) -> Schedule:
    """The round's schedule, coming so often that it meets the worker's own loop."""
    made = regular(one)
    made.spec = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=SCHEDULED_EVERY)])
    made.policy.overlap = ScheduleOverlapPolicy.SKIP
    return made


def seam(time: Virtual) -> None:
    """Put the translation between the ledger and Temporal, both ways in."""

    class RealDesk(Desk):
        @activity.defn(name=wire.WAKE)
        async def wake(self, case_id: str) -> Watch:
            watch = await super().wake(case_id)
            return replace(watch, wake_at=time.real(watch.wake_at)) if watch.wake_at else watch

    class RealRelay(Relay):
        async def _tell(self, row: Any) -> None:
            await super()._tell({**row, "wake_at": time.real(row["wake_at"]) if row["wake_at"] else None})  # type: ignore[arg-type]

    vars(desks).update(Desk=RealDesk)
    vars(relays).update(Relay=RealRelay)
    vars(schedules).update(schedule=often)
    vars(rounds).update(LOOK_SECONDS=LOOK_SECONDS)


if __name__ == "__main__":
    virtual = load(os.environ[VARIABLE])
    seam(virtual)
    uvloop.run(worker.main(virtual))
