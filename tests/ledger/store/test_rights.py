"""Nobody changes what is written: the application may not, and for the owner there are triggers."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from ledger.changes.weights import CHANGE
from ledger.registrar.number import MAKE_KEY
from ledger.store.connection import Connection, connect
from tests.ledger.county import County

FOR_EVER = ["command", "event", "procedure", "calendar", "release", "evidence", "handover", "analysis", "round", "lot"]
FOR_EVER += ["upload", "access", "weight_change", "sealed_number_key"]
COLUMNS = {
    "command": "outcome",
    "event": "body",
    "procedure": "body",
    "calendar": "body",
    "release": "ref",
    "evidence": "type",
    "handover": "words",
    "analysis": "body",
    "round": "period",
    "lot": "seed",
    "upload": "person",
    "access": "what",
    "weight_change": "weights",
    "sealed_number_key": "key",
}


@pytest_asyncio.fixture(params=["application", "owner"])
async def role(request: pytest.FixtureRequest, county: County) -> AsyncIterator[Connection]:
    """A connection of the one or the other."""
    url = county.database.app_url if request.param == "application" else county.database.owner_url
    connection = await connect(url)
    yield connection
    await connection.close()


@pytest_asyncio.fixture
async def application(county: County) -> AsyncIterator[Connection]:
    """A connection of the application."""
    connection = await connect(county.database.app_url)
    yield connection
    await connection.close()


@pytest.mark.parametrize("table", FOR_EVER)
@pytest.mark.parametrize(
    "statement", ['update "{0}" set {1} = {1}', 'delete from "{0}"', 'truncate "{0}"', 'truncate "{0}" cascade']
)
async def test_what_is_written_stays(role: Connection, county: County, table: str, statement: str) -> None:
    await county.open()
    await county.superuser.execute(
        "insert into handover (id, division, giver, taker, words)"
        " values (gen_random_uuid(), '141025101000', 'P-0001', 'P-0002', '无')"
    )
    await county.superuser.execute(
        "insert into round values ('affairs_day', '2026-03', now(), 79, 0, now()) on conflict do nothing"
    )
    await county.superuser.execute(
        "insert into analysis select encode(sha256('{}'), 'hex'), '141025101000', now(), '{}' on conflict do nothing"
    )
    await county.superuser.execute(
        "insert into lot values ('surprise_check', '2026-03', now(), '-', '-', 1, '{}') on conflict do nothing"
    )
    await county.superuser.execute("insert into access (person, hat, what) values ('P-0001', '-', 'list')")
    await county.superuser.execute(CHANGE, "P-0001", "-", "试", "{}")
    await county.superuser.execute(MAKE_KEY, bytes(32))
    before = await county.rows(f'select * from "{table}" order by 1')
    assert before
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await role.execute(statement.format(table, COLUMNS[table]))
    assert await county.rows(f'select * from "{table}" order by 1') == before


async def test_what_is_written_cannot_be_overwritten_by_inserting(application: Connection, county: County) -> None:
    await county.open()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await application.execute(
            "insert into event select * from event limit 1 on conflict (case_id, version) do update set body = '{}'"
        )


@pytest.mark.parametrize(
    "statement",
    [
        "alter table event disable trigger append_only",
        "drop trigger append_only on event",
        "set session_replication_role = replica",
        "create or replace function refuse_change() returns trigger language plpgsql as $$ begin return new; end $$",
        "drop table event",
        "create table other (id int)",
        "set role bihuan_owner",
        "select setval('case_number', 1)",
        "copy event to program 'true'",
        "select pg_read_file('postgresql.conf')",
        'truncate "case"',
        "delete from person",
        "delete from token",
        "update alembic_version set version_num = '0'",
    ],
)
async def test_the_application_cannot_help_itself(application: Connection, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await application.execute(statement)


async def test_every_table_that_only_grows_has_its_trigger(county: County) -> None:
    rows = await county.rows("select tgrelid::regclass::text as name from pg_trigger where tgname = 'append_only'")
    assert sorted(row["name"] for row in rows) == sorted(FOR_EVER)


async def test_the_application_owns_nothing(county: County) -> None:
    owned = await county.value("select array_agg(relname::text) from pg_class where relowner = 'bihuan'::regrole")
    assert owned is None
    changeable = await county.rows(
        "select distinct table_name from information_schema.role_table_grants"
        " where grantee in ('bihuan', 'PUBLIC') and table_schema = 'public'"
        " and privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE')"
    )
    assert not {row["table_name"] for row in changeable} & {*FOR_EVER, "alembic_version"}
