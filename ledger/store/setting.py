"""Settings: what one process notes for the next, by name. Whoever may change them may lose them, so no record is one.

There are: `calendar/rederived` (changes/recount), `file/<id>` (store/library), `office_hours` (identity/incumbent),
`round/<id>/since` (rounds/opening), `samples` (cli/sample), `temporal_store` (keepers/roll_call, in a statement of
its own that also calls the roll).
"""

from ledger.store.connection import Connection, Writers

READ = "select value from setting where name = $1"
WRITE = "insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value"
NOTE = "insert into setting (name, value) values ($1, $2) on conflict do nothing"


async def read_setting(connection: Connection | Writers, name: str) -> str | None:
    """What is noted under a name; None when nothing is."""
    rows = await connection.fetch(READ, name)
    return str(rows[0]["value"]) if rows else None


async def write_setting(connection: Connection | Writers, name: str, value: str) -> None:
    """Note it, in place of what was noted."""
    await connection.fetch(WRITE, name, value)


async def first_setting(connection: Connection | Writers, name: str, value: str) -> str:
    """Note it unless something is noted already; what is noted now."""
    await connection.fetch(NOTE, name, value)
    return await read_setting(connection, name) or value
