"""A ledger whose clock stands where it is put, whose salts are one constant, and whom everybody can act on by HTTP."""

import os
import random
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from embedded.postgres import Postgres
from tests.frozen import seams
from tests.frozen.seams import Connection, Database, Ledger, Settings

# PostgreSQL's clock decides what time it is. Functions of `public` go before its own where the search path says so.
CLOCK = """
create table public.still (at timestamptz not null);
insert into public.still values ('2025-12-01T09:00:00+08:00');
create function public.clock_timestamp() returns timestamptz stable language sql as 'select at from public.still';
create function public.now() returns timestamptz stable language sql as 'select at from public.still';
grant select on public.still to public;
alter database "{name}" set search_path = public, pg_catalog;
"""
BEGINNING = "2025-12-01T09:00:00+08:00"


@dataclass
class Still:
    """The ledger with its people. `journal` gathers what the API answered, step by step."""

    database: Database
    superuser: Connection
    ledger: Ledger
    client: httpx.AsyncClient
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)

    async def set(self, at: datetime) -> None:
        """It is `at` from now on, for everybody."""
        await self.superuser.execute("update public.still set at = $1", at)

    async def headers(self, person: str, hat: str) -> dict[str, str]:
        """What shows this person's token for this hat. Tokens are made before everything else happens."""
        if (person, hat) not in self.tokens:
            now = await self.superuser.fetchval("select at from public.still")
            await self.set(datetime.fromisoformat(BEGINNING))
            query = "insert into person (id, name) values ($1, $1) on conflict do nothing"
            await self.superuser.execute(query, person)
            self.tokens[person, hat] = await seams.create_token(self.ledger.writers, person, seams.Hat.parse(hat))
            await seams.upload(self.superuser, person)
            await self.set(now)
        return {"Authorization": f"Bearer {self.tokens[person, hat]}"}

    async def post(self, path: str, person: str, hat: str, body: bytes, key: str) -> httpx.Response:
        """A write."""
        headers = await self.headers(person, hat) | {"Idempotency-Key": key}
        with constant_salts():
            return await self.client.post(path, headers=headers, content=body)

    async def get(self, path: str, person: str, hat: str, query: Mapping[str, Any] | None = None) -> httpx.Response:
        """A read."""
        headers = await self.headers(person, hat)
        with constant_salts():
            return await self.client.get(path, headers=headers, params=query)


@contextmanager
def constant_salts() -> Iterator[None]:
    """While this lasts, whatever is drawn at random is sevens: salts, the key of sealed numbers, claim codes."""
    kept = os.urandom, random._urandom  # type: ignore[attr-defined]
    os.urandom = random._urandom = lambda size: b"\x07" * size  # type: ignore[attr-defined]
    try:
        yield
    finally:
        os.urandom, random._urandom = kept  # type: ignore[attr-defined]


async def stocked(postgres: Postgres, name: str) -> Database:
    """A database with the sample registers and the house's procedures, whose clock stands."""
    database = seams.create(postgres, name)
    postgres.sql(CLOCK.format(name=name), name)
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:  # alembic runs a loop of its own
        await asyncio.get_running_loop().run_in_executor(pool, seams.upgrade, database.owner_url)
    superuser = await seams.connect(database.superuser_url)
    await seams.load_registers(superuser, seams.read_samples())
    await superuser.close()
    async with seams.open_ledger(database.app_url, size=1) as ledger:
        assert await seams.stock(ledger.library) == []
    return database


@asynccontextmanager
async def standing(database: Database, evidence: Path) -> AsyncIterator[Still]:
    """The application on such a database."""
    app = seams.application(Settings(database_url=database.app_url, evidence_dir=evidence))
    superuser = await seams.connect(database.superuser_url, statement_timeout="60000")
    try:
        async with app.router.lifespan_context(app), seams.open_ledger(database.app_url, size=2) as ledger:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                while (await client.get("/readyz")).status_code != 200:
                    pass
                yield Still(database, superuser, ledger, client)
    finally:
        await superuser.close()
