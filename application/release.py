"""Which rules new cases take: releasing a procedure, everywhere or in one county, and giving a county's own up."""

from application.caller import Operator
from application.declined import Declined
from application.house import House
from domain.rules.procedure import Procedure
from domain.rules.refusal import Code, Refusal
from ledger.registers.register import county_name


async def release(house: House, _: Operator, procedure: Procedure, county: str | None) -> tuple[str | None, bool]:
    """New cases take it, in `county` or wherever there is no other. The county's name, and whether that is a change.

    Raises Declined.
    """
    name = await _name(house, county) if county is not None else None
    return name, await house.ledger.library.release(procedure, county)


async def give_up(house: House, _: Operator, procedure: str, county: str) -> tuple[str, bool]:
    """New cases of a county take the common release again: its name, and whether that is a change. Raises Declined."""
    name = await _name(house, county)
    if procedure not in await house.ledger.library.released():
        raise Declined(Refusal(Code.UNKNOWN_PROCEDURE, f"没有启用“{procedure}”这一流程"))
    return name, await house.ledger.library.give_up(procedure, county)


async def _name(house: House, county: str) -> str:
    name = await county_name(house.ledger.writers, county)
    if name is None:
        raise Declined(Refusal(Code.UNKNOWN_DIVISION, f"登记册里没有代码为 {county} 的县"))
    return name
