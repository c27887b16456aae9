"""Who read what is sealed or sensitive: written and committed before the answer is given (DOMAIN §6.5)."""

from typing import Literal
from uuid import UUID

import asyncpg

from domain.rules.hat import Actor
from ledger.registrar.request import LedgerUnavailable
from ledger.store.connection import LOST, Writers

What = Literal["case", "history", "replay", "documents", "evidence", "explanation", "list", "reporter", "draw"]
TRACE = "insert into access (person, hat, what, case_id, about, sealed, request_id) values ($1, $2, $3, $4, $5, $6, $7)"


async def trace(
    writers: Writers,
    actor: Actor,
    what: What,
    case_id: UUID | None = None,
    *,
    about: str | None = None,
    sealed: int | None = None,
    request_id: str | None = None,
) -> None:
    """Keep that `actor` is about to be shown this. Raises LedgerUnavailable: no trace, no answer.

    `about`: the round and period of a draw; `sealed`: how many sealed cases a list shows.
    """
    values = actor.person, str(actor.hat), what, case_id, about, sealed, request_id
    try:
        await writers.fetch(TRACE, *values)
    except (*LOST, asyncpg.PostgresError) as error:
        raise LedgerUnavailable(f"查看记录没有写成：{type(error).__name__}") from error
