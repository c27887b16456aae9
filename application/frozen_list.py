"""The list of open cases that an analysis was opened with, as it was frozen."""

from application.declined import Declined
from application.look import Look, reads
from domain.rules.refusal import Code, Refusal
from ledger.rounds.frozen_list import PROCEDURE, kept

NO_LIST = Refusal(Code.UNKNOWN_DOCUMENT, "本事项没有清单")


@reads("documents")
async def frozen_list(look: Look) -> str:
    """The JSON of a FrozenListShape, byte for byte: its SHA-256 is the case's field `list`."""
    body = await kept(look.connection, str(look.case.fields.get("list", "")))
    if look.case.procedure.id != PROCEDURE or body is None:
        raise Declined(NO_LIST)
    return body
