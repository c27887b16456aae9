"""Who answers for the post that holds a case: for officials, who may ask a colleague; residents know the office."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from domain.case.state import Case
from domain.days.instant import Instant, rfc3339
from domain.hat import Actor, Hat, Role
from ledger.identity.incumbent import answering
from ledger.identity.name import names
from ledger.identity.scope import now
from ledger.ledger import Ledger


class Answering(BaseModel):
    """Somebody who answers for a post as its holder, as a delegate or on duty, the first to be asked first.

    `until`: when that ends, where it is known.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    post: str
    basis: str
    until: datetime | None


async def answers(ledger: Ledger, case: Case, actor: Actor, at: Instant | None = None) -> dict[str, Any]:
    """`answering` now, or at `at` as it was known then, to be put beside the case; nothing for residents."""
    if actor.hat.role == Role.RESIDENT:
        return {}
    if case.holder is None:
        return {"answering": []}
    hat = Hat.parse(case.holder)
    async with ledger.reading() as connection:
        known = await names(connection, [case.holder], at=at)
        moment = at or await now(connection)
    found = await answering(ledger.writers, ledger.library, [hat], moment, moment)
    return {
        "answering": [
            {
                "name": each.name,
                "post": known.hat(case.holder),
                "basis": each.basis,
                "until": rfc3339(each.until) if each.until else None,
            }
            for each in found[hat]
        ]
    }
