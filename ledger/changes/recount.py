"""The horizon of the calendar: what a newly published year moves, first as a list, then by events."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from domain.case.command import Rederive
from domain.case.context import Context
from domain.case.decide import decide
from domain.case.event import ClockRederived
from domain.case.state import Case
from domain.days.calendar import Calendar
from domain.days.instant import Instant
from domain.rules.form import Known
from ledger.registrar.docket import clock_actor
from ledger.registrar.registrar import Registrar
from ledger.registrar.request import PoisonedCase, Request
from ledger.store.connection import Connection, Writers
from ledger.store.keyset import each_row
from ledger.store.library import CALENDAR, Library
from ledger.store.setting import read_setting, write_setting
from ledger.store.stored_case import UNREADABLE, stored_case

BATCH = 500
# The calendar that was released last.
IN_FORCE = "select ref from release where id = $1 order by seq desc limit 1"
DONE = "calendar/rederived"  # the setting that names the calendar by which all clocks have been counted
# Cases with clocks that a calendar may count otherwise: open, still to be woken, or with a date that is not sure.
TIMED = """
select id, version, fold, state from "case"
where id > $1 and (not closed or wake_at is not null or provisional) order by id limit $2
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock that a calendar counts otherwise. `was` and `now`: its due dates, `settled`: no longer provisional."""

    case_id: UUID
    number: str
    clock: str
    title: str
    was: Instant
    now: Instant
    settled: bool


async def affected(connection: Connection, library: Library, calendar: Calendar) -> AsyncIterator[Moved]:
    """Every running clock of every case that `calendar` counts otherwise than it stands. Changes nothing."""
    async for case_id, case in _standing(connection):
        for event in await _events(library, calendar, case_id, case, connection):
            yield Moved(
                case_id, case.number, event.clock.id, event.clock.title, event.was_due_at, event.clock.due_at,
                event.was_provisional and not event.clock.provisional,
            )  # fmt: skip


async def rederive(registrar: Registrar, writers: Writers, library: Library) -> int:
    """Count again whatever the calendar in force moves; how many cases were. Repeated until nothing is left over."""
    calendar = await library.current_calendar()
    total = 0
    while True:
        async with writers.held() as connection:
            found = {moved.case_id async for moved in affected(connection, library, calendar)}
        if not found:
            break
        ids = sorted(found)
        for first in range(0, len(ids), BATCH):
            asked = [_request(case_id) for case_id in ids[first : first + BATCH]]
            rulings = await registrar.rule_many(asked)
            total += sum(not isinstance(ruling, PoisonedCase) for ruling in rulings)
            if all(isinstance(ruling, PoisonedCase) for ruling in rulings):
                return total  # what is left cannot be read, and is told elsewhere
    await write_setting(writers, DONE, calendar.version)
    return total


async def overdue(writers: Writers) -> bool:
    """Whether a calendar has come into force by which the running clocks have not been counted yet."""
    rows = await writers.fetch(IN_FORCE, CALENDAR)
    return bool(rows) and rows[0]["ref"] != await read_setting(writers, DONE)


def _request(case_id: UUID) -> Request:
    return Request(uuid4(), b"", Rederive(), clock_actor("-"), case_id)


async def _events(
    library: Library, calendar: Calendar, case_id: UUID, case: Case, held: Connection
) -> Sequence[ClockRederived]:
    procedure = await library.procedure(case.procedure.sha256, held)
    context = Context(procedure, calendar, clock_actor("-"), "-", Known(), case_id=str(case_id))
    decided = decide(case, Rederive(), context, case.recorded_at)
    events = [each.event for each in decided] if isinstance(decided, tuple) else []
    return [event for event in events if isinstance(event, ClockRederived)]


async def _standing(connection: Connection) -> AsyncIterator[tuple[UUID, Case]]:
    """Every case in which time still does something, or would if a date were certain."""
    async for row in each_row(connection, TIMED):
        try:
            case = await stored_case(connection, row["id"], row)
        except UNREADABLE:
            continue
        yield row["id"], case
