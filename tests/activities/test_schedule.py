"""Temporal's schedules of the rounds on the real server: there, as they should be, and opening nothing twice."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import (
    Client,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.worker import Worker

import procedures
from activities import wire
from activities.registrar import RegistrarActivities
from activities.schedule import calendar, keep, name_of, schedule
from domain.days.instant import utc
from tests.domain.scene import when
from tests.keepers.conftest import Working, eventually
from tests.ledger.county import Database
from tests.ledger.rounds.county_rounds import a_county, opened, rounds_of, to
from workflows.round import RoundWorkflow

ROUNDS = procedures.rounds()
MOMENT = timedelta(microseconds=1)


async def listed(client: Client) -> set[str]:
    return {one.id async for one in await client.list_schedules()}


async def test_a_worker_that_connects_makes_them(client: Client, temporal: str, working: Working) -> None:
    async with working(temporal):

        async def there() -> bool:
            return {name_of(one) for one in ROUNDS} <= await listed(client)

        await eventually(there)
    described = await client.get_schedule_handle("round/affairs_day").describe()
    assert described.schedule.policy.overlap == ScheduleOverlapPolicy.BUFFER_ALL
    window = described.schedule.policy.catchup_window
    assert window
    assert window > timedelta(days=92)
    assert described.schedule.spec.time_zone_name == "Asia/Shanghai"


async def test_temporal_foresees_the_due_instants_that_the_domain_does(client: Client) -> None:
    await keep(client, ROUNDS)
    for one in ROUNDS:
        described = await client.get_schedule_handle(name_of(one)).describe()
        now = datetime.now(UTC)  # Temporal's clock is the machine's
        foreseen = [utc(at) - timedelta(seconds=11) for at in described.info.next_action_times][:5]
        assert not list(one.cadence.periods(now, foreseen[0] - MOMENT))  # one that is due just now may stand there yet
        expected = [period.due_at for period in one.cadence.periods(foreseen[0], now + timedelta(days=500))]
        assert foreseen == expected[:5]


async def test_one_that_was_changed_or_lost_is_put_right_and_one_that_was_paused_stays_so(client: Client) -> None:
    await keep(client, ROUNDS)
    handle = client.get_schedule_handle("round/disclosure")

    def spoil(found: ScheduleUpdateInput) -> ScheduleUpdate:
        changed = found.description.schedule
        changed.spec.calendars = [ScheduleCalendarSpec()]
        changed.state = ScheduleState(paused=True, note="汛期暂停")
        return ScheduleUpdate(changed)

    await handle.update(spoil)
    await client.get_schedule_handle("round/affairs_day").delete()
    await keep(client, ROUNDS)
    described = (await handle.describe()).schedule
    (one,) = [each for each in ROUNDS if each.id == "disclosure"]
    assert list(described.spec.calendars[0].month) == calendar(one.cadence).month
    assert (described.state.paused, described.state.note) == (True, "汛期暂停")
    await handle.unpause()
    assert "round/affairs_day" in await listed(client)


async def test_starting_one_however_often_opens_nothing_twice(
    client: Client, copied: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_county(copied, "2026-02-15 10:00") as county:
        to(county, "2026-03-01 00:00:20")
        monkeypatch.setattr(wire, "TASK_QUEUE", "rounds of the test")
        (one,) = [each for each in ROUNDS if each.id == "affairs_day"]
        await client.create_schedule("round/of_the_test", schedule(one))
        handle = client.get_schedule_handle("round/of_the_test")
        rounds = rounds_of(county, "affairs_day")
        desk = RegistrarActivities(county.ledger.registrar, county.ledger.writers, rounds.open)
        worker = Worker(client, task_queue=wire.TASK_QUEUE, workflows=[RoundWorkflow], activities=[desk.open_round])
        try:
            async with worker:
                for _ in range(3):
                    await handle.trigger(overlap=ScheduleOverlapPolicy.ALLOW_ALL)
                    await asyncio.sleep(1.1)  # its workflows are called by the second
                await asyncio.gather(*(rounds.look() for _ in range(2)))

                async def ended() -> bool:
                    info = (await handle.describe()).info
                    return info.num_actions == 3 and not info.running_actions

                await eventually(ended)
        finally:
            await handle.delete()
        assert await opened(county) == {"affairs_day": 79}
        assert await county.value("select count(*) from round") == 1
        assert await county.value("select min(due_at) from round") == when("2026-03-01 00:00")


async def test_a_round_that_is_no_more_opens_nothing(client: Client, copied: Callable[[], Database]) -> None:
    async with a_county(copied, "2026-02-15 10:00") as county:
        to(county, "2026-03-01 00:00:20")
        assert await rounds_of(county, "affairs_day").open("gone") == 0
        assert await opened(county) == {}
