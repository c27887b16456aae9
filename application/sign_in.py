"""Who shows a token."""

from application.caller import Caller
from application.declined import Declined
from application.house import House
from domain.rules.refusal import Refusal
from ledger.identity.token import BAD_TOKEN, bearer

TOKEN_LENGTH_MAX = 200


async def caller_of(house: House, token: str, request_id: str | None = None) -> Caller:
    """The person and hat whom this token stands for. Raises Declined."""
    plausible = len(token) <= TOKEN_LENGTH_MAX and token.isascii()
    actor = await bearer(house.ledger.writers, token) if plausible else BAD_TOKEN
    if isinstance(actor, Refusal):
        raise Declined(actor)
    return Caller(actor.person, actor.hat, request_id)
