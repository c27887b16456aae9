"""The forms that commands are filled in by, for whoever types answers by them before anything is decided."""

from collections.abc import Sequence

from application.caller import Caller
from application.declined import Declined
from application.house import House
from application.look import Which, look_at
from domain.rules.form import FormField
from ledger.registers.division import county_of


async def intake_form(house: House, procedure: str, division: str) -> Sequence[FormField]:
    """What opening a case asks for there; () for a procedure that is not known: deciding will say so."""
    known = (await house.ledger.library.released(county_of(division))).get(procedure)
    return known.intake.form if known else ()


async def action_form(house: House, caller: Caller, which: Which, action: str) -> Sequence[FormField]:
    """What an action on a case asks for; () where the caller sees no such case or action: deciding will say so."""
    try:
        async with house.ledger.reading() as connection:
            look = await look_at(house, caller, connection, "case", which)
            known = (await look.procedure()).actions.get(action)
    except Declined:
        return ()
    return known.form if known else ()
