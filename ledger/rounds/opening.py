"""The openings of one period of a round: one request a division, with an id that follows from round and period."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from domain.case.command import Open
from domain.days.instant import Instant, rfc3339, utc
from domain.rules.cadence import Period
from domain.rules.hat import Actor, Hat, Post
from domain.rules.round import Round
from ledger.registers.register import RegisteredPerson, load_persons
from ledger.registrar.request import Request, case_of, request_hash, rounds_id
from ledger.rounds.agenda import TOPIC, Left, unfinished
from ledger.rounds.frozen_list import counted, freeze
from ledger.rounds.lot import draw
from ledger.store.connection import Connection, Writers
from ledger.store.setting import first_setting

# Whether a procedure and a calendar have been released: then there are two.
RELEASED_BOTH = "select count(distinct id) from release where id in ($1, 'calendar')"
DONE = "select period from round where id = $1"
REMEMBER = """
insert into round (id, period, due_at, openings, refusals, done_at) values ($1, $2, $3, $4, $5, $6)
on conflict do nothing
"""

# What was recorded by the due instant is committed by then: a list of that instant is the same for all who make it.
# In PostgreSQL's own time, for that is what a commit takes.
SETTLED = timedelta(seconds=10)
PERSON, PERSON_NAME = "rounds", "定期开立"
DIVISIONS = """
select code, name, lineage from division where level = $1 and valid_to is null and lineage ? 'county' order by code
"""


async def openings(connection: Connection, one: Round, period: Period) -> list[Request]:
    """A request for every current division of the round's level, or those drawn. Freezes the lists that they name.

    The period's due instant is when the matter reached the office: limits are the calendar's, however late the worker.
    """
    rows = await connection.fetch(DIVISIONS, one.level)
    said = {"period": period.name, "previous": period.previous}
    if one.draws is not None:
        lots = await draw(connection, one, period, {row["code"]: json.loads(row["lineage"]) for row in rows})
        if lots is None:
            return []
        rows, said = [row for row in rows if row["code"] in lots.drawn], {**said, "seed": lots.seed}
    names = {row["code"]: {"division": row["name"], **said} for row in rows}
    left: Mapping[str, Left] = {}
    if one.carries:
        earlier = {case_of(rounds_id(one.id, row["code"], period.previous_key)) for row in rows}
        left = await unfinished(connection, one.opens, names.keys(), earlier)
    requests = []
    for row in rows:
        over = left.get(row["code"], Left())
        given: dict[str, Any] = {**names[row["code"]], "carried": over.text}
        if one.lists is not None:
            given |= await _listed(connection, one, row["code"], period.due_at)
        hat = Post.parse(one.hat).at(json.loads(row["lineage"]), None)
        if hat is not None:
            requests.append(_request(one, period, row["code"], hat, given, over.topics))
    return requests


async def _listed(connection: Connection, one: Round, division: str, at: Instant) -> dict[str, Any]:
    assert one.lists is not None
    frozen = await counted(connection, one.level, division, at, one.lists.without)
    await freeze(connection, frozen)
    return {"list": frozen.sha256, "as_of": rfc3339(at), "cases": frozen.cases, "overdue": frozen.overdue}


def _request(
    one: Round, period: Period, division: str, hat: Hat, names: Mapping[str, Any], topics: Sequence[Mapping[str, Any]]
) -> Request:
    command = Open(
        one.opens,
        division,
        one.titled(names),
        one.filled(names),
        occurred_at=period.due_at,
        received_at=period.due_at,
        items={TOPIC: topics} if topics else {},
    )
    # What the form says may differ between two that ask at once; the first ruling stands for both.
    said = request_hash("round", one.id, division, period.key)
    return Request(rounds_id(one.id, division, period.key), said, command, Actor(PERSON, hat))


async def register(writers: Writers, requests: Sequence[Request]) -> None:
    """Put who opens rounds, and the hats worn, into the register of persons."""
    hats = sorted({request.actor.hat for request in requests}, key=str)
    await load_persons(writers, [RegisteredPerson(PERSON, PERSON_NAME, tuple(hats))])


async def opens(writers: Writers, one: Round) -> bool:
    """Whether its procedure, and a calendar, are there: a refusal for want of them would stand for ever."""
    rows = await writers.fetch(RELEASED_BOTH, one.opens)
    return bool(rows[0]["count"] == 2)


async def begun(writers: Writers, one: Round, now: Instant) -> Instant:
    """Since when the round has been at work here: noted when it is first looked at. Nothing before is opened."""
    since = await first_setting(writers, f"round/{one.id}/since", rfc3339(now))
    return utc(datetime.fromisoformat(since))


async def done(writers: Writers, one: Round) -> set[str]:
    """The periods in which every opening has been acknowledged."""
    return {row["period"] for row in await writers.fetch(DONE, one.id)}


async def remember(writers: Writers, one: Round, period: Period, openings: int, refusals: int, now: Instant) -> None:
    """Note that a period is done."""
    await writers.fetch(
        REMEMBER,
        one.id,
        period.key,
        period.due_at,
        openings,
        refusals,
        now,
    )
