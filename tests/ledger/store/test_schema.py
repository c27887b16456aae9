"""`migrations/schema.sql` shows what the migrations come to: every table, index, trigger and right in one place."""

import os

from ledger.store.migration import MIGRATIONS
from tests.ledger.county import County
from tests.ledger.store.schema import schema

FILE = MIGRATIONS / "schema.sql"
HEAD = "-- What the migrations come to. Written by `make schema`, never by hand; a test compares.\n\n"


async def test_the_schema_is_as_it_is_shown(county: County) -> None:
    found = HEAD + await schema(county.superuser)
    if os.environ.get("BIHUAN_WRITE_SCHEMA"):
        FILE.write_text(found, encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == found


async def test_a_change_of_any_sort_shows(county: County) -> None:
    before = await schema(county.superuser)
    for change in (
        'alter table "case" add column more text',
        'create index more on "case" (title)',
        "drop trigger append_only on event",
        "grant update on event to bihuan",
        "revoke update (undone_by) on rebinding from bihuan",
        "comment on table event is 'x'",
        "create sequence more",
        "create or replace function refuse_change() returns trigger language plpgsql as $$ begin return new; end $$",
        "alter table access drop constraint access_check",
        "alter table event alter salt drop not null",
        "alter table event set (fillfactor = 50)",
    ):
        transaction = county.superuser.transaction()
        await transaction.start()
        await county.superuser.execute(change)
        assert await schema(county.superuser) != before, change
        await transaction.rollback()
    assert await schema(county.superuser) == before
