"""Moving running cases to another version of their procedure: asked by one, approved by another, run, and undone.

Each case's move is a command with an id of its own, so that a run that was interrupted goes on where it stopped.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from domain.case.command import Rebind
from domain.days.instant import shown
from domain.rules.difference import differences
from domain.rules.hat import Actor, Hat, Role
from ledger.ledger import Ledger
from ledger.registrar.request import PoisonedCase, Request, Ruling, engines_id, request_hash

# A move that somebody asks for.
ASK = """
insert into rebinding (id, procedure, sha256, county, stages, asked_by, asked_hat)
values ($1, $2, $3, $4, $5, $6, $7)
"""
# The open cases that it would reach, with the rules that each has now.
LIST = """
insert into rebinding_case (rebinding, case_id, was_sha256) select $1, id, procedure_sha256 from "case"
where procedure = $2 and county = $3 and procedure_sha256 <> $4 and not closed
"""
# By one person only.
APPROVE = """
update rebinding set approved_by = $2, approved_hat = $3, approved_at = clock_timestamp() where id = $1
and approved_by is null returning id
"""
# What has not been moved yet.
WAITING = "select case_id from rebinding_case where rebinding = $1 and outcome is null order by case_id limit $2"
# What has been moved, has not been moved back, and has not moved on since.
TO_UNDO = """
select case_id, was_sha256 from rebinding_case r where rebinding = $1 and outcome = 'rebound' and undone is null
and exists (select from "case" c where c.id = r.case_id and c.procedure_sha256 = $3) order by case_id limit $2
"""
# By one person only.
UNDO = """
update rebinding set undone_by = $2, undone_at = clock_timestamp() where id = $1 and undone_by is null returning id
"""
# Who took a move back, and when.
UNDONE_BY = "select undone_by, undone_at from rebinding where id = $1"
# What came of the cases of a run, or of an undoing: each has a column for the outcome and one for the words.
_NOTE = """
update rebinding_case r set {outcome} = n.outcome, {words} = n.words
from unnest($2::uuid[], $3::text[], $4::text[]) as n(case_id, outcome, words)
where r.rebinding = $1 and r.case_id = n.case_id
"""
# The cases that stayed as they were, and why. A sealed one keeps its number to itself.
_STAYED = """
select case when c.sealed is null then c.number else '（密封）' end as number,
    r.{outcome} as outcome, r.{words} as words
