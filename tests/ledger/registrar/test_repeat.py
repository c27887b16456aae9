"""Every command happens once: repeated, raced, its answer lost or its connection killed."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from domain.case.command import Act
from ledger.ledger import open_ledger
from ledger.registrar.batch import Batch
from ledger.registrar.docket import Docket
from ledger.registrar.request import LedgerUnavailable, Request, Ruling, callers_id, engines_id
from ledger.store.connection import connect
from tests.domain.scene import (
    DISPATCHER,
    HANDLER,
    MAIN_LINE,
)
from tests.ledger.county import County, ruled, upload

KILLS_MIN = 8


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
    open_ledger = [
        await county.ledger.registrar.rule(county.opening(key="shared", person=person)) for person in ("P-1", "P-2")
    ]
    assert len({ruling.case_id for ruling in open_ledger}) == 2


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
        done: list[tuple[Request, Ruling]] = []
        while len(done) < 8 * 6 or kills <= KILLS_MIN:  # a fast machine is through before anybody is hit
            opening = county.opening()
            done.append((opening, await ask(opening)))
            for action, hat, fields in MAIN_LINE[:5]:
                request = county.request(Act(action, fields), hat, done[-1][1].case_id)
                done.append((request, await ask(request)))
        return done

    await upload(county.superuser, HANDLER)
    killing = asyncio.create_task(kill())
    lives = await asyncio.wait_for(asyncio.gather(*(client() for _ in range(6))), 60)
    finished.set()
    await killing
    await killer.close()
    assert kills > KILLS_MIN
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
    write, lost = Batch._write, 0

    async def write_and_lose(self: Batch, dockets: Sequence[Docket]) -> set[UUID]:
        nonlocal lost
        won = await write(self, dockets)
        lost += 1
        if lost % 2:
            raise asyncpg.ConnectionDoesNotExistError("cut off")
        return won

    monkeypatch.setattr(Batch, "_write", write_and_lose)
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
    monkeypatch.setattr("ledger.registrar.registrar.PATIENCE_SECONDS", 0.3)
    away = county.database.app_url.replace("port=5432", "port=5999")
    async with open_ledger(away, size=1) as ledger:
        with pytest.raises(LedgerUnavailable):
            await ledger.registrar.rule(county.opening())


async def test_numbers_have_no_gaps_for_refusals_and_repeats(county: County) -> None:
    """A missing number should mean something to whoever counts them."""
    start = await county.value("select max(number) from \"case\" where number like 'YH%'") or "YH-2026-000000"
    opening = county.opening()
    for _ in range(3):
        await county.ledger.registrar.rule(opening)
        refused = await county.ledger.registrar.rule(county.opening(fields={"kind": "none"}))
        assert refused.outcome == "invalid_fields"
    await county.ledger.registrar.rule(county.opening())
    numbers = await county.rows("select number from \"case\" where number > $1 and number like 'YH%' order by 1", start)
    taken = [int(row["number"].rsplit("-", 1)[1]) for row in numbers]
    assert len(taken) == 2
    assert taken[1] == taken[0] + 1
