"""Temporal's schedules for the rounds: made, and brought up to date, by every worker that connects."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from activities import wire
from domain.rules.cadence import Cadence
from domain.rules.round import Round
from ledger.rounds.opening import SETTLED

ZONE = "Asia/Shanghai"
CATCH_UP_WITHIN = timedelta(days=100)  # longer than a quarter: an outage of the server never costs a round


def name_of(one: Round) -> str:
    """The id of the round's schedule, and how its workflows are called."""
    return f"round/{one.id}"


def schedule(one: Round) -> Schedule:
    """When Temporal starts the round's workflow."""
    return Schedule(
        action=ScheduleActionStartWorkflow(wire.ROUND, one.id, id=name_of(one), task_queue=wire.TASK_QUEUE),
        spec=ScheduleSpec(calendars=[calendar(one.cadence)], time_zone_name=ZONE),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.BUFFER_ALL, catchup_window=CATCH_UP_WITHIN),
    )


def calendar(cadence: Cadence) -> ScheduleCalendarSpec:
    """The cadence in Temporal's words, as soon after the due instant as a round may be opened."""
    at = cadence.time
    hour, minute = [ScheduleRange(at.hour)], [ScheduleRange(at.minute)]
    second = [ScheduleRange(int(SETTLED.total_seconds()) + 1)]
    if cadence.every == "week":
        weekday = [ScheduleRange(cadence.on % 7)]  # Sunday is 0
        return ScheduleCalendarSpec(second=second, minute=minute, hour=hour, day_of_week=weekday)
    months = [ScheduleRange(1, 12, 3 if cadence.every == "quarter" else 1)]
    day = [ScheduleRange(cadence.on)]
    return ScheduleCalendarSpec(second=second, minute=minute, hour=hour, day_of_month=day, month=months)


async def keep(client: Client, rounds: Sequence[Round]) -> None:
    """Every round has its schedule as it should be. Doing so twice changes nothing. Raises RPCError."""
    for one in rounds:
        wanted = schedule(one)
        try:
            await client.create_schedule(name_of(one), wanted)
        except ScheduleAlreadyRunningError:
            await client.get_schedule_handle(name_of(one)).update(_become(wanted))


def _become(wanted: Schedule) -> Callable[[ScheduleUpdateInput], ScheduleUpdate]:
    def update(found: ScheduleUpdateInput) -> ScheduleUpdate:
        wanted.state = found.description.schedule.state  # somebody may have paused it, and said why
        return ScheduleUpdate(wanted)

    return update
