"""The first commands of a process, all at once."""

import asyncio

from bench.life import live
from bench.register import seed
from bench.row import by_callers
from embedded.postgres import Postgres
from ledger.ledger import open_ledger
from ledger.store.migration import upgrade


async def test_first_commands_do_not_wait_for_each_others_connections(postgres: Postgres) -> None:
    """Each holds a connection and needs the procedure, which nobody has read yet."""
    postgres.sql("create database cold_start owner bihuan_owner")
    app, owner = postgres.url("bihuan", "cold_start"), postgres.url("bihuan_owner", "cold_start")
    await asyncio.to_thread(upgrade, owner)
    await seed(owner, app)
    async with open_ledger(app, 4) as ledger:
        await asyncio.wait_for(by_callers(4, [lambda: live(ledger.registrar)] * 4), 20)
