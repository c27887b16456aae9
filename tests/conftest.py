"""What tests of any part may ask for: one embedded PostgreSQL and one Temporal for the whole run."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from embedded import temporal as temporal_server
from embedded.postgres import Postgres
from embedded.state import State
from embedded.supervisor import Supervisor
from ledger import ledger as house
from ledger.store.connection import connect
from ledger.store.migration import upgrade
from procedures import paths
from samples import read
from tests.domain.scene import calendar, procedure
from tests.ledger.county import Database, create, load_registers
from tests.moment import clock_sql

TEMPLATE = "template_of_tests"
NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A running cluster with both roles and an empty database: `app_url`, `owner_url`, `superuser_url`."""
    server = Postgres(_state(tmp_path_factory.mktemp("postgres")))
    server.initialise()
    with Supervisor() as supervisor:
        supervisor.start(server.child)
        supervisor.wait(server.child, server.ready, 30)
        server.sql(clock_sql(), "template1")
        server.create_roles()
        yield server
    server.forget_link()


@pytest.fixture(scope="session")
def temporal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running development server."""
    port = temporal_server.free_port()
    server = temporal_server.child(_state(tmp_path_factory.mktemp("temporal")), port, None)
    with Supervisor() as supervisor:
        supervisor.start(server)
        supervisor.wait(server, lambda: temporal_server.listening(port), 30)
        yield f"{temporal_server.HOST}:{port}"


def _state(root: Path) -> State:
    state = State(root)
    state.prepare()
    return state


@pytest.fixture(scope="session")
def migrated(postgres: Postgres) -> Postgres:
    """The same cluster with the schema up to date."""
    with ThreadPoolExecutor(1) as pool:  # alembic runs a loop of its own
        pool.submit(upgrade, postgres.owner_url).result()
    return postgres


@pytest.fixture(scope="session")
def template(postgres: Postgres) -> Postgres:
    """The same cluster with a migrated database to copy."""
    postgres.sql(f"create database {TEMPLATE} owner bihuan_owner")
    with ThreadPoolExecutor(1) as pool:
        pool.submit(upgrade, postgres.url("bihuan_owner", TEMPLATE)).result()
    return postgres


@pytest.fixture
def database(template: Postgres) -> Iterator[str]:
    """The application role's address of a migrated database that nobody else uses."""
    name = f"of_test_{next(NUMBERS)}"
    template.sql(f"create database {name} template {TEMPLATE} owner bihuan_owner")
    yield template.url("bihuan", name)
    template.sql(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def stocked(postgres: Postgres) -> Database:
    """A migrated database with registers, procedures and calendars; a template: nobody stays connected to it."""
    database = create(postgres, "stocked")
    upgrade(database.owner_url)

    async def stock() -> None:
        async with house.open_ledger(database.app_url, size=1) as ledger:
            assert await ledger.library.release(calendar())
            for path in paths():
                assert await ledger.library.release(procedure(path.stem))
        connection = await connect(database.owner_url)
        await load_registers(connection, read())
        await connection.close()

    asyncio.run(stock())
    return database


@pytest.fixture(scope="session")
def copied(stocked: Database) -> Callable[[], Database]:
    """Makes a stocked database of one's own."""
    return lambda: create(stocked.postgres, f"county_{next(NUMBERS)}", stocked.name)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    """A server whose time can be skipped, of the module's own: what one leaves behind holds another's time up."""
    program = shutil.which("temporal-test-server", path=str(Path(sys.executable).parent))
    assert program
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=program) as environment:
        yield environment
