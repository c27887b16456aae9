"""What a house needs before anybody can work in it: procedures and calendars; and the samples, which bring the
divisions of a county with them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from application import sample
from application.caller import Operator
from application.house import House
from application.sample_account import Account, accounts
from ledger.changes.publish import stock
from ledger.registers.division import SAME_AS, Division
from ledger.registers.register import load_divisions
from samples import FOLDER, divisions_of

EDITION = 2023
ANY_DIVISION = "select from division limit 1"


async def inhabited(house: House, _: Operator) -> bool:
    """Whether any division is on register: without one nobody can do anything."""
    return bool(await house.ledger.writers.fetch(ANY_DIVISION))


async def furnish(
    house: House, operator: Operator, accounts_file: Path, with_samples: bool, tell: Callable[[str], None]
) -> list[Account]:  # fmt: skip
    """Put in what is missing; the sample accounts to print, kept in `accounts_file`. Nothing that somebody has loaded
    is touched.
    """
    ledger = house.ledger
    for fault in await stock(ledger.library):
        tell(fault)
    if not with_samples:
        return []
    await sample_county(house, operator)
    if await sample.load(ledger, house.evidence_dir, tell):
        return await accounts(ledger.writers, accounts_file)
    return []


async def sample_county(house: House, operator: Operator) -> None:
    """The divisions of the sample county, where no divisions are on register yet."""
    if not await inhabited(house, operator):
        rows = [
            Division(row.code, row.name, SAME_AS.get(row.level, row.level), row.parent) for row in divisions_of(FOLDER)
        ]
        await load_divisions(house.ledger.writers, rows, EDITION, date(EDITION, 1, 1))
