"""The docket of one case in one round: its commands in turn, and the rows they would append."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from pydantic_core import to_json

from domain.case.command import Act, Command, Expire, Import, Open, Rebind, Rederive, Tell
from domain.case.context import Context
from domain.case.decide import decide
from domain.case.event import Event, name_of
from domain.case.expiry import Firing, expire
from domain.case.fold import evolve
from domain.case.happened import Happened
from domain.case.inbox import ENGINE
from domain.case.outbox import Letter, letters
from domain.case.similarity import said_otherwise
from domain.case.state import Case, Fact
from domain.case.view import offered, shown
from domain.days.instant import Instant, utc
from domain.rules.form import legible
from domain.rules.hat import Actor, Hat
from domain.rules.refusal import Refusal
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
Decided = tuple[Happened, ...] | Refusal
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

    def decide(self, request: Request, context: Context | None) -> Decided:
        """What `request` makes happen, after everything that is due has happened. Nothing of it is recorded yet."""
        self._expire()
        return decide(self.case, request.command, context, self.at)

    def record(
        self, request: Request, context: Context | None, decided: Decided, claim_code: str | None = None
    ) -> Ruling:
        """The ruling on a decision, with its rows. `claim_code`: told once, in this answer."""
        command = request.command
        if isinstance(command, Expire):
            return Ruling("expired", self.case_id, self.version, b"")
        if isinstance(decided, Refusal):
            # What the register did not know may be known when the file comes again: an import is kept under another id.
            kept = replace(request, command_id=uuid4()) if isinstance(command, Import) else request
            return self._refuse(kept, decided)
        if isinstance(command, (Rederive, Rebind)) and not decided:
            return Ruling(OUTCOMES[type(command)], self.case_id, self.version, b"")  # nothing to keep
        assert context is not None
        first = 0 if isinstance(command, Import) else self.version
        for happened in decided:
            self._take(request, happened)
        return self._answer(request, context, [each.event for each in decided], first, claim_code)

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

    def _take(self, request: Request, happened: Happened) -> None:
        """One event of a decision; what time alone did in an imported past has a command of its own, as ever."""
        if happened.firing and self.case:
            self._fire(happened.firing, clock_actor(self.case.lineage["county"]), happened.received_at)
            return
        actor = request.actor
        if actor == clock_actor("-") and self.case is not None:
            actor = clock_actor(self.case.lineage["county"])  # the engine acts at the county of the case
        received_at = request.received_at or happened.received_at
        self._record(happened.event, actor, request.command_id, happened.occurred_at, received_at)

    def _answer(
        self, request: Request, context: Context, events: Sequence[Event], first: int, claim_code: str | None
    ) -> Ruling:
        assert self.case is not None
        outcome = OUTCOMES[type(request.command)]
        self.reporter = request.reporter or self.reporter
        body = b"{}"
        if isinstance(request.command, (Open, Act, Import)):
            answer = shown(str(self.case_id), self.case, request.actor)
            if claim_code:
                answer["claim_code"] = claim_code  # told once: the case keeps its digest only
            answer["actions"] = offered(self.case, context.procedure, request.actor, context.home)
            answer["events"] = [
                {"version": version, "type": name_of(event)} for version, event in enumerate(events, first + 1)
            ]
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
