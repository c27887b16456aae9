"""The forms by which answers are typed before they are sent, for surfaces where everything is text."""

from collections.abc import Sequence

from application.caller import Caller
from application.house import House
from application.look import Which, rules_of
from domain.rules.form import FormField
from ledger.registers.division import county_of


async def intake_form(house: House, division: str, procedure: str) -> Sequence[FormField]:
    """What is asked of whoever opens a case there; () where there is no such procedure, which the registrar refuses."""
    known = (await house.ledger.library.released(county_of(division))).get(procedure)
    return known.intake.form if known else ()


async def action_form(house: House, caller: Caller, which: Which, action: str) -> Sequence[FormField]:
    """What is asked of whoever takes the action. () for an action or a case that there is not for the caller: it is
    the registrar who refuses, and keeps that somebody tried.
    """
    rules = await rules_of(house, caller, which)
    known = (await house.ledger.library.procedure(rules)).actions.get(action) if rules else None
    return known.form if known else ()
