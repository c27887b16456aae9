"""Procedures and calendars as the ledger pins them: read once by hash, kept, never changed."""

import json
from typing import Any

from domain.days.calendar import Calendar, YearDocument
from domain.rules.procedure import Procedure, read
from ledger.store.connection import Connection, Writers
from ledger.store.release import PUT, RELEASED
from ledger.store.setting import read_setting, write_setting

# What was released last for all.
CURRENT = "select ref from release where id = $1 and county is null order by seq desc limit 1"
# Every release by id: a county's own, or else the common one.
ALL_RELEASED = f"""
select id, {RELEASED.format(id="i.id", county="$1")} as ref from (select distinct id from release) i order by id
"""
BODY = {
    "procedure": "select body from procedure where sha256 = $1",
    "calendar": "select body from calendar where version = $1",
}
KEEP_PROCEDURE = "insert into procedure (sha256, id, version, body) values ($1, $2, $3, $4) on conflict do nothing"
KEEP_CALENDAR = "insert into calendar (version, body) values ($1, $2) on conflict do nothing"
ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtext('release'))"

CALENDAR = "calendar"


class Library:
    """What has been released, by hash. New cases take the last release; running ones what they were opened under.

    `held` is the connection of a caller who holds one already: if every holder waited for a second one from the
    same writers, all would wait for ever.
    """

    def __init__(self, writers: Writers) -> None:
        self._writers = writers
        self._procedures: dict[str, Procedure] = {}
        self._calendars: dict[str, Calendar] = {}

    async def procedure(self, sha256: str, held: Connection | None = None) -> Procedure:
        """The procedure with this hash. Raises LookupError when the ledger has none."""
        if sha256 not in self._procedures:
            self._procedures[sha256] = read(json.loads(await self._body("procedure", sha256, held)))
        return self._procedures[sha256]

    async def calendar(self, version: str, held: Connection | None = None) -> Calendar:
        """The calendar of this version. Raises LookupError when the ledger has none."""
        if version not in self._calendars:
            years: list[dict[str, Any]] = json.loads(await self._body("calendar", version, held))
            self._calendars[version] = Calendar(YearDocument.model_validate(year) for year in years)
        return self._calendars[version]

    async def released(self, county: str | None = None) -> dict[str, Procedure]:
        """The last release of every procedure, by id: a county's own before the common one; None: the common ones."""
        rows = await self._writers.fetch(ALL_RELEASED, county)
        known = [row for row in rows if row["id"] != CALENDAR and row["ref"] is not None]
        return {row["id"]: await self.procedure(row["ref"]) for row in known}

    async def current_calendar(self) -> Calendar:
        """The calendar that clocks starting now are counted by."""
        rows = await self._writers.fetch(CURRENT, CALENDAR)
        if not rows:
            raise LookupError("no calendar has been released")
        return await self.calendar(rows[0]["ref"])

    async def release(self, item: Procedure | Calendar, county: str | None = None) -> bool:
        """Make `item` what new cases take, in one county or in all that have none of their own. False: it was."""
        name, ref = _named(item)
        if isinstance(item, Procedure):
            store = KEEP_PROCEDURE
            values: tuple[Any, ...] = (ref, item.id, item.version, item.canonical.decode())
        else:
            store = KEEP_CALENDAR
            values = (ref, json.dumps([y.model_dump(mode="json") for y in item.documents], ensure_ascii=False))
        async with self._writers.held() as connection, connection.transaction():
            await connection.execute(ONE_AT_A_TIME)
            await connection.execute(store, *values)
            result = await connection.execute(PUT, name, ref, county)
        return str(result).endswith(" 1")

    async def give_up(self, procedure: str, county: str) -> bool:
        """New cases of the county take the common release again. False: they did already."""
        async with self._writers.held() as connection, connection.transaction():
            await connection.execute(ONE_AT_A_TIME)
            result = await connection.execute(PUT, procedure, None, county)
        return str(result).endswith(" 1")

    async def offered(self, item: Procedure | Calendar) -> bool:
        """Whether the files said the same when they were last read; what was released since by hand stays then."""
        name, ref = _named(item)
        return await read_setting(self._writers, f"file/{name}") == ref

    async def offer(self, item: Procedure | Calendar) -> bool:
        """Release what a file says, and remember that it said so. False when new cases take it already."""
        released = await self.release(item)
        name, ref = _named(item)
        await write_setting(self._writers, f"file/{name}", ref)
        return released

    async def _body(self, table: str, value: str, held: Connection | None) -> str:
        rows = await (held or self._writers).fetch(BODY[table], value)
        if not rows:
            raise LookupError(f"{table} {value} is not in the ledger")
        return str(rows[0]["body"])


def _named(item: Procedure | Calendar) -> tuple[str, str]:
    """The id that releases of `item` go by, and what identifies its content."""
    return (item.id, item.sha256) if isinstance(item, Procedure) else (CALENDAR, item.version)
