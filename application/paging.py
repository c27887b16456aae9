"""Where a page ended, as callers hand it back."""

from application.declined import Declined
from domain.rules.refusal import Code, Refusal
from ledger.read.cursor import Cursor


def position(text: str) -> str:
    """`text`, where it is what a list gave as `next`. Raises ValueError in Chinese."""
    Cursor.parse(text)
    return text


def cursor(after: str | None) -> Cursor | None:
    """The row after which a list goes on; None: from the beginning. Raises Declined."""
    try:
        return Cursor.parse(after) if after is not None else None
    except ValueError as error:
        raise Declined(Refusal(Code.INVALID_QUERY, str(error))) from None
