"""The lives of every procedure on the real ledger, led by Temporal's timers through skipped time.

Each must come to the very events, at the very times, that it comes to in memory.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from temporalio import activity
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities import wire
from domain.case.command import Act, Open
from domain.case.event import name_of
from domain.case.fold import fold
from domain.days.instant import SHANGHAI, Instant, utc
from domain.rules.hat import Actor, Hat
from domain.watch import Watch
from ledger import ledger as house
from ledger.audit.verify import verify
from ledger.ledger import Ledger
from ledger.registrar.request import Request, Ruling, request_hash
from ledger.store.connection import Connection, connect
from ledger.store.stored_case import journal
from tests.domain.scene import CLAIM_CODE, calendar, procedure, when
from tests.ledger.county import Database, shows, upload
from tests.moment import NAMED, now
from tests.procedures.script import Script, Step, Wait, live
from tests.procedures.test_lives import KINDS, PROCEDURES, scripts
from workflows.case import CaseWorkflow


class Hands:
    """The time of a script, on the ledger and under Temporal: `offset` is how far Temporal's clock is ahead of it."""

    def __init__(self, environment: WorkflowEnvironment) -> None:
        self.environment, self.offset, self.at, self.woken = environment, timedelta(), when("2026-01-01 00:00"), 0

    async def begin(self, at: Instant) -> None:
        """A new script, whose time is `at`."""
        self.offset, self.at, self.woken = await self.environment.get_current_time() - at, at, 0

    def clock(self, _: Instant) -> Instant:
        return utc(self.at)

    def waking(self, ledger: Ledger) -> Callable[..., Any]:
        """The activity by which keepers wake cases, at the time that Temporal has come to."""

        @activity.defn(name=wire.WAKE)
        async def wake(case_id: str) -> Watch:
            self.at = await self.environment.get_current_time() - self.offset
            self.woken += 1
            return self.seen(await ledger.registrar.wake(UUID(case_id)))

        return wake

    def seen(self, watch: Watch) -> Watch:
        """The watch on Temporal's clock."""
        return Watch(watch.case_id, watch.version, watch.wake_at + self.offset if watch.wake_at else None)


# These lives go on when a window of working days has lapsed, which it does not while its year is unpublished.
BY_WINDOW = ("direct_line", "disclosure")

World = tuple[Hands, Ledger, Connection]


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def world(copied: Callable[[], Database], skipping: WorkflowEnvironment) -> AsyncIterator[World]:
    """A ledger, and one worker for all lives: a worker that ends leaves tasks behind, and these hold time up."""
    hands, database = Hands(skipping), copied()
    async with house.open_ledger(database.app_url, 2, hands.clock) as ledger:
        connection = await connect(database.superuser_url)
        waking = hands.waking(ledger)
        async with Worker(skipping.client, task_queue="lives", workflows=[CaseWorkflow], activities=[waking]):
            yield hands, ledger, connection
        await connection.close()


def request(command: Open | Act, hat: str, person: str | None, case_id: UUID | None) -> Request:
    actor = Actor(person or hat, Hat.parse(hat))
    return Request(uuid4(), request_hash(repr(command)), command, actor, case_id)


async def watch_of(connection: Connection, case_id: UUID) -> Watch:
    row = await connection.fetchrow('select version, wake_at from "case" where id = $1', case_id)
    assert row
    return Watch(str(case_id), row["version"], row["wake_at"])


async def settled(connection: Connection, case_id: UUID, at: Instant) -> None:
    """Everything that was due has been done by the keeper alone."""
    async with asyncio.timeout(60):
        while (wake_at := (await watch_of(connection, case_id)).wake_at) and wake_at <= at:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def keep(hands: Hands, watch: Watch, keeper: WorkflowHandle[Any, Any] | None) -> WorkflowHandle[Any, Any] | None:
    """What the relay does: the keeper is told of the newest watch, and started if there is none."""
    if watch.wake_at is None and keeper is None:
        return None
    told = hands.seen(watch)
    return await hands.environment.client.start_workflow(
        CaseWorkflow.run, told, id=told.case_id, task_queue="lives", start_signal=wire.MOVED, start_signal_args=[told]
    )


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name in PROCEDURES for kind in KINDS])
async def test_a_life_under_temporal_is_the_life_in_memory(world: World, name: str, kind: str) -> None:
    hands, ledger, connection = world
    script = alone(scripts(name)[kind], kind)
    expected = live(script)
    await hands.begin(when(script.at))
    case_id = await play(script, hands, ledger, connection)
    facts = await journal(connection, case_id)
    faults = [fault async for fault in verify(connection) if str(case_id) in fault]
    happened = [(name_of(fact.event), fact.occurred_at) for fact in facts]
    assert happened == [(name_of(fact.event), fact.occurred_at) for fact in expected.facts]
    assert faults == []
    final = fold(None, facts)
    assert final is not None
    assert (final.stage, final.cards, final.escalations) == (
        expected.now.stage, expected.now.cards, expected.now.escalations,
    )  # fmt: skip
    assert hands.woken or kind != "escalated"


def alone(script: Script, kind: str) -> Script:
    """The script about a matter that no other case in this ledger is about."""
    said = procedure(script.procedure).identity[:1]
    own = replace(script, fields={**script.fields, **{name: f"{script.fields[name]} {kind}" for name in said}})
    # At the day that `make days` names, unless the script speaks of days itself or waits for what never comes then.
    spoken = re.search(r"\b20\d\d-\d\d", repr((script.fields, script.steps)))
    waits = script.procedure in BY_WINDOW and not calendar().published((now() + timedelta(days=90)).year)
    return replace(own, at=f"{now(SHANGHAI):%Y-%m-%d %H:%M}") if NAMED and not spoken and not waits else own


async def play(script: Script, hands: Hands, ledger: Ledger, connection: Connection) -> UUID:
    """The script on the ledger; between its steps only Temporal's timers act."""
    opening = Open(script.procedure, script.division, script.title, script.fields)
    ruling: Ruling = await ledger.registrar.rule(request(opening, script.hat, None, None))
    assert ruling.outcome == "opened", ruling
    case_id, now = ruling.case_id, when(script.at)
    assert case_id
    code = json.loads(ruling.body).get("claim_code", "")
    keeper = await keep(hands, await watch_of(connection, case_id), None)
    for place, step in enumerate(script.steps):
        if isinstance(step, Wait):
            then = when(step.until) if step.until else now + timedelta(days=step.days, hours=step.hours)
            ahead = then + hands.offset - await hands.environment.get_current_time()
            await hands.environment.sleep(max(ahead, timedelta(0)) + timedelta(seconds=2))
            await settled(connection, case_id, then)
            now = then
            continue
        hands.at = now
        told = asked(step, case_id, code)
        if shows(told.command):
            await upload(connection, told.actor.person)
        outcome = (await ledger.registrar.rule(told)).outcome
        assert outcome == (step.refused or "acted"), (place, step.action, outcome)
        keeper = await keep(hands, await watch_of(connection, case_id), keeper)
    if keeper is not None:
        last = await watch_of(connection, case_id)
        if last.wake_at is not None:  # the script ends here, whatever would still come
            await keeper.signal(CaseWorkflow.moved, Watch(last.case_id, last.version + 1, None))
        await keeper.result()
    return case_id


def asked(step: Step, case_id: UUID, code: str) -> Request:
    """The step as a request; who claims shows the code that was told when the case was opened."""
    fields = {name: code if value == CLAIM_CODE else value for name, value in step.fields.items()}
    return request(Act(step.action, fields, step.reason), step.hat, step.person, case_id)
