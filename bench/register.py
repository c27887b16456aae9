"""A small county for measurements: one village, one unit, the people of a case's life, and the released rules."""

import json
from collections.abc import Iterable

import asyncpg

from calendars import load
from domain.rules.hat import Hat
from domain.rules.procedure import Procedure
from ledger.store.connection import Connection, Writers
from ledger.store.library import Library
from procedures import parse
from settings import ROOT

COUNTY, TOWNSHIP, VILLAGE, UNIT = "141025000000", "141025101000", "141025101200", "U-141025101-01"
PHOTO = "a" * 64
LINEAGE = {"county": COUNTY, "township": TOWNSHIP, "village": VILLAGE}

# Who does what in a life: different people where the procedures want them separated.
PEOPLE: dict[str, Hat] = {
    "reporter": Hat("grid_worker", VILLAGE),
    "clerk": Hat("clerk", VILLAGE),
    "dispatcher": Hat("dispatcher", TOWNSHIP),
    "handler": Hat("handler", UNIT),
    "approver": Hat("approver", TOWNSHIP),
}


def person(post: str) -> str:
    """The id of whoever fills `post`."""
    return f"P-{post}"


async def seed(owner_url: str, app_url: str) -> None:
    """Fill the registers and release calendar and procedures."""
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.executemany(
            "insert into division (code, name, level, parent, edition, valid_from, lineage)"
            " values ($1, $2, $3, $4, 2023, '2023-01-01', $5) on conflict do nothing",
            [
                (COUNTY, "古县", "county", None, json.dumps({"county": COUNTY})),
                (TOWNSHIP, "北平镇", "township", COUNTY, json.dumps({"township": TOWNSHIP, "county": COUNTY})),
                (VILLAGE, "北平村", "village", TOWNSHIP, json.dumps(LINEAGE)),
            ],
        )
        unit = "insert into unit (id, name, division, level) values ($1, $2, $3, $4) on conflict do nothing"
        await connection.execute(unit, UNIT, "北平镇综合行政执法队", TOWNSHIP, "township")
        people = [(person(post), post) for post in PEOPLE]
        await connection.executemany("insert into person (id, name) values ($1, $2) on conflict do nothing", people)
        await upload(connection, map(person, PEOPLE))
    finally:
        await connection.close()
    await release(app_url, [procedure("hazard"), procedure("drill")])


async def upload(connection: Connection, persons: Iterable[str]) -> None:
    """The photo in the registers, uploaded by each of these persons; there are no bytes behind it."""
    kept = "insert into evidence (sha256, size, type) values ($1, 1, 'image/png') on conflict do nothing"
    await connection.execute(kept, PHOTO)
    uploads = "insert into upload (sha256, person) values ($1, $2) on conflict do nothing"
    await connection.executemany(uploads, [(PHOTO, each) for each in persons])


async def release(app_url: str, procedures: list[Procedure]) -> None:
    """Make these procedures, and the calendar, what new cases take."""
    writers = Writers(app_url, 1)
    library = Library(writers)
    await library.release(load(ROOT / "calendars"))
    for each in procedures:
        await library.release(each)
    await writers.close()


def procedure(name: str) -> Procedure:
    """The procedure of a file under `procedures/`."""
    return parse(ROOT / "procedures" / f"{name}.yaml")
