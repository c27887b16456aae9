"""A thousand running cases move to changed rules: looked at first, approved by a second person, resumed, undone."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from domain.case.command import Rebind
from domain.days.limit import Limit, TimeUnit
from domain.rules.hat import Actor, Hat
from ledger.changes import rule_change as rebinding
from ledger.changes.preview import CaseChange, foreseen
from ledger.changes.rule_change import RuleChangeRefused
from ledger.registrar.request import Ruling
from tests.domain.scene import COUNTY, DISPATCHER, TOWNSHIP, procedure, stricter
from tests.ledger.county import County, Database, inhabited, ruled

MANY = 1000
ASKING = Actor("P-0006", Hat("administrator", COUNTY))
APPROVING = Actor("P-0007", Hat("head", COUNTY))


@pytest_asyncio.fixture(loop_scope="session")
async def own(copied: Callable[[], Database]) -> AsyncIterator[County]:
    """A county of the test's own."""
    async with inhabited(copied()) as one:
        yield one


async def opened(county: County, count: int) -> list[UUID]:
    ids = []
    for first in range(0, count, 250):
        requests = [county.opening() for _ in range(min(250, count - first))]
        rulings = [ruled(outcome) for outcome in await county.ledger.registrar.rule_many(requests)]
        ids += [ruling.case_id for ruling in rulings if ruling.case_id]
    return ids


async def looked(county: County, actor: Actor = ASKING) -> list[CaseChange]:
    to = await rebinding.pinned(county.ledger, "hazard", actor.hat.scope)
    return [change async for change in foreseen(county.ledger, actor, "hazard", to, {})]


async def dues(county: County) -> dict[UUID, Any]:
    rows = await county.rows('select id, due_at, stage, holder, procedure_sha256 from "case"')
    return {row["id"]: tuple(row.values())[1:] for row in rows}


async def everything(county: County) -> list[tuple[Any, ...]]:
    rows = [
        *await county.rows('select * from "case" order by id'),
        *await county.rows("select * from event order by 1, 2"),
    ]
    return [tuple(row) for row in rows]


def _differs_exactly(changes: list[CaseChange], handled_id: UUID) -> None:
    assert len(changes) == MANY - 1  # the closed one is no business of this
    triaging = [change for change in changes if change.stage == "reported"]
    assert len(triaging) == MANY - 2
    for change in triaging:
        (clock,) = change.clocks
        assert (clock.id, clock.limit_was, clock.limit) == (
            "triage",
            Limit(24, TimeUnit.HOUR),
            Limit(20, TimeUnit.HOUR),
        )
        assert clock.due_was is not None
        assert clock.due is not None
        assert clock.due_was - clock.due == timedelta(hours=4)
        assert (clock.gained, clock.lost) == (("head@county",), ())
        assert (change.holder_was, change.holder) == (DISPATCHER, DISPATCHER)
        assert (change.gained, change.lost, change.refused) == ((), (), None)
    (handled,) = [change for change in changes if change.case_id == handled_id]
    assert [(clock.id, clock.limit == clock.limit_was, clock.gained) for clock in handled.clocks] == [
        ("handle", True, ("head@county",))
    ]


