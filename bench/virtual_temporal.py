"""Where the ledger's virtual time meets Temporal's real time: `bench.virtual_worker` imports it late.

Temporal's timers are real, so what crosses to Temporal is translated here, both ways in; its schedules come often
instead of by the calendar.
"""

import os
from dataclasses import replace
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.client import Schedule, ScheduleIntervalSpec, ScheduleOverlapPolicy, ScheduleSpec

from activities import registrar as desks
from activities import schedule as schedules
from activities import wire
from activities.registrar import RegistrarActivities
from bench.virtual import VARIABLE, load
from domain.rules.round import Round
from domain.watch import Watch
from keepers import relay as relays
from keepers.relay import Relay

SCHEDULED_EVERY = timedelta(seconds=4)

time = load(os.environ[VARIABLE])
regular = schedules.schedule


class RealActivities(RegistrarActivities):
    """Tells a keeper when to wake by Temporal's clock."""

    @activity.defn(name=wire.WAKE)
    async def wake(self, case_id: str) -> Watch:
        """As the product does."""
        watch = await super().wake(case_id)
        return replace(watch, wake_at=time.real(watch.wake_at)) if watch.wake_at else watch


class RealRelay(Relay):
    """Tells Temporal when a case must be woken by Temporal's clock."""

    async def _tell(self, row: Any) -> None:
        await super()._tell({**row, "wake_at": time.real(row["wake_at"]) if row["wake_at"] else None})  # type: ignore[arg-type]


def often(one: Round) -> Schedule:
    """The round's schedule, coming so often that it meets the worker's own loop."""
    made = regular(one)
    made.spec = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=SCHEDULED_EVERY)])
    made.policy.overlap = ScheduleOverlapPolicy.SKIP
    return made


vars(desks).update(RegistrarActivities=RealActivities)
vars(relays).update(Relay=RealRelay)
vars(schedules).update(schedule=often)
