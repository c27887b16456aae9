"""What a ledger needs before anybody can work with it: procedures and calendars; and the samples, which bring the
divisions of a county with them."""

from collections.abc import Callable
from datetime import date

from cli import sample
from cli.account import Account, accounts
from embedded.state import State
from ledger.changes.publish import stock
from ledger.ledger import Ledger
from ledger.registers.division import SAME_AS, Division
from ledger.registers.register import load_divisions
from samples import FOLDER, divisions_of

EDITION = 2023


async def inhabited(ledger: Ledger) -> bool:
    """Whether any division is on register: without one nobody can do anything."""
    return bool(await ledger.writers.fetch("select from division limit 1"))


async def sample_county(ledger: Ledger) -> None:
    """The divisions of the sample county, where no divisions are on register yet."""
    if not await inhabited(ledger):
        rows = [
            Division(row.code, row.name, SAME_AS.get(row.level, row.level), row.parent) for row in divisions_of(FOLDER)
        ]
        await load_divisions(ledger.writers, rows, EDITION, date(EDITION, 1, 1))


async def furnish(ledger: Ledger, state: State, with_samples: bool, tell: Callable[[str], None]) -> list[Account]:
    """Put in what is missing; the sample accounts to print. Nothing that somebody has loaded is touched."""
    for fault in await stock(ledger.library):
        tell(fault)
    if not with_samples:
        return []
    await sample_county(ledger)
    if await sample.load(ledger, state.evidence, tell):
        return await accounts(ledger.writers, state.accounts)
    return []
