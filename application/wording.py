"""A case's rules and the names behind its ids, for whoever writes an answer out as text."""

from typing import Any

from application.caller import Caller
from application.house import House
from application.look import Which, look_at
from domain.rules.procedure import Procedure
from ledger.identity.name import Names, names


async def wording(house: House, caller: Caller, which: Which, answer: Any) -> tuple[Procedure, Names]:
    """The case's rules, and the names of whatever `answer` names by id, as they were when it was opened.

    Nothing of the case itself is given, so nothing is traced. Raises Declined.
    """
    async with house.ledger.reading() as connection:
        look = await look_at(house, caller, connection, "case", which)
        return await look.procedure(), await names(connection, answer, at=look.case.opened_at)
