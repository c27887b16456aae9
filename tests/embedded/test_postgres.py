import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from embedded import leftover
from embedded.postgres import SOCKET_BYTES_MAX, Postgres
from embedded.state import State, Trouble
from embedded.supervisor import Supervisor


@contextmanager
def running(root: Path) -> Iterator[tuple[Postgres, Supervisor]]:
    state = State(root)
    state.prepare()
    server = Postgres(state)
    server.initialise()
    with Supervisor() as supervisor:
        supervisor.start(server.child)
        supervisor.wait(server.child, server.ready, 30)
        server.create_roles()
        yield server, supervisor
    server.forget_link()


async def test_application_role_can_do_little(postgres: Postgres) -> None:
    connection = await asyncpg.connect(postgres.app_url)
    try:
        role = await connection.fetchrow("SELECT * FROM pg_roles WHERE rolname = current_user")
        assert role is not None
        assert not any(role[right] for right in ("rolsuper", "rolcreaterole", "rolcreatedb", "rolbypassrls"))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("CREATE TABLE public.forbidden ()")
    finally:
        await connection.close()


async def test_owner_has_the_schema_and_no_more(postgres: Postgres) -> None:
    connection = await asyncpg.connect(postgres.owner_url)
    try:
        await connection.execute("CREATE TABLE allowed (); DROP TABLE allowed")
        assert not await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    finally:
        await connection.close()


def test_cluster_is_durable_and_unreachable_from_outside(postgres: Postgres) -> None:
    names = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums", "server_encoding")
    assert postgres.sql("".join(f"SHOW {name};" for name in names)).split() == ["on"] * 4 + ["UTF8"]
    assert postgres.sql("SHOW listen_addresses") == ""
    assert postgres.sql("SELECT datlocale FROM pg_database WHERE datname = 'bihuan'") == "C.UTF-8"
    assert postgres.state.run.stat().st_mode & 0o777 == 0o700


def test_killed_cluster_keeps_what_was_committed_and_comes_back_at_its_socket(tmp_path: Path) -> None:
    with running(tmp_path) as (server, supervisor):
        server.sql("CREATE TABLE kept AS SELECT 42 AS n", "bihuan")
        server.child.send(signal.SIGKILL)
        supervisor.wait(server.child, lambda: not server.child.alive, 5)
        supervisor.wait(server.child, server.ready, 30)
        assert server.sql("SELECT n FROM kept", "bihuan") == "42"
    with running(tmp_path) as (server, _):
        assert server.sql("SELECT n FROM kept", "bihuan") == "42"


def test_pid_files_naming_a_stranger_do_not_block_the_start(tmp_path: Path) -> None:
    with running(tmp_path) as (server, _):
        pid_file = (server.state.postgres / "postmaster.pid").read_text().split("\n", 1)[1]
        socket_file = (server.state.run / ".s.PGSQL.5432.lock").read_text().split("\n", 1)[1]
    (server.state.postgres / "postmaster.pid").write_text(f"{os.getpid()}\n{pid_file}")
    (server.state.run / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n{socket_file}")
    with running(tmp_path) as (server, _):
        assert server.sql("SELECT 1") == "1"


def test_cluster_left_by_a_killed_run_is_ended_first(tmp_path: Path) -> None:
    with running(tmp_path) as (old, _):
        assert leftover.tenants(old.state.postgres)
        with running(tmp_path) as (new, _):  # the same state, as after a kill of the parent
            assert new.child.pid != old.child.pid
            assert not old.child.alive


def test_half_made_cluster_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "postgres.new" / "base").mkdir(parents=True)
    with running(tmp_path) as (server, _):
        assert server.sql("SELECT 1") == "1"


def test_path_that_no_socket_can_have_gets_a_short_link(tmp_path: Path) -> None:
    deep = tmp_path / ("长路径 " * 10) / ("x" * SOCKET_BYTES_MAX)
    with running(deep) as (server, _):
        link = server.sockets
        assert server.sql("SELECT 1") == "1"
        assert link.parent.stat().st_mode & 0o777 == 0o700
    assert not link.parent.exists()


def test_root_without_user_namespaces_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class NoNamespaces:
        @staticmethod
        def unshare(_flags: int) -> int:
            return -1

    monkeypatch.setattr("embedded.child._libc", NoNamespaces)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    state = State(tmp_path)
    state.prepare()
    with pytest.raises(Trouble, match="用户命名空间"):
        Postgres(state).initialise()
