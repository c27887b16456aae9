"""What is asked of the registrar, and what it answers."""

import hashlib
from dataclasses import dataclass
from uuid import UUID, uuid5

from domain.case.command import Command, Expire
from domain.days.instant import Instant
from domain.rules.hat import Actor

# Ids that callers choose and ids of the engine live apart, so that nobody can squat an escalation's id.
CALLERS = UUID("5d7b7c4e-64d5-4a3c-9a61-0a3a2f1a8f10")
ENGINE = UUID("b6a0d1c2-1e55-4c0f-8a5b-6b8d3e2f7c90")
ROUNDS = UUID("c3a9d0b4-52c1-4a6b-9d0e-7b1f6e8a2d40")
IMPORTS = UUID("7e1c5a90-3b0d-4d0e-9a55-2c8f6d1e4b30")
CASES = UUID("0f4a4a6e-0e0f-4b8e-b8a1-7f5d6c3b2a10")


def callers_id(person: str, key: str) -> UUID:
    """The command id for a caller's Idempotency-Key: the same key of another person is another command."""
    return uuid5(CALLERS, f"{len(person)}:{person}{key}")


def engines_id(case_id: UUID, key: str) -> UUID:
    """The command id for a firing: the same whoever asks for it, a workflow or Patrol, and however often."""
    return uuid5(ENGINE, f"{case_id}/{key}")


def rounds_id(round_id: str, division: str, period: str) -> UUID:
    """The command id by which a round opens its case of a period in a division, whoever asks and however often."""
    return uuid5(ROUNDS, f"{round_id}/{division}/{period}")


def imports_id(scope: str, source: str, reference: str) -> UUID:
    """The command id by which a matter is taken over: the same however often its row is read."""
    return uuid5(IMPORTS, f"{scope}/{len(source)}:{source}{reference}")


def case_of(command_id: UUID) -> UUID:
    """The case that an opening with this command id opens."""
    return uuid5(CASES, str(command_id))


def request_hash(*parts: bytes | str) -> bytes:
    """What a repeated command must match: method, path, hat and body, kept apart by their lengths."""
    hasher = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        hasher.update(len(data).to_bytes(8, "big") + data)
    return hasher.digest()


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reported, kept outside the journal."""

    name: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """One command with its identity. `case_id` is None for an Open: it follows from the command id."""

    command_id: UUID
    request_hash: bytes
    command: Command
    actor: Actor
    case_id: UUID | None = None
    reporter: Reporter | None = None
    received_at: Instant | None = None

    @property
    def target(self) -> UUID:
        """The case this command is for."""
        return self.case_id or case_of(self.command_id)

    @property
    def name(self) -> str:
        """How the ledger lists it."""
        return getattr(self.command, "action", type(self.command).__name__.lower())


def expiry(case_id: UUID, actor: Actor) -> Request:
    """The request that lets everything due on a case happen. It is never stored itself: its firings are."""
    return Request(engines_id(case_id, "expire"), b"", Expire(), actor, case_id)


TAKEN = ("opened", "acted", "expired", "told", "rederived", "rebound", "imported")  # of what was not refused


@dataclass(frozen=True, slots=True)
class Ruling:
    """The answer to a command, kept for ever. `outcome`: one of TAKEN, or a refusal's code.

    `body`: the JSON answer, byte for byte what a repeat of the same command gets.
    """

    outcome: str
    case_id: UUID | None
    version: int
    body: bytes

    @property
    def refused(self) -> bool:
        """Whether the command was declined."""
        return self.outcome not in TAKEN


class LedgerUnavailable(Exception):
    """PostgreSQL could not be reached: whether the command was recorded is unknown; repeating its id will tell."""


class PoisonedCase(Exception):
    """A case that cannot be read, decided or stored by this version. Nothing of it was written."""

    def __init__(self, case_id: UUID, words: str) -> None:
        super().__init__(f"case {case_id}: {words}")
        self.case_id = case_id
