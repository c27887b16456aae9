"""Taking over matters of another system from a table, with the times they had there."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from application.caller import Caller
from application.declined import Declined
from application.house import House
from domain.rules.refusal import Code, Refusal
from ledger.imports.column_map import Map, MapFault, read
from ledger.imports.plan import KINDS
from ledger.imports.takeover import OUTCOMES, ReportLine, TakenOver, TakeoverRefused, standing, take_over
from ledger.registers.division import RegisterFault, county_of
from ledger.registers.sheet import Sheet, sheet

__all__ = ["KINDS", "OUTCOMES", "BadMap", "BadTable", "Import", "ReportLine", "TakenOver", "import_cases"]


class BadMap(Declined):
    """The map is at fault: it cannot be read, or does not fit the table or the procedure."""


class BadTable(Declined):
    """The table cannot be read."""


@dataclass(frozen=True, slots=True)
class Import:
    """What came of each row, and how the matters stand by the ledger's events; of a trial nothing stands."""

    lines: Sequence[ReportLine]
    standings: Sequence[TakenOver]


async def import_cases(house: House, caller: Caller, map_: bytes, table: bytes, dry_run: bool) -> Import:
    """Take over each row as a case by a map (YAML): for systems and administrators. Raises Declined."""
    try:
        one = read(map_)
        given = await asyncio.to_thread(sheet, table)
        lines = await take_over(house.ledger, caller.actor, one, given, dry_run)
    except MapFault as fault:
        raise BadMap(Refusal(Code.INVALID_FIELDS, str(fault))) from None
    except RegisterFault as fault:
        raise BadTable(Refusal(Code.INVALID_FIELDS, str(fault))) from None
    except TakeoverRefused as error:
        raise Declined(Refusal(Code.HAT_NOT_ALLOWED, str(error))) from None
    return Import(lines, [] if dry_run else await _standings(house, caller, one, given))


async def _standings(house: House, caller: Caller, one: Map, given: Sheet) -> Sequence[TakenOver]:
    procedure = (await house.ledger.library.released(county_of(caller.hat.scope)))[one.procedure]
    clocks = [name for name, rule in procedure.clocks.items() if rule.until == "due_at"]
    async with house.ledger.writers.held() as connection:
        return await standing(connection, caller.actor, one, given, clocks)
