"""One round of the registrar: read a batch, decide it in memory case by case, append it in one statement."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import asyncpg

from domain.case.command import Act, Expire, Open, Rebind, parts
from domain.case.context import Context
from domain.case.event import CaseOpened
from domain.case.happened import Happened
from domain.case.opening import numbered
from domain.case.state import Case
from domain.days.instant import Instant, local
from domain.rules.procedure import Procedure
from domain.rules.refusal import Code, Refusal
from ledger.registers.division import county_of
from ledger.registrar.docket import Docket
from ledger.registrar.number import next_sealed
from ledger.registrar.request import PoisonedCase, Request, Ruling
from ledger.registrar.snapshot import Registers, Row, plain, read, rivals, snapshot
from ledger.store.append import append
from ledger.store.connection import LOST, Connection
from ledger.store.library import CALENDAR, Library
from ledger.store.release import RELEASED


@dataclass(frozen=True, slots=True)
class Settled:
    """A ruling, and the case as it stands after it."""

    ruling: Ruling
    case: Case | None


# Of the division of a running case ($2), the name that was known when it was opened ($3).
CODE_BYTES = 5
NEXT_NUMBER = "select nextval('case_number')"
NAMES = (
    "select id, name from unit where id = any($1::text[]) union all select id, name from person where id = any($1)"
    " union all select code, name from division where code = any($1) and code <> $2 and valid_to is null"
    " union all (select code, name from division where code = $2"
    " order by loaded_at <= $3 desc, case when loaded_at <= $3 then valid_from end desc, valid_from limit 1)"
)
Outcome = Settled | PoisonedCase
Ruled = tuple[Docket, dict[int, Outcome]]
Asked = tuple[int, Request, Row]  # its place in the batch, the request, what was read for it


class Batch:
    """A single attempt on a held connection. What it leaves out of its answer must be asked again."""

    def __init__(
        self,
        connection: Connection,
        library: Library,
        clock: Callable[[Instant], Instant],
        keep: bool,
        rehearsal: bool = False,
    ) -> None:
        self._connection = connection
        self._library = library
        self._clock = clock
        self._keep = keep
        self._rehearsal = rehearsal  # decide everything, append nothing, take no number

    async def run(self, requests: Sequence[tuple[int, Request]]) -> dict[int, Outcome]:
        """Outcomes by place; missing where the case moved meanwhile or the command id was just taken."""
        rows, registers = await read(self._connection, [request for _, request in requests])
        outcomes: dict[int, Outcome] = {}
        by_case: dict[UUID, list[Asked]] = {}
        taken: set[UUID] = set()
        for (place, request), row in zip(requests, rows, strict=True):
            if row["outcome"] is not None and not isinstance(request.command, Expire):
                outcomes[place] = Settled(_repeat(request, row), None)
            elif request.command_id not in taken:  # a second one finds the first's ruling in the next round
                taken.add(request.command_id)
                by_case.setdefault(request.target, []).append((place, request, row))
        dockets: list[Ruled] = []
        for case_id, asked in by_case.items():
            try:
                dockets.append(await self._decide(case_id, asked, registers))
            except (asyncpg.PostgresError, *LOST):
                raise
            except Exception as error:  # one case that cannot be read or decided must not hold up the others
                outcomes.update(dict.fromkeys((place for place, _, _ in asked), _poisoned(case_id, error)))
        outcomes.update(_outcomes(dockets) if self._rehearsal else await self._append(dockets))
        return outcomes

    async def _decide(self, case_id: UUID, asked: Sequence[Asked], registers: Registers) -> Ruled:
        _, first, row = asked[0]
        read_case = await snapshot(self._connection, first, row)
        docket = Docket(case_id, read_case, self._clock(read_case.at))
        ruled: dict[int, Outcome] = {}
        for place, request, its_row in asked:
            context = await self._context(request, its_row, registers, docket)
            decided, claim_code = docket.decide(request, context), None
            if context is not None and not isinstance(decided, Refusal):
                decided, claim_code = await self._numbered(decided, context, docket)
            ruled[place] = Settled(docket.record(request, context, decided, claim_code), docket.case)
        return docket, ruled

    async def _context(self, request: Request, row: Row, registers: Registers, docket: Docket) -> Context | None:
        command = request.command
        if isinstance(command, Expire):
            return None
        pinned: str | None = docket.case.procedure.sha256 if docket.case else None
        opening = first if isinstance(first := parts(command)[0], Open) else None
        if opening:
            pinned = row["released"]
        former = None
        if isinstance(command, Rebind) and pinned is not None:
            former, pinned = await self._library.procedure(pinned, self._connection), command.sha256
        if pinned is None or registers.calendar is None:
            return None
        procedure = await self._library.procedure(pinned, self._connection)
        context = Context(
            procedure=procedure,
            calendar=await self._library.calendar(registers.calendar, self._connection),
            actor=request.actor,
            home=registers.home(request.actor.hat.scope),
            known=registers.known_to(request.actor),
            units=registers.units,
            place=registers.places.get(opening.division) if opening else None,
            case_id=str(docket.case_id),
            rivals=rivals(row),
            places=registers.places,
            unit_homes=registers.homes,
            former=former,
            duties=registers.duties,
        )
        if isinstance(command, Act) and (action := procedure.actions.get(command.action)) and action.effect == "spawn":
            there = command.fields.get("division") or (docket.case.division if docket.case else "")
            context = replace(context, child=await self._released(action.child(command.fields), str(there)))
        if registers.cases:
            others = registers.others(request.actor)
            context = replace(context, others=others, known=replace(context.known, cases=frozenset(others)))
        return await self._with_names(context, request, docket)

    async def _numbered(
        self, decided: tuple[Happened, ...], context: Context, docket: Docket
    ) -> tuple[tuple[Happened, ...], str | None]:
        """The decision with a number where it opens a case, and the claim code: refusals and repeats leave no gaps."""
        opening = decided[0].event if decided else None
        if not isinstance(opening, CaseOpened):
            return decided, None
        procedure = context.procedure
        year = f"{local(docket.at):%Y}"
        if self._rehearsal:
            number, code = f"{procedure.prefix}-{year}-000000", "-"
        else:
            # Sealed cases are numbered for themselves: gaps in the open numbers would tell of them.
            sealed = bool(opening.move.sealed) and not procedure.stages[opening.move.stage].for_now
            drawn = await (next_sealed(self._connection) if sealed else self._connection.fetchval(NEXT_NUMBER))
            number, code = f"{procedure.prefix}-{year}-{drawn:06d}", secrets.token_hex(CODE_BYTES).upper()
        claim_code = code if procedure.claim_code else None
        first = replace(decided[0], event=numbered(opening, context, docket.at, number, claim_code))
        return (first, *decided[1:]), claim_code

    async def _released(self, name: object, division: str) -> Procedure | None:
        """What new cases of this name would take there."""
        query = f"select {RELEASED.format(id='$1::text', county='$2::text')}"
        known = plain(name) if isinstance(name, str) else ""
        ref = await self._connection.fetchval(query, known, county_of(plain(division))) if known else None
        return await self._library.procedure(ref, self._connection) if ref and known != CALENDAR else None

    async def _with_names(self, context: Context, request: Request, docket: Docket) -> Context:
        """The names that documents speak of, asked for only where the command may issue one."""
        procedure, command = context.procedure, request.command
        ids = {request.actor.hat.scope, request.actor.person}
        if isinstance(command, Open) and procedure.names_in(procedure.intake.issues):
            ids.add(command.division)
        elif isinstance(command, Act) and docket.case and command.action in procedure.actions:
            if not procedure.names_in(procedure.actions[command.action].issues):
                return context
            scope = (docket.case.holder or "").partition("@")[2]
            unit = docket.case.unit.id if docket.case.unit else ""
            ids |= {docket.case.division, scope, unit, str(command.fields.get("unit", ""))}
        else:
            return context
        code, then = (docket.case.division, docket.case.opened_at) if docket.case else ("", docket.at)
        rows = await self._connection.fetch(NAMES, [each for each in map(plain, ids) if each], code, then)
        return replace(context, names={row["id"]: row["name"] for row in rows})

    async def _append(self, dockets: Sequence[Ruled]) -> dict[int, Outcome]:
        """Append in one statement; when that fails as a whole, one by one, so that only the culprit is left."""
        writing = [pair for pair in dockets if pair[0].commands]
        outcomes = _outcomes(pair for pair in dockets if not pair[0].commands)
        if not writing:
            return outcomes
        try:
            won = await self._write([docket for docket, _ in writing])
        except LOST:
            raise
        except asyncpg.QueryCanceledError:
            raise TimeoutError("the statement took too long") from None
        except asyncpg.PostgresError as error:
            if len(writing) == 1:
                return outcomes | _failed(*writing[0], error)
            for pair in writing:
                outcomes.update(await self._append([pair]))
            return outcomes
        return outcomes | _outcomes(pair for pair in writing if pair[0].case_id in won or not pair[0].entries)

    async def _write(self, dockets: Sequence[Docket]) -> set[UUID]:
        """The one statement. Cases and commands go in id order, so that concurrent writers cannot deadlock."""
        appending = sorted((d for d in dockets if d.entries), key=lambda docket: docket.case_id)
        entries = [row for docket in appending for row in docket.entries]
        commands = [row for docket in dockets for row in docket.commands]
        to_tell = [docket.case_id for docket in appending if self._keep or docket.keeper_must_hear]
        reporters = [(d.case_id, d.reporter.name, d.reporter.phone) for d in appending if d.reporter]
        rows_of_cases = [docket.row() for docket in appending]
        letters = [row for docket in appending for row in docket.letters]
        shingles = [docket.shingle() for docket in appending if docket.says_otherwise]
        commands.sort(key=lambda row: row.id)
        query, arguments = append(rows_of_cases, entries, commands, to_tell, reporters, letters, shingles)
        rows = await self._connection.fetch(query, *arguments)
        return {row["id"] for row in rows}


def _repeat(request: Request, row: Row) -> Ruling:
    """The stored ruling, byte for byte; another request under the same id is refused and leaves no trace."""
    if row["request_hash"] != request.request_hash:
        body = '{"code":"idempotency_conflict","detail":"同一个 Idempotency-Key 已用于另一请求，请换一个"}'
        return Ruling(Code.IDEMPOTENCY_CONFLICT, None, 0, body.encode())
    return Ruling(row["outcome"], row["ruled_case"], row["ruled_version"], row["body"].encode())


def _poisoned(case_id: UUID, error: Exception) -> PoisonedCase:
    return PoisonedCase(case_id, f"{type(error).__name__}: {str(error)[:200]}")


def _outcomes(pairs: Iterable[Ruled]) -> dict[int, Outcome]:
    return {place: outcome for _, ruled in pairs for place, outcome in ruled.items()}


def _failed(docket: Docket, ruled: dict[int, Outcome], error: asyncpg.PostgresError) -> dict[int, Outcome]:
    """A command id that was just taken is asked again and finds its ruling; any other error is the case's own.

    Firings alone cannot meet a taken id: if they do, the case's row is older than its journal, and stays so.
    """
    asked = any(row.outcome != "expired" for row in docket.commands)
    if asked and isinstance(error, asyncpg.UniqueViolationError) and error.table_name == "command":
        return {}
    return dict.fromkeys(ruled, _poisoned(docket.case_id, error))
