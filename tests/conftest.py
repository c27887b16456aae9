"""What tests of any part may ask for: one embedded PostgreSQL and one Temporal for the whole run."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from embedded import temporal as temporal_server
from embedded.postgres import Postgres
from embedded.state import State
from embedded.supervisor import Supervisor
from ledger.migration import upgrade

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
