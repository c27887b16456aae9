"""A case as its row stores it, or folded again from its events where another fold stored it."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from pydantic_core import from_json

from domain.case import event as events
from domain.case import state as cases
from domain.case.fold import fold
from domain.case.state import Case, Fact
from domain.days.instant import Instant, utc
from domain.rules.hat import Actor, Hat
from ledger.store.connection import Connection

# What a row or an event that is not as it was written raises. Patrol and `ledger verify` tell of such a case; whoever
# reads many leaves it out.
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, events.UnknownEvent)
JOURNAL = """
select version, name, schema, leaf, body from event
where case_id = $1 and version <= $2 and ($3::timestamptz is null or recorded_at <= $3) order by version
"""
VERSION_MAX = 2**31 - 1


class Fields(Protocol):
    """A row of any driver: values by column."""

    def __getitem__(self, name: str, /) -> Any: ...


async def stored_case(connection: Connection, case_id: UUID, row: Fields) -> Case:
    """The case of a row (version, fold, state). Raises UNREADABLE, also where the state is not at the row's version."""
    if row["fold"] == cases.FOLD:
        case: Case | None = cases.load(row["state"])
    else:
        case = fold(None, await journal(connection, case_id))
    if case is None or case.version != row["version"]:
        raise ValueError(f"its state is not at version {row['version']}")
    return case


async def journal(
    connection: Connection, case_id: UUID, version: int | None = None, at: Instant | None = None
) -> list[Fact]:
    """The facts of a case in order, up to `version` or what was recorded by `at` (None: all). Raises UNREADABLE."""
    rows = await connection.fetch(JOURNAL, case_id, VERSION_MAX if version is None else version, at)
    return [fact(row) for row in rows]


def fact(row: Fields) -> Fact:
    """A stored event with what its leaf says of it. Raises UNREADABLE."""
    leaf = from_json(row["leaf"])
    role, _, scope = leaf["hat"].partition("@")
    return Fact(
        version=row["version"],
        event=events.load(row["name"], row["schema"], row["body"]),
        occurred_at=utc(datetime.fromisoformat(leaf["occurred_at"])),
        recorded_at=utc(datetime.fromisoformat(leaf["recorded_at"])),
        actor=Actor(leaf["actor"], Hat(role, scope)),
        received_at=utc(datetime.fromisoformat(leaf["received_at"])),
    )
