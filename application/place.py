"""The division or unit that a question names."""

from sqlalchemy.ext.asyncio import AsyncConnection

from application.declined import Declined
from domain.rules.form import control_free
from domain.rules.refusal import Code, Refusal
from ledger.identity.scope import Scope, scope_of

OUTSIDE = Refusal(Code.DIVISION_OUTSIDE_SCOPE, "该区划不在您的管辖范围内")


def unknown_division(code: str) -> Refusal:
    """The refusal of a code that the registers do not know."""
    return Refusal(Code.UNKNOWN_DIVISION, f"没有代码为“{code[:20] if control_free(code) else ''}”的区划")


async def place_asked(connection: AsyncConnection, code: str, view: Scope | None = None) -> Scope:
    """The division with this code, if there is one and if `view` covers it; a unit may ask for itself.

    Raises Declined.
    """
    asked = await scope_of(connection, code) if control_free(code) else None
    if asked is not None and not asked.lineage and view is not None and asked.code == view.code:
        return asked
    if asked is None or not asked.lineage:
        raise Declined(unknown_division(code))
    if view is not None and not view.covers(asked):
        raise Declined(OUTSIDE)
    return asked
