"""What a read leaves behind, written before its answer is given. The one place that knows which reads leave a trace."""

from uuid import UUID

from application.caller import Caller
from application.house import House
from domain.case.state import Case
from ledger.audit import access
from ledger.audit.access import What

ALWAYS: frozenset[What] = frozenset({"reporter"})  # of whatever case; other reads only of what is sealed


async def traced(house: House, caller: Caller, what: What, case_id: UUID, *states: Case) -> None:
    """A case was read, in these of its `states`. Raises LedgerUnavailable: no trace, no answer."""
    if what in ALWAYS or any(state.sealed for state in states):
        await access.trace(house.ledger.writers, caller.actor, what, case_id, request_id=caller.request_id)


async def traced_draw(house: House, caller: Caller, round_id: str, period: str) -> None:
    """The lots of a round's period were read. Raises LedgerUnavailable."""
    about = f"{round_id} {period}"
    await access.trace(house.ledger.writers, caller.actor, "draw", about=about, request_id=caller.request_id)


async def traced_list(house: House, caller: Caller, sealed: int) -> None:
    """A list was read that shows so many sealed cases. Raises LedgerUnavailable."""
    if sealed:
        await access.trace(house.ledger.writers, caller.actor, "list", sealed=sealed, request_id=caller.request_id)
