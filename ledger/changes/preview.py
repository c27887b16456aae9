"""What moving running cases to other rules would change, case by case, without changing anything."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from domain.case.command import Rebind
from domain.case.context import Context
from domain.case.decide import decide
from domain.case.event import ProcedureChanged
from domain.case.happened import Happened
from domain.case.state import Case
from domain.clocks.clock import Clock
from domain.days.instant import Instant, utc
from domain.days.limit import Limit
from domain.rules.form import Known
from domain.rules.hat import Actor
from domain.rules.procedure import Procedure
from domain.rules.refusal import Refusal
from ledger.ledger import Ledger
from ledger.store.connection import Connection
from ledger.store.keyset import each_row
from ledger.store.stored_case import UNREADABLE, stored_case

NOW = "select clock_timestamp()"

SECOND = "-"  # the second person, who is not known yet
# The open cases of a county that a procedure's new rules would reach.
ON_OTHER_RULES = """
select id, version, fold, state from "case"
where id > $1 and procedure = $3 and county = $4 and procedure_sha256 <> $5 and not closed order by id limit $2
"""


@dataclass(frozen=True, slots=True)
class ClockChange:
    """A clock that would be otherwise; None: not there. `gained` and `lost`: ids of its rungs."""

    id: str
    title: str
    limit_was: Limit | None
    limit: Limit | None
    due_was: Instant | None
    due: Instant | None
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseChange:
    """What a move would make of one case; `refused`: why it would stay. A sealed case keeps its number to itself.

    `gained` and `lost`: titles of actions at its stage. `sealed`: it is, and shown all the same.
    """

    case_id: UUID
    number: str | None
    version: int
    stage_was: str
    stage: str | None
    holder_was: str | None
    holder: str | None
    clocks: tuple[ClockChange, ...] = ()
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    refused: str | None = None
    words: str | None = None
    title_was: str = ""
    title: str = ""
    sealed: bool = False


async def foreseen(
    ledger: Ledger, actor: Actor, procedure: str, to: str, stages: Mapping[str, str]
) -> AsyncIterator[CaseChange]:
    """Every open case of the actor's county under other rules of `procedure`, and what the rules `to` would change."""
    target = await ledger.library.procedure(to)
    calendar = await ledger.library.current_calendar()
    command = Rebind(to, SECOND, stages)
    async with ledger.writers.held() as connection:
        now = utc(await connection.fetchval(NOW))
        async for case_id, case in _open(connection, procedure, to, actor.hat.scope):
            former = await ledger.library.procedure(case.procedure.sha256, connection)
            context = Context(target, calendar, actor, actor.hat.scope, Known(), case_id=str(case_id), former=former)
            decided = decide(case, command, context, max(now, case.recorded_at))
            yield _change(case_id, case, decided, former, target, str(actor.hat))


def _change(
    case_id: UUID,
    case: Case,
    decided: Refusal | tuple[Happened, ...],
    former: Procedure,
    target: Procedure,
    hat: str,
) -> CaseChange:
    number = None if case.sealed and hat not in case.sealed else case.number
    title_was = former.stages[case.stage].title
    change = CaseChange(case_id, number, case.version, case.stage, None, case.holder, None, title_was=title_was)
    change = replace(change, sealed=bool(case.sealed) and number is not None)
    if isinstance(decided, Refusal):
        return replace(change, refused=decided.code, words=decided.words)
    event = decided[0].event
    assert isinstance(event, ProcedureChanged)
    before = {name: action.title for name, action in former.actions_at[case.stage]}
    after = {name: action.title for name, action in target.actions_at[event.stage]}
    clocks = [_clock(case.clocks.get(each.id), each) for each in event.clocks]
    return replace(
        change,
        stage=event.stage,
        title=event.stage_title,
        holder=event.holder,
        clocks=(*clocks, *(_clock(case.clocks[name], None) for name in event.dropped)),
        gained=tuple(title for name, title in after.items() if name not in before),
        lost=tuple(title for name, title in before.items() if name not in after),
    )


def _clock(was: Clock | None, now: Clock | None) -> ClockChange:
    one = now or was
    assert one is not None
    if was is not None and was.state in ("met", "lapsed", "dropped"):
        was = None  # it runs anew
    rungs = [{rung.id for rung in clock.rungs} if clock else set() for clock in (was, now)]
    return ClockChange(
        one.id, one.title,
        was.budget if was else None, now.budget if now else None, was.due_at if was else None,
        now.due_at if now else None, tuple(sorted(rungs[1] - rungs[0])), tuple(sorted(rungs[0] - rungs[1])),
    )  # fmt: skip


async def _open(connection: Connection, procedure: str, to: str, county: str) -> AsyncIterator[tuple[UUID, Case]]:
    async for row in each_row(connection, ON_OTHER_RULES, procedure, county, to):
        try:
            case = await stored_case(connection, row["id"], row)
        except UNREADABLE:
            continue
        yield row["id"], case
