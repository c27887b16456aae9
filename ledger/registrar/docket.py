"""The docket of one case in one round: its commands in turn, and the rows they would append."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from pydantic_core import to_json

from domain.case.acting import act
from domain.case.command import Act, Command, Expire, Import, Open, Rebind, Rederive, Tell
from domain.case.context import Context
from domain.case.event import Event, name_of
from domain.case.expiry import Firing, expire
from domain.case.fold import evolve
from domain.case.imported_past import imported
from domain.case.inbox import ENGINE, hear, rederived
from domain.case.opening import open_case
from domain.case.outbox import Letter, letters
from domain.case.rule_change import rebound
from domain.case.sight import sees
from domain.case.similarity import said_otherwise
from domain.case.state import Case, Fact
from domain.case.view import offered, shown
from domain.days.instant import Instant, utc
from domain.hat import Actor, Hat
from domain.refusal import Code, Refusal
from domain.rules.form import legible
from ledger.registrar.request import Reporter, Request, Ruling, engines_id
from ledger.registrar.snapshot import Snapshot
from ledger.store.case_row import case_row
from ledger.store.journal import GENESIS, Entry, entry
from ledger.store.row import CaseRow, CommandRow, LetterRow, hex_bytes
from ledger.store.shingle import ShingleRow, shingle_row

OUTCOMES: Mapping[type[Command], str] = {
    Open: "opened", Act: "acted", Tell: "told", Rederive: "rederived", Rebind: "rebound",
    Import: "imported",
}  # fmt: skip
LETTER: TypeAdapter[Open | Tell] = TypeAdapter(Open | Tell)


def clock_actor(scope: str) -> Actor:
    """The engine itself, acting because time has come."""
    return Actor(ENGINE, Hat("clock", scope))


class Docket:
    """Rules commands on one case in memory. Nothing is true until its rows are appended."""

    def __init__(self, case_id: UUID, snapshot: Snapshot, at: Instant) -> None:
        self.case_id = case_id
        self.before = snapshot.case
        self.case: Case | None = snapshot.case
        self.read_version = snapshot.version
        self.version = snapshot.version
        self.head = snapshot.head or GENESIS
        # One clock: never before what is recorded already, whatever the clocks of this world do.
        self.at = max(at, snapshot.case.recorded_at) if snapshot.case else at
        self.entries: list[Entry] = []
        self.commands: list[CommandRow] = []
        self.letters: list[LetterRow] = []
        self.reporter: Reporter | None = None

    @property
    def appends(self) -> bool:
        """Whether there are events to append."""
        return bool(self.entries)

    def rule(self, request: Request, context: Context | None) -> Ruling:
        """Expire what is due, then decide `request`. `context` is None for an Expire and for what cannot be decided."""
        self._expire()
        if isinstance(request.command, Expire):
            return Ruling("expired", self.case_id, self.version, b"")
        if isinstance(request.command, Import):
            return self._import(request, request.command, context)
        events = self._decide(request, context)
        if isinstance(events, Refusal):
            return self._refuse(request, events)
        if isinstance(request.command, (Rederive, Rebind)) and not events:
            return Ruling(OUTCOMES[type(request.command)], self.case_id, self.version, b"")  # nothing to keep
        assert context is not None
        return self._take(request, context, events)

    def _expire(self) -> None:
        if self.case is None:
            return
        while firings := expire(self.case, self.at):
            for firing in firings:
                self._fire(firing, clock_actor(self.case.lineage["county"]), self.at)

    def _fire(self, firing: Firing, actor: Actor, received_at: Instant) -> None:
        command_id = engines_id(self.case_id, firing.key)
        first = self.version
        self._record(firing.event, actor, command_id, firing.due_at, received_at)
        self._list(command_id, name_of(firing.event), actor, b"", "expired", None, b"", first, self.version)

    def _import(self, request: Request, command: Import, context: Context | None) -> Ruling:
        """Append a past as one whole; what time alone did in it has commands of its own, like any other firing."""
        if context is None:
            return self._refuse_import(request, self._unknown(command.open.procedure))
        pasts = imported(command, context, self.at)
        if isinstance(pasts, Refusal):
            return self._refuse_import(request, pasts)
        for past in pasts:
            if past.firing and self.case:
                self._fire(past.firing, clock_actor(self.case.lineage["county"]), past.received_at)
            else:
                self._record(past.event, request.actor, request.command_id, past.occurred_at, past.received_at)
        return self._answer(request, context, [past.event for past in pasts], 0)

    def _refuse_import(self, request: Request, refusal: Refusal) -> Ruling:
        """Kept under an id of its own: what the register did not know may be known when the file comes again."""
        return self._refuse(replace(request, command_id=uuid4()), refusal)

    @staticmethod
    def _unknown(procedure: str) -> Refusal:
        return Refusal(Code.UNKNOWN_PROCEDURE, f"没有名为“{legible(procedure, 40)}”的办理流程")

    def _decide(self, request: Request, context: Context | None) -> tuple[Event, ...] | Refusal:
        match request.command:
            case Open() as command:
                if context is None:
                    return self._unknown(command.procedure)
                return open_case(command, context, self.at)
            case Act() as command:
                if self.case is None or context is None:
                    return Refusal(Code.UNKNOWN_CASE, "没有这个事项")
                if not sees(self.case, request.actor, context.home):
                    return Refusal(Code.CASE_OUTSIDE_SCOPE, "该事项不在您的管辖范围内")
                return act(self.case, command, context, self.at)
            case Tell() | Rederive() | Rebind() if self.case is None or context is None:
                return Refusal(Code.UNKNOWN_CASE, "没有这个事项")
            case Tell() as command:
                assert self.case is not None
                assert context is not None
                return hear(self.case, command, context, self.at)
            case Rederive():
                assert self.case is not None
                assert context is not None
                return rederived(self.case, context, self.at)
            case Rebind() as command:
                assert self.case is not None
                assert context is not None
                return rebound(self.case, command, context, self.at)
            case _:
                return ()

    def _take(self, request: Request, context: Context, events: Sequence[Event]) -> Ruling:
        first = self.version
        occurred = utc(getattr(request.command, "occurred_at", None) or self.at)  # one zone, or a refold would differ
        actor = request.actor
        if actor == clock_actor("-") and self.case is not None:
            actor = clock_actor(self.case.lineage["county"])  # the engine acts at the county of the case
        received = request.received_at or getattr(request.command, "received_at", None) or self.at
        for event in events:
            self._record(event, actor, request.command_id, occurred, received)
        return self._answer(request, context, events, first)

    def _answer(self, request: Request, context: Context, events: Sequence[Event], first: int) -> Ruling:
        assert self.case is not None
        outcome = OUTCOMES[type(request.command)]
        self.reporter = request.reporter or self.reporter
        body = b"{}"
        if isinstance(request.command, (Open, Act, Import)):
            answer = shown(str(self.case_id), self.case, request.actor)
            if context.code:
                answer["claim_code"] = context.code  # told once: the case keeps its digest only
            answer["actions"] = offered(self.case, context.procedure, request.actor, context.home)
            answer["events"] = [self._told(place, event) for place, event in enumerate(events, first + 1)]
            body = to_json(answer)
        self._list(
            request.command_id,
            request.name,
            request.actor,
            request.request_hash,
            outcome,
            None,
            body,
            first,
            self.version,
        )
        return Ruling(outcome, self.case_id, self.version, body)

    def _refuse(self, request: Request, refusal: Refusal) -> Ruling:
        errors = [{"name": e.name, "code": e.code, "detail": e.words} for e in refusal.errors]
        document: dict[str, Any] = {"code": refusal.code, "detail": refusal.words}
        body = to_json({**document, "errors": errors} if errors else document)
        self._list(
            request.command_id,
            legible(request.name, 60),
            request.actor,
            request.request_hash,
            refusal.code,
            refusal.words,
            body,
            self.version,
            self.version,
        )
        return Ruling(refusal.code, self.case_id if self.case else None, self.version, body)

    def _record(self, event: Event, actor: Actor, command_id: UUID, occurred_at: Instant, received_at: Instant) -> None:
        self.version += 1
        fact = Fact(self.version, event, occurred_at, self.at, actor, utc(received_at))
        row = entry(self.case_id, fact, command_id, received_at, self.head)
        self.entries.append(row)
        self.head = row.hash
        before, self.case = self.case, evolve(self.case, fact)
        for place, letter in enumerate(letters(str(self.case_id), before, self.case, event)):
            self._write(letter, actor, place)

    def _write(self, letter: Letter, actor: Actor, place: int) -> None:
        assert self.case is not None
        sender = actor if letter.own else clock_actor(self.case.lineage["county"])
        self.letters.append(
            LetterRow(
                id=engines_id(self.case_id, f"letter/{self.version}/{place}"),
                sender=self.case_id,
                recipient=UUID(letter.to),
                person=sender.person,
                hat=str(sender.hat),
                body=LETTER.dump_json(letter.command).decode(),
                written_at=self.at,
            )
        )

    def _list(
        self,
        command_id: UUID,
        name: str,
        actor: Actor,
        request_hash: bytes,
        outcome: str,
        words: str | None,
        body: bytes,
        first: int,
        last: int,
    ) -> None:
        self.commands.append(
            CommandRow(
                command_id,
                self.case_id if self.case else None,
                name,
                actor.person,
                str(actor.hat),
                hex_bytes(request_hash),
                outcome,
                words,
                body.decode(),
                first,
                last,
                self.at,
                gated=bool(self.entries),  # what no event goes with stands by itself
            )
        )

    @staticmethod
    def _told(version: int, event: Event) -> Mapping[str, Any]:
        return {"version": version, "type": name_of(event)}

    @property
    def keeper_must_hear(self) -> bool:
        """Whether Temporal must be told: opened, closed, reopened, or to be woken earlier than it knows."""
        if self.case is None:
            return True
        if self.before is None:
            return not self.case.closed or self.case.wake_at is not None  # what was over long ago needs no keeper
        if self.before.closed != self.case.closed:
            return True
        wake, known = self.case.wake_at, self.before.wake_at
        return wake is not None and (known is None or wake < known)

    @property
    def says_otherwise(self) -> bool:
        """Whether the case has come to say something else, or anything at all: only then its shingles are written."""
        return self.case is not None and (self.before is None or said_otherwise(self.before, self.case))

    def shingle(self) -> ShingleRow:
        """What the case is found by when somebody looks for the same matter."""
        assert self.case is not None
        return shingle_row(self.case_id, self.case)

    def row(self) -> CaseRow:
        """The case as it will stand. Only for a docket that appends."""
        case = self.case
        assert case is not None
        return case_row(self.case_id, case, self.read_version, self.head)
