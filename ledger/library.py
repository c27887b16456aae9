"""Procedures and calendars as the ledger pins them: read once by hash, kept, never changed."""

import json
from typing import Any

from domain.calendar import Calendar, YearDocument
from domain.procedure import Procedure, read
from ledger.connection import Connection, Writers

CALENDAR = "calendar"


class Library:
    """What has been released, by hash. New cases take the last release; running ones what they were opened under."""

    def __init__(self, writers: Writers) -> None:
        self._writers = writers
        self._procedures: dict[str, Procedure] = {}
        self._calendars: dict[str, Calendar] = {}

    async def procedure(self, sha256: str, by: Connection | None = None) -> Procedure:
        """The procedure with this hash, read `by` the connection that the caller holds already, if any.

        Whoever held one and asked for a second would, with all others doing so, wait for ever.
        Raises LookupError when the ledger has none.
        """
        if sha256 not in self._procedures:
            self._procedures[sha256] = read(json.loads(await self._body("procedure", "sha256", sha256, by)))
        return self._procedures[sha256]

    async def calendar(self, version: str, by: Connection | None = None) -> Calendar:
        """The calendar of this version, `by` as for `procedure`. Raises LookupError when the ledger has none."""
        if version not in self._calendars:
            years: list[dict[str, Any]] = json.loads(await self._body("calendar", "version", version, by))
            self._calendars[version] = Calendar(YearDocument.model_validate(year) for year in years)
        return self._calendars[version]

    async def released(self) -> dict[str, Procedure]:
        """The last release of every procedure, by id."""
        rows = await self._writers.fetch("select distinct on (id) id, ref from release order by id, seq desc")
        return {row["id"]: await self.procedure(row["ref"]) for row in rows if row["id"] != CALENDAR}

    async def current_calendar(self) -> Calendar:
        """The calendar that clocks starting now are counted by."""
        rows = await self._writers.fetch("select ref from release where id = $1 order by seq desc limit 1", CALENDAR)
        if not rows:
            raise LookupError("no calendar has been released")
        return await self.calendar(rows[0]["ref"])

    async def release(self, item: Procedure | Calendar) -> bool:
        """Make `item` what new cases take. False when it already was."""
        if isinstance(item, Procedure):
            name, ref = item.id, item.sha256
            store = "insert into procedure (sha256, id, version, body) values ($1, $2, $3, $4) on conflict do nothing"
            values: tuple[Any, ...] = (ref, item.id, item.version, item.canonical.decode())
        else:
            name, ref = CALENDAR, item.version
            store = "insert into calendar (version, body) values ($1, $2) on conflict do nothing"
            values = (ref, json.dumps([y.model_dump(mode="json") for y in item.documents], ensure_ascii=False))
        async with self._writers.held() as connection, connection.transaction():
            await connection.execute("select pg_advisory_xact_lock(hashtext('release'))")
            await connection.execute(store, *values)
            result = await connection.execute(
                "insert into release (id, ref) select $1, $2 where $2 is distinct from"
                " (select ref from release where id = $1 order by seq desc limit 1)",
                name,
                ref,
            )
        return str(result).endswith(" 1")

    async def _body(self, table: str, key: str, value: str, by: Connection | None) -> str:
        source = self._writers if by is None else by
        rows = await source.fetch(f"select body from {table} where {key} = $1", value)
        if not rows:
            raise LookupError(f"{table} {value} is not in the ledger")
        return str(rows[0]["body"])
