"""Migrations: applied once, also by two starts at once, and with exactly the rights that were meant."""

import subprocess
import sys
from itertools import count

import pytest

from embedded.postgres import Postgres
from ledger.migration import upgrade
from settings import ROOT
from tests.ledger.county import Database, create

_NUMBERS = count(1)
TABLES = (
    "select string_agg(table_name || '.' || column_name || ':' || data_type, ',' order by table_name, ordinal_position)"
    " from information_schema.columns where table_schema = 'public'"
)
# What the application may do; S select, I insert, U update, D delete. The rest is nobody's but the owner's.
RIGHTS = {
    "S I": {"calendar", "command", "event", "evidence", "procedure", "release"},
    "S I U": {"division", "hat", "person", "token", "unit"},
    "S I U D": {"case", "outbox", "reporter", "setting", "trouble"},
    "S": {"alembic_version"},
}


@pytest.fixture
def empty(postgres: Postgres) -> Database:
    return create(postgres, f"empty_{next(_NUMBERS)}")


def test_upgrading_twice_changes_nothing(empty: Database) -> None:
    upgrade(empty.owner_url)
    before = empty.postgres.sql(TABLES, empty.name)
    assert "event.leaf:text" in before
    upgrade(empty.owner_url)
    assert empty.postgres.sql(TABLES, empty.name) == before
    assert empty.postgres.sql("select count(*) from alembic_version", empty.name) == "1"


def test_two_starts_at_once_upgrade_once(empty: Database) -> None:
    program = "import sys; from ledger.migration import upgrade; upgrade(sys.argv[1])"
    starts = [
        subprocess.Popen([sys.executable, "-c", program, empty.owner_url], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [start.communicate(timeout=60)[1] for start in starts]
    assert [(start.returncode, words) for start, words in zip(starts, said, strict=True)] == [(0, "")] * 2
    assert empty.postgres.sql("select count(*) from alembic_version", empty.name) == "1"


def test_a_migration_that_fails_leaves_nothing_behind(empty: Database) -> None:
    empty.postgres.sql("create table outbox (id int)", empty.name)
    with pytest.raises(Exception, match="outbox"):
        upgrade(empty.owner_url)
    assert (
        empty.postgres.sql("select count(*) from pg_tables where tablename in ('event', 'division')", empty.name) == "0"
    )
    empty.postgres.sql("drop table outbox", empty.name)
    upgrade(empty.owner_url)


def test_the_application_has_the_rights_that_were_meant_and_no_others(stocked: Database) -> None:
    letters = {
        "S": "SELECT",
        "I": "INSERT",
        "U": "UPDATE",
        "D": "DELETE",
        "T": "TRUNCATE",
        "R": "REFERENCES",
        "G": "TRIGGER",
    }
    has = [
        f"case when has_table_privilege('bihuan', c.oid, '{right}') then '{key}' end" for key, right in letters.items()
    ]
    said = stocked.postgres.sql(
        f"select c.relname || '=' || concat_ws(' ', {', '.join(has)}) from pg_class c"
        " where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1",
        stocked.name,
    )
    found = dict(line.split("=") for line in said.splitlines())
    assert found == {table: rights for rights, tables in RIGHTS.items() for table in tables}
