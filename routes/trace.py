"""What a request leaves behind: the id by which log and ledger know it, and who made it."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from domain.case.state import Case
from domain.hat import Actor
from ledger.audit import access
from ledger.audit.access import What
from ledger.ledger import Ledger


class Trace:
    """The trace of one request, written before its answer. Every method raises LedgerUnavailable."""

    def __init__(self, request: Request) -> None:
        self.ledger: Ledger = request.app.state.house.ledger
        self.request_id: str | None = getattr(request.state, "request_id", None)

    async def case(self, actor: Actor, what: What, case_id: UUID, *seen: Case | None) -> None:
        """A case was read, as it stands or stood; traced where it is sealed."""
        await access.traced(self.ledger.writers, actor, what, case_id, *seen, request_id=self.request_id)

    async def reporter(self, actor: Actor, case_id: UUID) -> None:
        """Who reported was read, of whatever case."""
        await access.trace(self.ledger.writers, actor, "reporter", case_id, request_id=self.request_id)

    async def list(self, actor: Actor, sealed: int) -> None:
        """A list was read that shows so many sealed cases."""
        await access.listed(self.ledger.writers, actor, sealed, self.request_id)


TheTrace = Annotated[Trace, Depends(Trace)]
