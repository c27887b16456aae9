"""Looking at a case: the one way to it for everybody who asks. Found, allowed and traced here, and nowhere else."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.caller import Caller
from application.declined import UNKNOWN_CASE, Declined
from application.house import House
from application.trace import traced
from domain.case.sight import outsider
from domain.case.state import Case
from domain.rules.procedure import Procedure
from domain.rules.refusal import Code, Refusal
from ledger.audit.access import What
from ledger.identity.scope import Scope, view_of
from ledger.read.lookup import case_id_of
from ledger.read.query import case_by_id

NOT_PUBLIC = Refusal(Code.NOT_PUBLIC, "对外公开的只有现状和文书")

Which = UUID | str  # a case by its id, or by its number as people write it

P = ParamSpec("P")
Answer = TypeVar("Answer")


@dataclass(slots=True)
class Look:
    """A case as the caller was found to see it, and a connection to look further by.

    `what` of it is read; `view`: what the caller's hat looks over. `earlier`: other states that the answer shows.
    """

    house: House
    caller: Caller
    connection: AsyncConnection
    what: What
    view: Scope
    case_id: UUID
    case: Case
    earlier: list[Case] = field(default_factory=list)
    _traced: bool = False

    async def procedure(self) -> Procedure:
        """The rules that the case goes by."""
        return await self.house.ledger.library.procedure(self.case.procedure.sha256)

    async def trace(self) -> None:
        """Leave the trace of this read, once. It is left at the latest when the answer is ready."""
        if not self._traced:
            await traced(self.house, self.caller, self.what, self.case_id, self.case, *self.earlier)
            self._traced = True


Read = Callable[Concatenate[Look, P], Awaitable[Answer]]
Asked = Callable[Concatenate[House, Caller, Which, P], Awaitable[Answer]]


def reads(what: What, *, inside: bool = False) -> Callable[[Read[P, Answer]], Asked[P, Answer]]:
    """Makes of a function of a Look one of (house, caller, which case) that may be called by everybody.

    `what` of the case it reads is traced before its answer is given, where that leaves a trace. `inside`: what is not
    meant for those to whom only state and documents are public. What is made raises Declined, LedgerUnavailable and
    PoisonedCase; a read that is declined shows nothing and leaves no trace.
    """

    def made(read: Read[P, Answer]) -> Asked[P, Answer]:
        @wraps(read)
        async def asked(house: House, caller: Caller, which: Which, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
            async with house.ledger.reading() as connection:
                look = await _look(house, caller, connection, what, which)
                if inside and outsider(look.case, caller.actor):
                    raise Declined(NOT_PUBLIC)
                answer = await read(look, *args, **kwargs)
            await look.trace()
            return answer

        return asked

    return made


async def found(connection: AsyncConnection, which: Which) -> UUID:
    """The id of a case, whoever may see it: to be looked at or acted on, never to be told. Raises Declined."""
    case_id = which if isinstance(which, UUID) else await case_id_of(connection, which)
    if case_id is None:
        raise Declined(UNKNOWN_CASE)
    return case_id


async def rules_of(house: House, caller: Caller, which: Which) -> str | None:
    """The hash of the rules that a case goes by, which says nothing of the case; None where the caller sees none."""
    async with house.ledger.reading() as connection:
        case_id = which if isinstance(which, UUID) else await case_id_of(connection, which)
        case = await case_by_id(connection, case_id, await view_of(connection, caller.actor)) if case_id else None
        return case.procedure.sha256 if case else None


async def _look(house: House, caller: Caller, connection: AsyncConnection, what: What, which: Which) -> Look:
    case_id = await found(connection, which)
    view = await view_of(connection, caller.actor)
    case = await case_by_id(connection, case_id, view)
    if case is None:
        raise Declined(UNKNOWN_CASE)
    return Look(house, caller, connection, what, view, case_id, case)