from rebinding_case r join "case" c on c.id = r.case_id
where r.rebinding = $1 and r.{outcome} <> 'rebound' order by c.number
"""
_COLUMNS = {"outcome": "words", "undone": "undone_words"}
NOTE = {outcome: _NOTE.format(outcome=outcome, words=words) for outcome, words in _COLUMNS.items()}
STAYED = {outcome: _STAYED.format(outcome=outcome, words=words) for outcome, words in _COLUMNS.items()}
MOVE = "select * from rebinding where id = $1"
# By which other rules cases of a county are open.
OTHER_RULES = """
select distinct procedure_sha256 as was from "case" where procedure = $1 and county = $2 and not closed
and procedure_sha256 <> $3
"""
COUNTY = "select from division where code = $1 and level = 'county' and valid_to is null"
UNDONE = "select from rebinding where id = $1 and undone_by is not null"

BATCH = 250
APPROVING = (Role.ADMINISTRATOR, Role.HEAD)
REBOUND = "rebound"


class RuleChangeRefused(Exception):
    """Why a move may not be asked for, approved, run or undone, in words for a person."""


@dataclass(frozen=True, slots=True)
class RuleMove:
    """A move as stored. `stages`: old → new; `to`: the hash of the rules that its cases go to."""

    id: UUID
    procedure: str
    to: str
    county: str
    asked: Actor
    approved: Actor | None
    stages: Mapping[str, str] = field(default_factory=dict)


async def ask(ledger: Ledger, actor: Actor, procedure: str, stages: Mapping[str, str]) -> RuleMove:
    """A move of every open case of the actor's county to what new cases take; nothing moves yet.

    Raises RuleChangeRefused.
    """
    await allowed(ledger, actor)
    to, county = await pinned(ledger, procedure, actor.hat.scope), actor.hat.scope
    move = RuleMove(uuid4(), procedure, to, county, actor, None, dict(stages))
    async with ledger.writers.held() as connection, connection.transaction():
        await connection.execute(
            ASK,
            move.id, procedure, to, county, json.dumps(move.stages), actor.person, str(actor.hat),
        )  # fmt: skip
        await connection.execute(
            LIST,
            move.id, procedure, county, to,
        )  # fmt: skip
    return move


async def approve(ledger: Ledger, actor: Actor, move_id: UUID) -> RuleMove:
    """A second person stands for it. Raises RuleChangeRefused."""
    await allowed(ledger, actor)
    move = await stored(ledger, move_id)
    if move.county != actor.hat.scope:
        raise RuleChangeRefused("该换版不在您的管辖范围内")
    if move.asked.person == actor.person:
        raise RuleChangeRefused("提出换版与批准换版不得为同一人")
    rows = await ledger.writers.fetch(
        APPROVE,
        move_id, actor.person, str(actor.hat),
    )  # fmt: skip
    if not rows:
        raise RuleChangeRefused("该换版已经批准过")
    return await stored(ledger, move_id)


async def run(ledger: Ledger, move_id: UUID, batches: int | None = None) -> dict[str, int]:
    """Move the cases that have not been yet; how many came to which outcome in all. `batches`: at most so many."""
    move = await stored(ledger, move_id)
    if move.approved is None:
        raise RuleChangeRefused("该换版尚未经第二人批准")
    if await _undone(ledger, move_id):
        raise RuleChangeRefused("该换版已经撤销")
    while batches is None or batches > 0:
        ids = [row["case_id"] for row in await ledger.writers.fetch(WAITING, move_id, BATCH)]
        if not ids:
            break
        command = Rebind(move.to, move.approved.person, move.stages)
        rulings = await ledger.registrar.rule_many([_request(move, each, command, move.asked, "") for each in ids])
        await _note(ledger, move_id, ids, rulings, "outcome")
        batches = None if batches is None else batches - 1
    return await counts(ledger, move_id, "outcome")


async def undo(ledger: Ledger, actor: Actor, move_id: UUID) -> dict[str, int]:
    """Put each case that was moved back under its former rules, as they count now. Raises RuleChangeRefused."""
    await allowed(ledger, actor)
    move = await stored(ledger, move_id)
    if move.county != actor.hat.scope:
        raise RuleChangeRefused("该换版不在您的管辖范围内")
    if move.approved is None:
        raise RuleChangeRefused("该换版尚未办理")
    first = await ledger.writers.fetch(
        UNDO,
        move_id, actor.person,
    )  # fmt: skip
    # Both have stood for the move; whoever takes it back has the other one's word for the state before.
    other = move.asked if actor.person == move.approved.person else move.approved
    back = {new: old for old, new in move.stages.items()}
    if not first and not await ledger.writers.fetch(TO_UNDO, move_id, 1, move.to):  # else it was interrupted
        (undone,) = await ledger.writers.fetch(UNDONE_BY, move_id)
        when = shown(undone["undone_at"])
        raise RuleChangeRefused(f"该换版已于 {when} 由 {undone['undone_by']} 撤销，这次什么也没有改")
    while rows := await ledger.writers.fetch(TO_UNDO, move_id, BATCH, move.to):
        asked = [
            _request(move, row["case_id"], Rebind(row["was_sha256"], other.person, back), actor, "/undo")
            for row in rows
        ]
        rulings = await ledger.registrar.rule_many(asked)
        await _note(ledger, move_id, [row["case_id"] for row in rows], rulings, "undone")
    return await counts(ledger, move_id, "undone")


async def counts(ledger: Ledger, move_id: UUID, column: str) -> dict[str, int]:
    """How many cases came to which outcome; those that wait are left out."""
    rows = await ledger.writers.fetch(
        f"select {column} as outcome, count(*) from rebinding_case where rebinding = $1 and {column} is not null"
        " group by 1 order by 1",
        move_id,
    )
    return {row["outcome"]: row["count"] for row in rows}


async def kept(ledger: Ledger, move_id: UUID, column: str) -> list[tuple[str, str, str | None]]:
    """The cases that stayed, by number, with outcome and words. A sealed one keeps its number to itself."""
    rows = await ledger.writers.fetch(STAYED[column], move_id)
    return [(row["number"], row["outcome"], row["words"]) for row in rows]


async def stored(ledger: Ledger, move_id: UUID) -> RuleMove:
    """The move of this id. Raises RuleChangeRefused when there is none."""
    rows = await ledger.writers.fetch(MOVE, move_id)
    if not rows:
        raise RuleChangeRefused("没有这次换版")
    (row,) = rows
    approved = Actor(row["approved_by"], Hat.parse(row["approved_hat"])) if row["approved_by"] else None
    asked = Actor(row["asked_by"], Hat.parse(row["asked_hat"]))
    return RuleMove(
        move_id, row["procedure"], row["sha256"], row["county"], asked, approved, json.loads(row["stages"])
    )  # fmt: skip


async def pinned(ledger: Ledger, procedure: str, county: str) -> str:
    """The hash that new cases of a procedure are pinned to in a county.

    Raises RuleChangeRefused when nothing is released.
    """
    released = (await ledger.library.released(county)).get(procedure)
    if released is None:
        raise RuleChangeRefused(f"没有名为 {procedure} 的办理流程")
    return released.sha256


async def otherwise(ledger: Ledger, procedure: str, county: str, to: str) -> list[str]:
    """What is otherwise under the procedure `to` for the county's open cases, beyond what each has begun already."""
    rows = await ledger.writers.fetch(
        OTHER_RULES,
        procedure, county, to,
    )  # fmt: skip
    after = await ledger.library.procedure(to)
    found = [differences(await ledger.library.procedure(row["was"]), after) for row in rows]
    return list(dict.fromkeys(line for lines in found for line in lines))


