"""What happened to a case, event by event, and the case as it stood at any point."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.case.fold import fold
from domain.case.state import Case
from domain.days.instant import Instant, rfc3339
from domain.rules.hat import Actor
from ledger.identity.delegation import stood_in
from ledger.identity.name import names
from ledger.read.query import facts
from ledger.registrar.request import PoisonedCase
from ledger.store.journal import hash_of
from ledger.store.stored_case import UNREADABLE
from ledger.store.table import access, command, event

MASKED = "（已隐去）"
READS_MAX = 200


async def history(
    connection: AsyncConnection, case_id: UUID, version: int, masked: str | None = None
) -> list[dict[str, Any]]:
    """The events up to `version`, each with what its leaf says and the hash that chains it. Raises PoisonedCase.

    `version`: that of the case as whoever asks was found to see it, for what came since may be sealed. `masked`: a
    person whom the readers of this case need not know. An act of a delegate says for whom (`delegation`).
    """
    query = select(event).where(event.c.case_id == case_id, event.c.version <= version).order_by(event.c.version)
    rows = (await connection.execute(query)).mappings()
    over = select(command.c.to_version).where(command.c.case_id == case_id, command.c.outcome == "imported")
    taken_over = (await connection.execute(over)).scalar() or 0
    try:
        events = [_told(row, taken_over) for row in rows]
    except UNREADABLE as error:
        raise PoisonedCase(case_id, f"{type(error).__name__}: {str(error)[:200]}") from error
    return await _named(connection, events, masked)


def hidden(case: Case, actor: Actor) -> str | None:
    """Who brought a sealed case, where that was none of those who work on it: not for others to read (DOMAIN §6.2)."""
    known = not case.sealed or case.opened_by == actor.person
    return None if known or case.opened_as in case.sealed else case.opened_by


def _mask(actor: dict[str, Any], masked: str) -> None:
    """A masked person is not named, neither as who acted nor as for whom."""
    if actor["id"] == masked:
        actor |= {"id": MASKED, "hat": actor["hat"].partition("@")[0] + "@"}
        actor.pop("for", None)
    elif "for" in actor and actor["for"]["id"] == masked:
        actor["for"] |= {"id": MASKED, "name": MASKED}


async def _named(
    connection: AsyncConnection, rows: list[dict[str, Any]], masked: str | None, when: str = "recorded_at"
) -> list[dict[str, Any]]:
    """With each actor's name and hat in words, as the registers have them now, and for whom he or she stood in then."""
    acts = [(each["actor"]["id"], each["actor"]["hat"], datetime.fromisoformat(each[when])) for each in rows]
    for place, absent in (await stood_in(connection, acts)).items():
        rows[place]["actor"]["for"] = absent
    for each in rows if masked is not None else ():
        _mask(each["actor"], str(masked))
    known = await names(connection, [each["actor"] for each in rows])
    for actor in (each["actor"] for each in rows):
        actor |= {"name": known.person(actor["id"]), "hat_title": known.hat(actor["hat"])}
    return rows


def _told(row: Mapping[Any, Any], taken_over: int) -> dict[str, Any]:
    leaf = json.loads(row["leaf"])
    return {
        "version": row["version"],
        "imported": row["version"] <= taken_over,  # taken over with its past from another system
        "type": row["name"],
        "schema": row["schema"],
        "occurred_at": leaf["occurred_at"],
        "received_at": leaf["received_at"],
        "recorded_at": leaf["recorded_at"],
        "actor": {"id": leaf["actor"], "hat": leaf["hat"]},
        "data": json.loads(row["body"]),
        "hash": hash_of(row["leaf"]).hex(),
        "previous": leaf["previous"],
    }


async def refusals(connection: AsyncConnection, case_id: UUID, masked: str | None = None) -> Sequence[dict[str, Any]]:
    """Every attempt on this case that was refused, in order: for whoever supervises. `masked` as in the history."""
    c = command.c
    query = (
        select(c.recorded_at, c.name, c.person, c.hat, c.outcome, c.words)
        .where(c.case_id == case_id, c.from_version == c.to_version)
        .order_by(c.recorded_at, c.id)
    )
    refused = [
        {
            "recorded_at": rfc3339(row.recorded_at),
            "action": row.name,
            "actor": {"id": row.person, "hat": row.hat},
            "code": row.outcome,
            "detail": row.words,
        }
        for row in await connection.execute(query)
    ]
    return await _named(connection, refused, masked)


async def reads(connection: AsyncConnection, case_id: UUID, masked: str | None = None) -> Sequence[dict[str, Any]]:
    """The newest reads that left a trace, the newest first: for whoever supervises. `masked` as in the history."""
    a = access.c
    query = select(a.at, a.person, a.hat, a.what).where(a.case_id == case_id).order_by(a.id.desc()).limit(READS_MAX)
    seen = [
        {"at": rfc3339(row.at), "actor": {"id": row.person, "hat": row.hat}, "what": row.what}
        for row in await connection.execute(query)
    ]
    return await _named(connection, seen, masked, when="at")


async def replayed(
    connection: AsyncConnection, case_id: UUID, version: int | None = None, at: Instant | None = None
) -> Case | None:
    """The case as of `version`, or as recorded by `at`; None when it was not there. Raises PoisonedCase."""
    try:
        case = fold(None, await facts(connection, case_id, version, at))
    except UNREADABLE as error:
        raise PoisonedCase(case_id, f"{type(error).__name__}: {str(error)[:200]}") from error
    return case if case is None or version is None or case.version == version else None
