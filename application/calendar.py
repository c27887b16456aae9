"""The calendar in force: publishing it, counting again what it moves; and office hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from application.caller import Operator
from application.house import House
from domain.days.calendar import Calendar, YearDocument
from domain.days.instant import day_of
from domain.days.office_hours import OfficeHours
from ledger.changes.recount import Moved, affected, rederive
from ledger.identity import incumbent
from ledger.identity.scope import now

__all__ = ["Moved", "Published", "office_hours", "publish", "set_office_hours"]


@dataclass(frozen=True, slots=True)
class Published:
    """What came of a calendar: what held before and holds then, the clocks that it moves, whether it is otherwise than
    what held, and how many cases were counted again; of a trial, neither. `today`: the ledger's.
    """

    before: Calendar
    calendar: Calendar
    moved: Sequence[Moved]
    today: date
    released: bool = False
    recounted: int = 0


async def publish(house: House, _: Operator, given: Sequence[YearDocument], whole: bool, dry_run: bool) -> Published:
    """Put years in force: as the `whole` calendar, or each in the place of its own; open clocks are counted again."""
    ledger = house.ledger
    before = await _current(house)
    async with ledger.reading() as reading:
        today = day_of(await now(reading))
    years = {one.year for one in given}
    kept = [] if whole else [one for one in before.documents if one.year not in years]
    calendar = Calendar([*kept, *given])
    async with ledger.writers.held() as connection:
        moved = [each async for each in affected(connection, ledger.library, calendar)]
    if dry_run:
        return Published(before, calendar, moved, today)
    released = await ledger.library.release(calendar)
    recounted = await rederive(ledger.registrar, ledger.writers, ledger.library)
    return Published(before, calendar, moved, today, released, recounted)


async def office_hours(house: House, _: Operator) -> OfficeHours:
    """When offices answer themselves; else whoever is on duty does."""
    return await incumbent.office_hours(house.ledger.writers)


async def set_office_hours(house: House, _: Operator, hours: OfficeHours) -> None:
    """From now on."""
    await incumbent.set_office_hours(house.ledger.writers, hours)


async def _current(house: House) -> Calendar:
    try:
        return await house.ledger.library.current_calendar()
    except LookupError:
        return Calendar()
