"""What users see stays as it was, and what an older program left goes on."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from difflib import unified_diff
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from embedded.postgres import Postgres
from tests.frozen import dump, record, seams
from tests.frozen.still import CLOCK, standing

SHOWN = 12  # lines of a difference
GOING_ON = 24  # lives that are led to their ends


@pytest.fixture(scope="module")
def made(postgres: Postgres) -> dict[str, str]:
    """Every file, made now."""
    with ThreadPoolExecutor(1) as pool:  # loops of its own
        return pool.submit(record.files, postgres, "frozen").result()


def test_there_are_the_same_files(made: dict[str, str]) -> None:
    kept = {path.relative_to(record.FILES).as_posix() for path in record.FILES.rglob("*") if path.is_file()}
    assert made.keys() == kept - {dump.FILE.name}


@pytest.mark.parametrize(
    "name",
    sorted(
        path.relative_to(record.FILES).as_posix()
        for path in record.FILES.rglob("*")
        if path.is_file() and path != dump.FILE
    ),
)
def test_what_users_see_is_what_they_saw(made: dict[str, str], name: str) -> None:
    before, now = (record.FILES / name).read_text(), made[name]
    lines = unified_diff(before.splitlines(), now.splitlines(), "before", "now", lineterm="", n=1)
    told = "\n".join(line[:400] for line in islice(lines, SHOWN))
    assert before == now, f"{name} has changed; if that is meant, see differences.md\n{told}"


def test_what_an_older_program_left_is_whole_and_goes_on(postgres: Postgres, tmp_path: Path) -> None:
    data = dump.FILE.read_bytes()
    database = seams.create(postgres, "frozen_ledger")
    postgres.sql(CLOCK.format(name=database.name), database.name)

    async def restore() -> None:
        connection = await seams.connect(database.superuser_url, statement_timeout="60000")
        await dump.restored(connection, data)
        await connection.close()

    async def go_on() -> None:
        async with standing(database, tmp_path) as still:
            count, differences = await seams.rebuild(still.superuser, None)
            assert (await faults(still), differences) == ([], [])
            assert count > 250
            lives = [life for life in dump.left() if life.done]
            for life in lives[:: len(lives) // GOING_ON]:
                await dump.lead(still, life, life.done, len(life.script.steps))
                state = await still.superuser.fetchval('select stage from "case" where id = $1', life.case_id)
                assert state == life.script.stage, life.key
            count, differences = await seams.rebuild(still.superuser, None)
            assert (await faults(still), differences) == ([], [])

    async def faults(still: Any) -> list[str]:
        return [fault async for fault in seams.verify(still.superuser)]

    with ThreadPoolExecutor(1) as pool:  # alembic runs a loop of its own, and so does each of these
        pool.submit(seams.upgrade, database.owner_url, dump.revision(data)).result()
        pool.submit(asyncio.run, restore()).result()
        pool.submit(seams.upgrade, database.owner_url).result()
        pool.submit(asyncio.run, go_on()).result()