async def allowed(ledger: Ledger, actor: Actor) -> None:
    """Moving cases is for administrators and heads of a county. Raises RuleChangeRefused."""
    rows = await ledger.writers.fetch(COUNTY, actor.hat.scope)
    if actor.hat.role not in APPROVING or not rows:
        raise RuleChangeRefused("换版须由县级管理员或负责人提出和批准")


async def _undone(ledger: Ledger, move_id: UUID) -> bool:
    return bool(await ledger.writers.fetch(UNDONE, move_id))


def _request(move: RuleMove, case_id: UUID, command: Rebind, actor: Actor, turn: str) -> Request:
    key = f"rebinding/{move.id}{turn}"
    return Request(engines_id(case_id, key), request_hash(key, command.sha256), command, actor, case_id)


async def _note(
    ledger: Ledger,
    move_id: UUID,
    ids: Sequence[UUID],
    rulings: Sequence[Ruling | PoisonedCase],
    column: str,
) -> None:
    """Keep what came of each case beside the move, in the column of a run or of an undoing."""
    outcomes = [_outcome(ruling) for ruling in rulings]
    await ledger.writers.fetch(
        NOTE[column],
        move_id, list(ids), [name for name, _ in outcomes], [words for _, words in outcomes],
    )  # fmt: skip


def _outcome(ruling: Ruling | PoisonedCase) -> tuple[str, str | None]:
    if isinstance(ruling, PoisonedCase):
        return "case_unreadable", str(ruling)
    return ruling.outcome, json.loads(ruling.body)["detail"] if ruling.refused else None
