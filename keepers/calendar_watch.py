"""Calendar watch: counts clocks again that a newly released calendar changes and that have not been counted by it."""

import structlog

from ledger.changes import recount
from ledger.registrar.registrar import Registrar
from ledger.store.connection import Writers
from ledger.store.library import Library

LOOK_SECONDS = 30.0

log = structlog.get_logger("calendar_watch")


class CalendarWatch:
    """A file read at a start, or a command cut short, may have released a calendar by which not all is counted yet."""

    name = "calendar watch"

    def __init__(self, registrar: Registrar, writers: Writers, library: Library) -> None:
        self._registrar = registrar
        self._writers = writers
        self._library = library

    async def look(self) -> None:
        """Count again whatever the calendar in force counts otherwise. Raises LedgerUnavailable and LOST."""
        if await recount.overdue(self._writers):
            cases = await recount.rederive(self._registrar, self._writers, self._library)
            log.info("calendar_counted", cases=cases)
