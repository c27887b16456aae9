"""The one way to write: a life, the order of writers, and time that passes meanwhile."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from domain.case.command import Act, Open
from domain.days.instant import SHANGHAI
from domain.watch import Watch
from ledger.registrar.docket import clock_actor
from ledger.registrar.registrar import Registrar
from ledger.registrar.request import Reporter, expiry
from tests.domain.scene import (
    APPROVER,
    DISPATCHER,
    GRID_WORKER,
    HANDLER,
    HAZARD,
    PHOTO,
    TOWNSHIP_UNIT,
    VILLAGE,
    when,
)
from tests.ledger.county import County, ruled, told
from tests.moment import now

# A life --------------------------------------------------------------------------------------------------------------


async def test_a_hazard_is_opened_led_and_closed(county: County) -> None:
    case_id = await county.open()
    body = told(await county.lead(case_id, "close"))
    assert (body["stage"], body["closed"], body["version"]) == ("closed", True, 9)
    assert await county.events(case_id) == ["CaseOpened"] + ["ActionTaken"] * 8
    assert await county.faults(case_id) == []
    row = (await county.rows('select * from "case" where id = $1', case_id))[0]
    assert (row["number"], row["stage"], row["closed"], row["due_at"]) == (body["number"], "closed", True, None)
    assert row["wake_at"] is not None
    watch = await county.ledger.registrar.wake(case_id)
    assert watch == Watch(str(case_id), 9, row["wake_at"])


async def test_who_reported_stands_outside_the_journal(county: County) -> None:
    command = Open("hazard", VILLAGE, "路边大坑", HAZARD, has_reporter=True)
    request = county.request(command, GRID_WORKER, reporter=Reporter("样例·路人", "10012345678"))
    opened = await county.ledger.registrar.rule(request)
    assert told(opened)["has_reporter"]
    kept = await county.rows("select name, phone from reporter where case_id = $1", opened.case_id)
    assert [tuple(row) for row in kept] == [("样例·路人", "10012345678")]
    written = await county.value("select string_agg(leaf || body, '') from event where case_id = $1", opened.case_id)
    assert "路人" not in written
    assert "10012345678" not in written


async def test_times_are_kept_apart(county: County) -> None:
    seen, received = (now(SHANGHAI) - timedelta(hours=hours) for hours in (5, 1))
    request = county.opening()
    assert isinstance(request.command, Open)
    request = replace(request, command=replace(request.command, occurred_at=seen), received_at=received)
    body = told(await county.ledger.registrar.rule(request))
    assert datetime.fromisoformat(body["occurred_at"]) == seen
    assert datetime.fromisoformat(body["opened_at"]) > received
    leaf = await county.value("select leaf::json from event where case_id = $1", UUID(body["case_id"]))
    assert f'"occurred_at":"{seen.isoformat()}"' in leaf
    assert f'"received_at":"{received.isoformat()}"' in leaf


# In order ------------------------------------------------------------------------------------------------------------


async def test_twenty_writers_on_one_case_leave_no_gap(county: County) -> None:
    case_id = await county.open()
    await county.lead(case_id, "sign")
    again = Registrar(county.ledger.writers, county.ledger.library, county.clock)  # a second process
    registrars = [county.ledger.registrar, again]
    requests = [
        county.request(Act("progress", {"progress": f"第{n}次"}), HANDLER, case_id, person=f"P-{n % 5}")
        for n in range(20)
    ]
    rulings = await asyncio.gather(*(registrars[n % 2].rule(request) for n, request in enumerate(requests)))
    assert {ruling.outcome for ruling in rulings} == {"acted"}
    assert sorted(ruling.version for ruling in rulings) == list(range(5, 25))
    assert len(await county.events(case_id)) == 24
    assert await county.faults(case_id) == []


async def test_two_who_saw_the_same_version_cannot_both_act_on_it(county: County) -> None:
    case_id = await county.open()
    await county.lead(case_id, "sign")
    acts = [Act("progress", {"progress": f"{n}"}, expected_version=4) for n in range(8)]
    rulings = await asyncio.gather(
        *(county.ledger.registrar.rule(county.request(act, HANDLER, case_id)) for act in acts)
    )
    assert Counter(ruling.outcome for ruling in rulings) == {"acted": 1, "version_conflict": 7}


async def test_numbers_are_unique_and_carry_the_year(county: County) -> None:
    requests = [county.opening() for _ in range(40)]
    single = [county.ledger.registrar.rule(request) for request in requests[:20]]
    many = county.ledger.registrar.rule_many(requests[20:])
    rulings = [*await asyncio.gather(*single), *(ruled(outcome) for outcome in await many)]
    numbers = {told(ruling)["number"] for ruling in rulings}
    assert len(numbers) == 40
    year = f"{now(SHANGHAI):%Y}"
    assert all(number.startswith(f"YH-{year}-") and len(number) == 14 for number in numbers)


# Time ----------------------------------------------------------------------------------------------------------------


async def test_what_is_due_happens_before_what_comes_late(county: County) -> None:
    # A Monday morning: from a Friday on, the weekend puts the yellow card before the warning.
    county.clock.set(when("2026-03-02 09:00"))
    case_id = await county.open()
    await county.lead(case_id, "sign")
    county.clock.advance(days=30)
    submitted = await county.act(case_id, "submit", HANDLER, {"result": "好了", "evidence": [PHOTO]})
    names = await county.events(case_id)
    assert names[4:] == ["ClockWarned", "CardIssued", "CardIssued", *["CaseEscalated"] * 3, "ActionTaken"]
    assert [event["type"] for event in told(submitted)["events"]] == ["ActionTaken"]
    assert (told(submitted)["escalations"], told(submitted)["cards"]) == (3, {"yellow": 1, "red": 1})
    # The clock of the submission itself: nothing of it is late.
    assert {clock["id"]: clock["state"] for clock in told(submitted)["clocks"]}["approve"] == "running"
    assert await county.faults(case_id) == []


async def test_what_is_due_happens_even_if_the_late_command_is_refused(county: County) -> None:
    case_id = await county.open("drill")
    county.clock.advance(seconds=60)
    refused = await county.act(case_id, "approve", APPROVER)
    assert (refused.outcome, refused.version) == ("action_not_allowed_in_stage", 6)
    assert (await county.events(case_id))[-1] == "CaseEscalated"


async def test_a_rung_fires_once_whoever_comes(county: County) -> None:
    case_id = await county.open("drill")
    county.clock.advance(seconds=60)
    registrar = county.ledger.registrar
    acts = [county.request(Act("nothing"), DISPATCHER, case_id) for _ in range(10)]
    patrol = [expiry(case_id, clock_actor("-")) for _ in range(10)]
    await asyncio.gather(
        *(registrar.wake(case_id) for _ in range(10)),
        *(registrar.rule(request) for request in acts),
        registrar.rule_many(patrol, keep=True),
    )
    assert Counter(await county.events(case_id)) == {
        "CaseOpened": 1,
        "ClockWarned": 1,
        "CardIssued": 2,
        "CaseEscalated": 2,
    }
    assert await county.faults(case_id) == []


async def test_a_reopened_case_escalates_again(county: County) -> None:
    case_id = await county.open()
    await county.lead(case_id, "close")
    await county.act(case_id, "reopen", DISPATCHER, reason="复发")
    county.clock.advance(days=20)
    assert (await county.ledger.registrar.wake(case_id)).wake_at is None
    assert Counter(await county.events(case_id))["CaseEscalated"] == 3


async def test_time_never_goes_back_for_a_case_even_if_the_clock_does(county: County) -> None:
    case_id = await county.open("drill")
    county.clock.advance(days=2)
    forward = await county.ledger.registrar.wake(case_id)
    county.clock.advance(days=-3)
    assert await county.ledger.registrar.wake(case_id) == forward
    await county.act(case_id, "dispatch", DISPATCHER, {"unit": TOWNSHIP_UNIT})
    rows = await county.rows("select recorded_at, leaf from event where case_id = $1 order by version", case_id)
    times = [row["recorded_at"] for row in rows]
    assert times == sorted(times)
    assert times[-1] == times[-2]
    dispatched = (await county.rows('select wake_at, recorded_at from "case" where id = $1', case_id))[0]
    assert dispatched["wake_at"] > dispatched["recorded_at"]


async def test_two_clocks_due_at_one_instant_both_escalate(county: County) -> None:
    case_id = await county.open("drill")
    await county.act(case_id, "dispatch", f"clerk@{VILLAGE}", {"unit": TOWNSHIP_UNIT})
    county.clock.advance(seconds=15)
    await county.ledger.registrar.wake(case_id)
    assert Counter(await county.events(case_id))["CaseEscalated"] == 2
    county.clock.advance(seconds=5)
    await county.ledger.registrar.wake(case_id)
    assert Counter(await county.events(case_id))["CaseEscalated"] == 4
