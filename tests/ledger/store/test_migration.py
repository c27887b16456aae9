"""Migrations: applied once, also by two starts at once, and with exactly the rights that were meant."""

import shutil
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from embedded.postgres import Postgres
from ledger.store.migration import MIGRATIONS, upgrade
from settings import ROOT
from tests.domain.scene import PHOTO
from tests.ledger.county import Database, create

_NUMBERS = count(1)
TABLES = (
    "select string_agg(table_name || '.' || column_name || ':' || data_type, ',' order by table_name, ordinal_position)"
    " from information_schema.columns where table_schema = 'public'"
)
REGISTERS = ("absence", "contact", "duty", "grid", "matter", "roster", "site")
# What the application may do; S select, I insert, U update, D delete. All else is the owner's.
RIGHTS = {
    "S I": {
        *("access", "analysis", "calendar", "command", "event", "evidence", "handover", "lot", "procedure"),
        *("rebinding", "rebinding_case", "release", "round", "sealed_number_key", "upload", "weight_change"),
    },
    "S I U": {"division", "hat", "person", "token", "unit", *REGISTERS},
    "S I U D": {"case", "outbox", "reporter", "setting", "shingle", "trouble"},
    "S I D": {"letter"},
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


def test_a_post_on_register_is_held_since_its_person_is(empty: Database) -> None:
    upgrade(empty.owner_url, "0006")
    at = "2024-05-01 23:30+00"  # the 2nd in Shanghai
    empty.postgres.sql(f"insert into person (id, name, created_at) values ('P-1', '甲', '{at}')", empty.name)
    empty.postgres.sql("insert into hat (person, role, scope) values ('P-1', 'clerk', '1')", empty.name)
    upgrade(empty.owner_url)
    assert empty.postgres.sql("select valid_from, valid_to is null from hat", empty.name) == "2024-05-02|t"


def test_who_uploaded_a_file_first_is_still_its_uploader(empty: Database) -> None:
    upgrade(empty.owner_url, "0008")
    kept = f"values ('{PHOTO}', 1, 'image/png', 'P-1', '2026-05-01 08:00+08')"
    empty.postgres.sql(f"insert into evidence (sha256, size, type, person, uploaded_at) {kept}", empty.name)
    upgrade(empty.owner_url)
    carried = "select sha256, person, at = '2026-05-01 08:00+08' from upload"
    assert empty.postgres.sql(carried, empty.name) == f"{PHOTO}|P-1|t"


def test_what_the_registers_knew_before_they_say_since_when_counts_from_its_beginning(empty: Database) -> None:
    upgrade(empty.owner_url, "0010")
    empty.postgres.sql(
        """
insert into person (id, name) values ('P-1', '甲'), ('P-2', '乙');
insert into hat (person, role, scope, valid_from, valid_to) values ('P-1', 'clerk', '1', '2024-05-02', '2024-06-01');
insert into absence (person, role, scope, from_on, to_on, delegate) values
  ('P-1', 'clerk', '1', '2024-05-03', '2024-05-04', 'P-2'), ('P-1', 'clerk', '1', '2924-05-03', '2924-05-04', 'P-2');
insert into absence (person, role, scope, from_on, to_on, delegate, voided_at, voided_by, voided_why) values
  ('P-1', 'clerk', '1', '2024-05-20', '2024-05-21', 'P-2', '2024-05-10 08:00+08', 'P-1', '填错');
insert into roster (division, from_at, to_at, person) values ('1', '2024-05-03 08:00+08', '2024-05-04 08:00+08', 'P-1')
""",
        empty.name,
    )
    upgrade(empty.owner_url)

    def told(query: str) -> str:
        return empty.postgres.sql(query, empty.name)

    local = "to_char({} at time zone 'Asia/Shanghai', 'MM-DD HH24:MI')"
    assert told(f"select {local.format('loaded_at')}, {local.format('ended_at')} from hat") == "05-02 00:00|06-01 00:00"
    assert told(f"select {local.format('loaded_at')} from roster") == "05-03 08:00"
    assert told(f"select {local.format('loaded_at')} from absence where from_on < '2025-01-01' order by from_on") == (
        "05-03 00:00\n05-10 08:00"
    )
    assert told("select loaded_at <= now() from absence where from_on > '2025-01-01'") == "t"


def test_what_was_kept_among_the_settings_is_carried_to_tables_of_its_own(empty: Database) -> None:
    upgrade(empty.owner_url, "0011")
    change = (
        '{{"at": "2026-0{0}-01T08:00:00+08:00", "by": "P-{0}", "hat": "h", "reason": "r", "weights": {{"text": {0}}}}}'
    )
    settings = {
        "similarity/000001": change.format(1),
        "similarity/000002": change.format(2),
        "similarity": '{"text":2}',
        "sealed_number_key": "ab" * 32,
        "office_hours": "08:00-18:00",
    }
    values = ", ".join(f"('{name}', '{value}')" for name, value in settings.items())
    empty.postgres.sql(f"insert into setting (name, value) values {values}", empty.name)
    columns = "id, number, previous_version, version, head, fold, state, procedure, procedure_sha256, title, division,"
    columns += " county, units, stage, closed, yellow, red, escalations, opened_by, opened_at, recorded_at, received_at"
    for number, state in enumerate(('{"clocks": {"a": {"provisional": true}}}', '{"clocks": {}}', "broken"), 1):
        row = (
            f"gen_random_uuid(), '{number}', 0, 1, '', 1, '{state}', '', '', '', '', '', '{{}}', '', false, 0, 0, 0, ''"
        )
        empty.postgres.sql(f'insert into "case" ({columns}) values ({row}, now(), now(), now())', empty.name)
    upgrade(empty.owner_url)

    def rows(query: str) -> str:
        return empty.postgres.sql(query, empty.name)

    assert rows("select name from setting") == "office_hours"
    assert rows("select encode(key, 'hex') from sealed_number_key") == "ab" * 32
    changes = "select day_of(at), person, hat, reason, weights::jsonb ->> 'text' from weight_change order by seq"
    assert rows(changes) == "2026-01-01|P-1|h|r|1\n2026-02-01|P-2|h|r|2"
    assert rows('select number from "case" where provisional') == "1"


def test_weights_that_were_set_by_hand_hold_on(empty: Database) -> None:
    upgrade(empty.owner_url, "0011")
    empty.postgres.sql("insert into setting values ('similarity', '{\"text\":40}')", empty.name)
    upgrade(empty.owner_url)
    assert empty.postgres.sql("select person, weights from weight_change", empty.name) == '-|{"text":40}'


# Forked when all is imported, and let go together.
STARTS = """
import multiprocessing, pathlib, sys
from ledger.store import migration
import alembic.ddl.postgresql, asyncpg, sqlalchemy.dialects.postgresql.asyncpg

def start(gate):
    gate.wait(30)
    migration.MIGRATIONS = pathlib.Path(sys.argv[2])
    migration.upgrade(sys.argv[1])

fork = multiprocessing.get_context("fork")
gate = fork.Barrier(3)
starts = [fork.Process(target=start, args=(gate,)) for _ in range(3)]
for one in starts:
    one.start()
for one in starts:
    one.join(60)
sys.exit(max(one.exitcode or 0 for one in starts))
"""
SLOW = """
from alembic import op

revision, down_revision = "slow", "{head}"


def upgrade() -> None:
    op.execute("select pg_sleep(0.3)")
    op.execute("create table slow (id integer)")
"""


def test_starts_at_once_upgrade_once(empty: Database, tmp_path: Path) -> None:
    """Also when the first stands between two migrations as the others arrive."""
    slow = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, slow)
    head = max(path.stem.partition("_")[0] for path in (slow / "versions").glob("*.py"))
    (slow / "versions/slow.py").write_text(SLOW.format(head=head))
    argv = [sys.executable, "-c", STARTS, empty.owner_url, str(slow)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=90)
    assert (done.returncode, done.stderr) == (0, "")
    assert empty.postgres.sql("select version_num from alembic_version", empty.name) == "slow"


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
