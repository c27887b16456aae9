"""The one way to write: once, in order, whatever is repeated, raced, cut off or poisoned."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from domain.command import Act, Open
from domain.instant import SHANGHAI
from domain.watch import Watch
from ledger.connection import connect
from ledger.docket import Docket, clock_actor
from ledger.house import opened
from ledger.registrar import Registrar
from ledger.request import (
    LedgerUnavailable,
    PoisonedCase,
    Reporter,
    Request,
    Ruling,
    callers_id,
    engines_id,
    expiry,
)
from ledger.round import Round
from tests.domain.scene import (
    APPROVER,
    DISPATCHER,
    GRID_WORKER,
    HANDLER,
    HAZARD,
    MAIN_LINE,
    OTHER_TOWNSHIP,
    PHOTO,
    TOWNSHIP_UNIT,
    VILLAGE,
)
from tests.ledger.county import County, Database, inhabited, told


def ruled(outcome: Ruling | PoisonedCase) -> Ruling:
    assert isinstance(outcome, Ruling), outcome
    return outcome


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
    seen, received = (datetime.now(SHANGHAI) - timedelta(hours=hours) for hours in (5, 1))
    request = county.opening()
    assert isinstance(request.command, Open)
    request = replace(request, command=replace(request.command, occurred_at=seen), received_at=received)
    body = told(await county.ledger.registrar.rule(request))
    assert datetime.fromisoformat(body["occurred_at"]) == seen
    assert datetime.fromisoformat(body["opened_at"]) > received
    leaf = await county.value("select leaf::json from event where case_id = $1", UUID(body["case_id"]))
    assert f'"occurred_at":"{seen.isoformat()}"' in leaf
    assert f'"received_at":"{received.isoformat()}"' in leaf


# Once ----------------------------------------------------------------------------------------------------------------


async def test_the_same_command_again_gets_the_same_ruling(county: County) -> None:
    opening = county.opening()
    first = await county.ledger.registrar.rule(opening)
    assert first.case_id is not None
    triage = county.request(Act("triage", {"grade": "general"}), DISPATCHER, first.case_id)
    refused = county.request(Act("sign"), HANDLER, first.case_id)
    requests = [opening, triage, refused]
    answers = [first, *[await county.ledger.registrar.rule(request) for request in requests[1:]]]
    assert [answer.outcome for answer in answers] == ["opened", "acted", "case_outside_scope"]
    await county.lead(first.case_id, "close", start="dispatch")  # the case has gone on meanwhile
    before = await county.value("select count(*) from command")
    assert [await county.ledger.registrar.rule(request) for request in requests] == answers
    assert await county.value("select count(*) from command") == before


async def test_another_command_under_a_used_id_is_refused_without_a_trace(county: County) -> None:
    opening = county.opening(key="k")
    first = await county.ledger.registrar.rule(opening)
    other = replace(opening, request_hash=b"other")
    assert (await county.ledger.registrar.rule(other)).outcome == "idempotency_conflict"
    assert await county.ledger.registrar.rule(opening) == first
    assert await county.value("select count(*) from command where id = $1", opening.command_id) == 1


async def test_two_callers_with_one_key_are_independent(county: County) -> None:
    ids = {callers_id(person, "k") for person in ("P-1", "P-2", "P-1k", "P-")}
    assert len(ids | {callers_id("P", "-1k")}) == 5
    opened = [
        await county.ledger.registrar.rule(county.opening(key="shared", person=person)) for person in ("P-1", "P-2")
    ]
    assert len({ruling.case_id for ruling in opened}) == 2


async def test_fifty_at_once_with_one_id_have_one_effect_and_one_answer(county: County) -> None:
    opening = county.opening()
    rulings = await asyncio.gather(*(county.ledger.registrar.rule(opening) for _ in range(50)))
    assert {(ruling.outcome, ruling.body, ruling.case_id, ruling.version) for ruling in rulings} == {
        ("opened", rulings[0].body, rulings[0].case_id, 1)
    }
    case_id = rulings[0].case_id
    assert case_id is not None
    triage = county.request(Act("triage", {"grade": "general"}), DISPATCHER, case_id)
    rulings = await asyncio.gather(*(county.ledger.registrar.rule(triage) for _ in range(50)))
    assert {(ruling.outcome, ruling.body) for ruling in rulings} == {("acted", rulings[0].body)}
    refused = county.request(Act("reopen"), DISPATCHER, case_id)
    rulings = await asyncio.gather(*(county.ledger.registrar.rule(refused) for _ in range(50)))
    assert {(ruling.outcome, ruling.body) for ruling in rulings} == {("action_not_allowed_in_stage", rulings[0].body)}
    assert await county.events(case_id) == ["CaseOpened", "ActionTaken"]
    assert await county.value("select count(*) from command where case_id = $1", case_id) == 3


async def test_fifty_at_once_with_one_id_and_two_bodies(county: County) -> None:
    one = county.opening(key="torn")
    two = replace(one, request_hash=b"other")
    rulings = await asyncio.gather(*(county.ledger.registrar.rule(r) for r in [one, two] * 25))
    assert Counter(ruling.outcome for ruling in rulings) == {"opened": 25, "idempotency_conflict": 25}


async def test_an_escalations_id_cannot_be_squatted(county: County) -> None:
    case_id = await county.open("drill")
    with_key = f"{case_id}/triage"
    assert callers_id("", with_key) != engines_id(case_id, with_key)
    assert callers_id("bihuan", with_key) != engines_id(case_id, with_key)
    county.clock.advance(seconds=30)
    await county.ledger.registrar.wake(case_id)
    assert await county.events(case_id) == [
        "CaseOpened",
        "ClockWarned",
        "CardIssued",
        "CardIssued",
        *["CaseEscalated"] * 2,
    ]


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
    year = f"{datetime.now(SHANGHAI):%Y}"
    assert all(number.startswith(f"YH-{year}-") and len(number) == 14 for number in numbers)


# Time ----------------------------------------------------------------------------------------------------------------


async def test_what_is_due_happens_before_what_comes_late(county: County) -> None:
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


# Many ----------------------------------------------------------------------------------------------------------------


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
    garbled, unreadable, unstorable = cases[3], cases[11], cases[20]
    await county.forge("""update "case" set state = '{"number": 5}' where id = $1""", garbled)
    await county.forge('update "case" set fold = 0 where id = $1', unreadable)
    await county.forge("update event set schema = 99 where case_id = $1", unreadable)
    # A row that the next append runs into, as if the case had a version that its row does not know of.
    await county.forge(
        "insert into event select case_id, version + 1, name, schema, leaf, body, salt, recorded_at"
        " from event where case_id = $1",
        unstorable,
    )
    county.clock.advance(seconds=60)
    before = asyncio.get_running_loop().time()
    outcomes = await county.ledger.registrar.rule_many([expiry(case_id, clock_actor("-")) for case_id in cases])
    assert asyncio.get_running_loop().time() - before < 3
    poisoned = {cases[place] for place, outcome in enumerate(outcomes) if isinstance(outcome, PoisonedCase)}
    assert poisoned == {garbled, unreadable, unstorable}
    assert {outcome.case_id for outcome in outcomes if isinstance(outcome, PoisonedCase)} == poisoned
    for case_id in set(cases) - poisoned:
        assert len(await county.events(case_id)) == 6
    for case_id in poisoned:
        with pytest.raises(PoisonedCase):
            await county.ledger.registrar.wake(case_id)
        assert await county.faults(case_id) != []
    await county.forge('delete from "case" where id = any($1)', list(poisoned))
    await county.forge("delete from event where case_id = any($1)", list(poisoned))


async def test_writers_that_come_first_do_not_wait_for_each_other(copied: Callable[[], Database]) -> None:
    """More commands than connections, and none has read procedure or calendar yet."""
    async with inhabited(copied(), size=2) as fresh:
        rulings = asyncio.gather(*(fresh.ledger.registrar.rule(fresh.opening()) for _ in range(12)))
        assert {ruling.outcome for ruling in await asyncio.wait_for(rulings, 10)} == {"opened"}


async def test_without_calendar_or_procedure_nothing_is_opened(copied: Callable[[], Database]) -> None:
    async with inhabited(copied()) as fresh:
        await fresh.forge("delete from release where id = 'calendar'")
        ruling = await fresh.ledger.registrar.rule(fresh.opening())
        assert ruling.refused
        assert await fresh.value('select count(*) from "case"') == 0


# Unknown outcomes ----------------------------------------------------------------------------------------------------


async def test_cut_off_at_random_every_command_happens_exactly_once(county: County) -> None:
    """Connections are killed on the server while six clients work; whoever gets no answer asks again."""
    killer = await connect(county.database.superuser_url)
    dice = random.Random(2026)
    finished = asyncio.Event()
    kills = unknown = 0

    async def kill() -> None:
        nonlocal kills
        while not finished.is_set():
            kills += await killer.fetchval(
                "select count(pg_terminate_backend(pid)) from (select pid from pg_stat_activity"
                " where datname = $1 and usename = 'bihuan' order by random() limit $2) victim",
                county.database.name,
                dice.randint(1, 2),
            )
            await asyncio.sleep(dice.uniform(0.005, 0.06))

    async def ask(request: Request) -> Ruling:
        nonlocal unknown
        while True:
            try:
                return await county.ledger.registrar.rule(request)
            except LedgerUnavailable:
                unknown += 1

    async def client() -> list[tuple[Request, Ruling]]:
        done = []
        for _ in range(8):
            opening = county.opening()
            done.append((opening, await ask(opening)))
            for action, hat, fields in MAIN_LINE[:5]:
                request = county.request(Act(action, fields), hat, done[-1][1].case_id)
                done.append((request, await ask(request)))
        return done

    killing = asyncio.create_task(kill())
    lives = await asyncio.wait_for(asyncio.gather(*(client() for _ in range(6))), 60)
    finished.set()
    await killing
    await killer.close()
    assert kills > 8
    answered = [pair for life in lives for pair in life]
    assert {ruling.outcome for _, ruling in answered} == {"opened", "acted"}
    for request, ruling in answered:
        assert await county.ledger.registrar.rule(request) == ruling
    ids = [request.command_id for request, _ in answered]
    assert await county.value("select count(*) from command where id = any($1)", ids) == len(ids)
    cases = list({ruling.case_id for _, ruling in answered})
    assert len(cases) == 48
    per_case = await county.rows("select case_id, count(*) as n from event where case_id = any($1) group by 1", cases)
    assert {row["n"] for row in per_case} == {6}
    told_by = Counter(
        row["id"]
        for row in await county.rows("select leaf::json->>'command' as id from event where case_id = any($1)", cases)
    )
    assert told_by == Counter(str(command_id) for command_id in ids)


async def test_an_acknowledgement_lost_after_the_commit_is_found_by_its_id(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every other append commits and its answer never arrives."""
    write, lost = Round._write, 0

    async def write_and_lose(self: Round, dockets: Sequence[Docket]) -> set[UUID]:
        nonlocal lost
        won = await write(self, dockets)
        lost += 1
        if lost % 2:
            raise asyncpg.ConnectionDoesNotExistError("cut off")
        return won

    monkeypatch.setattr(Round, "_write", write_and_lose)
    case_id = await county.open()
    await county.lead(case_id, "close")
    refused = county.request(Act("sign"), HANDLER, case_id)
    assert (await county.ledger.registrar.rule(refused)).outcome == "case_closed"
    many = [county.opening() for _ in range(20)]
    opened_cases = [ruled(outcome) for outcome in await county.ledger.registrar.rule_many(many)]
    assert len({ruling.case_id for ruling in opened_cases}) == 20
    county.clock.advance(days=40)
    assert (await county.ledger.registrar.wake(case_id)).wake_at is None
    assert lost > 10
    assert await county.events(case_id) == ["CaseOpened", *["ActionTaken"] * 8, "ClockLapsed"]
    assert await county.value("select count(*) from command where case_id = $1", case_id) == 11
    assert (
        await county.value("select count(*) from event where case_id = any($1)", [r.case_id for r in opened_cases])
        == 20
    )


async def test_a_ledger_that_is_away_is_said_to_be_away(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.registrar.PATIENCE_SECONDS", 0.3)
    away = county.database.app_url.replace("port=5432", "port=5999")
    async with opened(away, size=1) as ledger:
        with pytest.raises(LedgerUnavailable):
            await ledger.registrar.rule(county.opening())
