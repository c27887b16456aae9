"""The journal: an event as it is stored, with the leaf that is hashed into its case's chain."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from domain.canonical import canonical
from domain.case import event as events
from domain.case.state import Fact
from domain.days.instant import Instant, rfc3339

GENESIS = bytes(32)
SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the journal."""

    case_id: UUID
    version: int
    name: str
    schema: int
    leaf: str
    body: str
    salt: str
    recorded_at: Instant

    @property
    def hash(self) -> bytes:
        """What the next leaf names as its previous."""
        return hash_of(self.leaf)


def named_with(field: str) -> tuple[str, ...]:
    """The names of the events that have such a field: which of a case's events can say anything about it."""
    return tuple(name for kind, (name, _) in events.SCHEMAS.items() if field in kind.__dataclass_fields__)


def hash_of(leaf: str) -> bytes:
    """The hash of a leaf as stored."""
    return hashlib.sha256(leaf.encode()).digest()


def digest(salt: bytes, body: bytes) -> str:
    """The commitment to a body: without salt and body nothing can be read from it, with them it is proved."""
    return hashlib.sha256(salt + body).hexdigest()


def entry(case_id: UUID, fact: Fact, command_id: UUID, received_at: Instant, previous: bytes) -> Entry:
    """The row for `fact`, chained to `previous` (the hash of the row before it; GENESIS for the first)."""
    name, schema, body = events.dump(fact.event)
    salt = os.urandom(SALT_BYTES)
    leaf = canonical(
        {
            "actor": fact.actor.person,
            "body": digest(salt, body),
            "case": str(case_id),
            "command": str(command_id),
            "hat": str(fact.actor.hat),
            "name": name,
            "occurred_at": rfc3339(fact.occurred_at),
            "previous": previous.hex(),
            "received_at": rfc3339(received_at),
            "recorded_at": rfc3339(fact.recorded_at),
            "schema": schema,
            "version": fact.version,
        }
    )
    return Entry(case_id, fact.version, name, schema, leaf, body.decode(), "\\x" + salt.hex(), fact.recorded_at)


def chained(leaves: Iterable[str]) -> bytes:
    """The head of a chain: the hash of its last leaf, GENESIS when there is none."""
    head = GENESIS
    for leaf in leaves:
        head = hash_of(leaf)
    return head
