"""Who answers for the post that holds a case: for officials, who may ask a colleague; residents know the office."""

from application.look import Look
from application.shapes.case import AnsweringShape
from domain.case.state import Case
from domain.days.instant import Instant
from domain.rules.hat import Hat, Role
from ledger.identity.incumbent import answering as incumbents
from ledger.identity.name import names
from ledger.identity.scope import now


async def answering(look: Look, case: Case, at: Instant | None = None) -> dict[str, list[AnsweringShape]]:
    """`answering` now, or at `at` as it was known then, to be put beside the case; nothing for residents."""
    if look.caller.hat.role == Role.RESIDENT:
        return {}
    if case.holder is None:
        return {"answering": []}
    ledger, hat = look.house.ledger, Hat.parse(case.holder)
    known = await names(look.connection, [case.holder], at=at)
    moment = at or await now(look.connection)
    found = await incumbents(ledger.writers, ledger.library, [hat], moment, moment)
    post = known.hat(case.holder)
    return {
        "answering": [
            AnsweringShape(name=each.name, post=post, basis=each.basis, until=each.until) for each in found[hat]
        ]
    }
