"""Many commands together, refusals and bad text among them, and cases that cannot be ruled."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from domain.case.command import Act, Open
from domain.watch import Watch
from ledger.registrar.docket import clock_actor
from ledger.registrar.request import PoisonedCase, expiry
from tests.domain.scene import (
    APPROVER,
    DISPATCHER,
    GRID_WORKER,
    HANDLER,
    HAZARD,
    OTHER_TOWNSHIP,
    TOWNSHIP_UNIT,
    VILLAGE,
)
from tests.ledger.county import County, Database, inhabited, ruled


async def test_many_are_ruled_in_order_with_repeats_refusals_and_several_of_one_case(county: County) -> None:
    one, two = await county.open(), await county.open()
    opening = county.opening()
    triage = county.request(Act("triage", {"grade": "general"}), DISPATCHER, one)
    requests = [
        triage,
        county.request(Act("sign"), HANDLER, two),  # refused: not dispatched, so the unit has not had it
        county.request(Act("dispatch", {"unit": TOWNSHIP_UNIT}), DISPATCHER, one),
        opening,
        triage,  # a repeat in the same batch
        county.request(Act("sign"), HANDLER, one),
        replace(opening, request_hash=b"other"),  # another body under an id of this batch
        county.request(Act("triage", {"grade": "hard"}), DISPATCHER, one),  # refused: done already
        opening,
        county.request(Act("triage", {"grade": "simple"}), DISPATCHER, two),
        county.request(Act("triage"), DISPATCHER, uuid4()),
    ]
    outcomes = [ruled(outcome) for outcome in await county.ledger.registrar.rule_many(requests)]
    assert [(outcome.outcome, outcome.version) for outcome in outcomes] == [
        ("acted", 2),
        ("case_outside_scope", 1),
        ("acted", 3),
        ("opened", 1),
        ("acted", 2),
        ("acted", 4),
        ("idempotency_conflict", 0),
        ("action_not_allowed_in_stage", 4),
        ("opened", 1),
        ("acted", 2),
        ("unknown_case", 0),
    ]
    assert outcomes[0] == outcomes[4]
    assert outcomes[3] == outcomes[8]
    assert await county.ledger.registrar.rule_many(requests) == outcomes
    assert await county.ledger.registrar.rule_many([]) == []
    assert [await county.faults(case_id) for case_id in (one, two)] == [[], []]


async def test_a_poisoned_case_holds_up_nobody(county: County) -> None:
    cases = [await county.open("drill") for _ in range(30)]
    garbled, unreadable, unstorable, put_back = cases[3], cases[11], cases[20], cases[27]
    await county.forge("""update "case" set state = '{"number": 5}' where id = $1""", garbled)
    await county.forge('update "case" set fold = 0 where id = $1', unreadable)
    await county.forge("update event set schema = 99 where case_id = $1", unreadable)
    # A row that the next append runs into, as if the case had a version that its row does not know of.
    await county.forge(
        "insert into event select case_id, version + 1, name, schema, leaf, body, salt, recorded_at"
        " from event where case_id = $1",
        unstorable,
    )
    # A row put back as it stood before something had happened.
    row = (await county.rows('select state, version, head from "case" where id = $1', put_back))[0]
    county.clock.advance(seconds=6)
    await county.ledger.registrar.wake(put_back)
    await county.forge('update "case" set state = $2, version = $3, head = $4 where id = $1', put_back, *row)
    county.clock.advance(seconds=60)
    before = asyncio.get_running_loop().time()
    outcomes = await county.ledger.registrar.rule_many([expiry(case_id, clock_actor("-")) for case_id in cases])
    assert asyncio.get_running_loop().time() - before < 3
    poisoned = {cases[place] for place, outcome in enumerate(outcomes) if isinstance(outcome, PoisonedCase)}
    assert poisoned == {garbled, unreadable, unstorable, put_back}
    assert {outcome.case_id for outcome in outcomes if isinstance(outcome, PoisonedCase)} == poisoned
    for case_id in set(cases) - poisoned:
        assert len(await county.events(case_id)) == 6
    for case_id in poisoned:
        with pytest.raises(PoisonedCase):
            await county.ledger.registrar.wake(case_id)
        assert await county.faults(case_id) != []
        assert (
            await county.value("select count(*) from command where case_id = $1 and outcome = 'expired'", case_id) < 2
        )
    await county.forge('delete from "case" where id = any($1)', list(poisoned))
    await county.forge("delete from event where case_id = any($1)", list(poisoned))


async def test_writers_that_come_first_do_not_wait_for_each_other(copied: Callable[[], Database]) -> None:
    """More commands than connections, and none has read procedure or calendar yet."""
    async with inhabited(copied(), size=2) as fresh:
        rulings = asyncio.gather(*(fresh.ledger.registrar.rule(fresh.opening()) for _ in range(12)))
        assert {ruling.outcome for ruling in await asyncio.wait_for(rulings, 60)} == {"opened"}


async def test_without_calendar_or_procedure_nothing_is_opened(copied: Callable[[], Database]) -> None:
    async with inhabited(copied()) as fresh:
        await fresh.forge("delete from release where id = 'calendar'")
        ruling = await fresh.ledger.registrar.rule(fresh.opening())
        assert ruling.refused
        assert await fresh.value('select count(*) from "case"') == 0


# Refusals ------------------------------------------------------------------------------------------------------------


async def test_refusals_are_kept_and_listed_for_the_inspector(county: County) -> None:
    case_id = await county.open()
    outcomes = [
        (await county.act(case_id, "approve", APPROVER)).outcome,
        (await county.act(case_id, "triage", f"dispatcher@{OTHER_TOWNSHIP}", {"grade": "hard"})).outcome,
        (await county.act(case_id, "triage", DISPATCHER)).outcome,
    ]
    assert outcomes == ["action_not_allowed_in_stage", "case_outside_scope", "invalid_fields"]
    rows = await county.rows(
        "select name, hat, outcome, words from command where case_id = $1 and from_version = to_version"
        " order by recorded_at",
        case_id,
    )
    assert [(row["name"], row["outcome"]) for row in rows] == [
        ("approve", outcomes[0]),
        ("triage", outcomes[1]),
        ("triage", outcomes[2]),
    ]
    assert all(row["words"] for row in rows)


async def test_nobody_learns_of_a_case_that_is_not(county: County) -> None:
    ruling = await county.act(uuid4(), "triage", DISPATCHER)
    assert (ruling.outcome, ruling.case_id, ruling.version) == ("unknown_case", None, 0)
    nobody = uuid4()
    assert await county.ledger.registrar.wake(nobody) == Watch(str(nobody), 0, None)


@pytest.mark.parametrize("bad", ["\x00", "\ud800", "\x1b[31m", "x" * 100_000, "' or 1=1 --"])
async def test_bad_text_is_refused_wherever_it_stands_and_loses_nothing(county: County, bad: str) -> None:
    case_id = await county.open()
    fields = {**HAZARD, bad: bad, "description": bad}
    requests = [
        county.request(Open(bad, VILLAGE, "题", HAZARD), GRID_WORKER),
        county.request(Open("hazard", bad, "题", HAZARD), GRID_WORKER),
        county.request(Open("hazard", VILLAGE, bad * 2, fields), GRID_WORKER),
        county.request(Act(bad), DISPATCHER, case_id),
        county.request(Act("triage", {"grade": bad, "opinion": bad}), DISPATCHER, case_id),
        county.request(Act("triage", {"grade": "general", bad: [bad, {bad: bad}]}), DISPATCHER, case_id),
    ]
    good = county.opening()
    outcomes = await county.ledger.registrar.rule_many([*requests, good])
    assert [ruled(outcome).outcome for outcome in outcomes] == [
        "unknown_procedure",
        "unknown_division",
        "invalid_fields",
        "unknown_action",
        "invalid_fields",
        "invalid_fields",
        "opened",
    ]
    assert await county.ledger.registrar.rule_many([*requests, good]) == outcomes
    one_by_one = [replace(request, command_id=uuid4()) for request in requests]
    for request, outcome in zip(one_by_one, outcomes, strict=False):
        assert (await county.ledger.registrar.rule(request)).outcome == ruled(outcome).outcome
    await county.lead(case_id, "triage")
    await county.act(case_id, "dispatch", DISPATCHER, {"unit": bad})
    assert await county.faults(case_id) == []