async def test_a_thousand_cases_move_and_come_back(own: County) -> None:
    ids = await opened(own, MANY)
    await own.lead(ids[0], "sign")
    await own.lead(ids[1], "close")
    before, stood = await dues(own), await everything(own)
    assert await own.ledger.library.release(stricter())

    changes = await looked(own)
    assert await everything(own) == stood  # looking changes nothing
    _differs_exactly(changes, ids[0])

    move = await rebinding.ask(own.ledger, ASKING, "hazard", {})
    with pytest.raises(RuleChangeRefused, match="第二人"):
        await rebinding.run(own.ledger, move.id)
    for nobody in (
        Actor(ASKING.person, Hat("head", COUNTY)), Actor("P-0008", Hat("dispatcher", COUNTY)),
        Actor("P-0008", Hat("head", TOWNSHIP)),
    ):  # fmt: skip
        with pytest.raises(RuleChangeRefused):
            await rebinding.approve(own.ledger, nobody, move.id)
    approved = await rebinding.approve(own.ledger, APPROVING, move.id)
    assert approved.approved == APPROVING
    with pytest.raises(RuleChangeRefused, match="已经批准"):
        await rebinding.approve(own.ledger, Actor("P-0008", Hat("head", COUNTY)), move.id)
    assert await dues(own) == before

    # Interrupted after one batch; of the next one the rulings stand and the notes do not.
    assert await rebinding.run(own.ledger, move.id, batches=1) == {"rebound": 250}
    await own.forge("update rebinding_case set outcome = null where case_id = any("
                    "select case_id from rebinding_case where outcome is not null limit 100)")  # fmt: skip
    await own.lead(ids[2], "triage")  # work goes on meanwhile
    assert await rebinding.run(own.ledger, move.id) == {"rebound": MANY - 1}
    assert await own.value("select count(*) from event where name = 'ProcedureChanged'") == MANY - 1
    assert await looked(own) == []
    after = await dues(own)
    for case_id in ids[3:]:
        assert before[case_id][0] - after[case_id][0] == timedelta(hours=4)
        assert after[case_id][3] == stricter().sha256
    assert after[ids[1]] == before[ids[1]]
    said = json.loads(await own.value("select body from event where name = 'ProcedureChanged' limit 1"))
    assert (said["approved_by"], said["was"]["sha256"]) == (APPROVING.person, procedure("hazard").sha256)
    assert await own.faults() == []

    assert await rebinding.undo(own.ledger, APPROVING, move.id) == {"rebound": MANY - 1}
    back = await dues(own)
    assert {case_id: back[case_id] for case_id in ids if case_id != ids[2]} == {
        case_id: before[case_id] for case_id in ids if case_id != ids[2]
    }
    with pytest.raises(RuleChangeRefused, match=f"由 {APPROVING.person} 撤销，这次什么也没有改"):
        await rebinding.undo(own.ledger, ASKING, move.id)
    assert await own.value("select count(*) from event where name = 'ProcedureChanged'") == 2 * (MANY - 1)
    with pytest.raises(RuleChangeRefused, match="已经撤销"):
        await rebinding.run(own.ledger, move.id)
    assert await own.faults() == []
    print(f"\nmoved {MANY - 1} of {MANY}, undone {MANY - 1}, faults 0")


async def test_what_closed_meanwhile_is_told_and_the_others_go(own: County) -> None:
    first, second, third = await opened(own, 3)
    await own.ledger.library.release(stricter())
    move = await rebinding.ask(own.ledger, ASKING, "hazard", {})
    await own.lead(first, "close")
    await rebinding.approve(own.ledger, APPROVING, move.id)
    assert await rebinding.run(own.ledger, move.id) == {"case_closed": 1, "rebound": 2}
    await own.lead(second, "close")
    assert await rebinding.undo(own.ledger, ASKING, move.id) == {"case_closed": 1, "rebound": 1}
    await own.forge("update rebinding_case set undone = null where undone = 'case_closed'")  # interrupted: goes on
    assert await rebinding.undo(own.ledger, ASKING, move.id) == {"case_closed": 1, "rebound": 1}
    assert (await dues(own))[third][3] == procedure("hazard").sha256
    assert await own.value("select words from rebinding_case where case_id = $1", first) == "事项已了结，不再换版"
    assert await own.faults() == []


async def test_a_sealed_case_keeps_its_number_to_itself(own: County) -> None:
    case_id = (await opened(own, 1))[0]
    await own.ledger.library.release(stricter())
    assert [change.number is None for change in await looked(own)] == [False]
    state = json.loads(await own.value('select state from "case" where id = $1', case_id))
    state["sealed"] = [f"inspector@{COUNTY}"]
    await own.forge('update "case" set state = $2 where id = $1', case_id, json.dumps(state))
    assert [change.number for change in await looked(own)] == [None]


async def test_nobody_moves_a_case_alone(own: County) -> None:
    case_id = (await opened(own, 1))[0]
    await own.ledger.library.release(stricter())
    command = Rebind(stricter().sha256, ASKING.person)
    request = own.request(command, str(ASKING.hat), case_id, person=ASKING.person, key=str(uuid4()))
    ruling = await own.ledger.registrar.rule(request)
    assert isinstance(ruling, Ruling)
    assert ruling.outcome == "same_person"


async def test_what_was_due_fires_by_the_old_rules_first(own: County) -> None:
    case_id = (await opened(own, 1))[0]
    await own.ledger.library.release(stricter())
    move = await rebinding.ask(own.ledger, ASKING, "hazard", {})
    await rebinding.approve(own.ledger, APPROVING, move.id)
    own.clock.advance(hours=25)
    await rebinding.run(own.ledger, move.id)
    events = await own.events(case_id)
    assert events.index("CardIssued") < events.index("ProcedureChanged")
    own.clock.advance(days=30)
    await own.ledger.registrar.wake(case_id)
    assert (await own.events(case_id)).count("CaseEscalated") == 3
    assert isinstance(await own.value('select due_at from "case" where id = $1', case_id), datetime)
    assert await own.faults() == []
