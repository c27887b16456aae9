"""Whose a file is: on the real ledger, in batches, in child cases, and at no cost of a further round trip."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
import yaml
from asyncpg import connection as driver

from application.sample import picture, whole
from domain.case.command import Act, Open, Rebind
from domain.rules.procedure import read
from ledger.read.evidence import find, keep, named
from ledger.registrar.request import Ruling
from ledger.store.connection import Connection, connect
from tests.domain.scene import COUNTY, DISPATCHER, GRID_WORKER, HANDLER, HAZARD, VILLAGE, document
from tests.domain.scene import whole as whole_procedure
from tests.ledger.county import County, Database, carried, inhabited, ruled, told, upload

COLLEAGUE = "P-colleague"  # who wears the same hat as somebody else


def file() -> str:
    """A hash that nothing else in the ledger has."""
    return hashlib.sha256(uuid4().bytes).hexdigest()


def unknown(ruling: Ruling, sha256: str) -> bool:
    """Whether it was refused with the words for a file that is not there, which say no more than the hash does."""
    errors = json.loads(ruling.body).get("errors", [])
    said = [(each["code"], each["detail"]) for each in errors]
    return ruling.outcome == "invalid_fields" and said == [("unknown_evidence", f"附件尚未上传：{sha256}")]


@pytest_asyncio.fixture(loop_scope="session")
async def post(county: County) -> AsyncIterator[Connection]:
    connection = await connect(county.database.app_url)
    yield connection
    await connection.close()


async def handled(county: County) -> UUID:
    """A hazard that a unit has signed for."""
    case_id = await county.open()
    await county.lead(case_id, "sign")
    return case_id


async def progress(county: County, case_id: UUID, photo: Any, person: str = HANDLER) -> Ruling:
    return await county.act(case_id, "progress", HANDLER, {"progress": "在办", "photos": photo}, person=person)


async def report(county: County, photo: str, person: str) -> Ruling:
    command = Open("hazard", VILLAGE, "路边大坑", {**HAZARD, "photos": [photo]})
    return await county.ledger.registrar.rule(county.request(command, GRID_WORKER, person=person))


async def test_another_persons_file_is_as_good_as_none(county: County) -> None:
    case_id, theirs, nobodys = await handled(county), file(), file()
    await upload(county.superuser, GRID_WORKER, theirs)
    for sha256 in (theirs, nobodys):
        for said in (sha256, [sha256]):
            assert unknown(await progress(county, case_id, said), sha256)
    for sha256, person in ((theirs, COLLEAGUE), (nobodys, COLLEAGUE), (nobodys, GRID_WORKER)):
        assert unknown(await report(county, sha256, person), sha256)
    assert (await report(county, theirs, GRID_WORKER)).outcome == "opened"
    await upload(county.superuser, HANDLER, theirs)
    assert (await progress(county, case_id, [theirs])).outcome == "acted"


async def test_the_files_of_the_case_may_be_named_again_and_nowhere_else(county: County) -> None:
    case_id, elsewhere, photo = await handled(county), await handled(county), file()
    await upload(county.superuser, HANDLER, photo)
    assert unknown(await progress(county, case_id, [photo], COLLEAGUE), photo)
    assert (await progress(county, case_id, photo)).outcome == "acted"
    assert (await progress(county, case_id, [photo], COLLEAGUE)).outcome == "acted"
    assert unknown(await progress(county, elsewhere, [photo], COLLEAGUE), photo)


async def test_a_text_that_is_a_hash_makes_no_file_of_the_case(county: County) -> None:
    photo = file()
    await upload(county.superuser, GRID_WORKER, photo)
    case_id = await handled(county)
    said = await county.act(case_id, "progress", HANDLER, {"progress": photo})
    assert told(said)["fields"]["progress"] == photo
    assert unknown(await progress(county, case_id, [photo]), photo)


async def test_what_an_item_was_answered_with_stands_in_the_case(county: County) -> None:
    case_id, photo = await handled(county), file()
    for number in (1, 2):
        assert (await county.act(case_id, "urge", DISPATCHER, {"message": "请抓紧"})).outcome == "acted", number
    to = json.loads(await county.value('select state from "case" where id = $1', case_id))["items"]["urge.1"]["to"]
    await upload(county.superuser, to, photo)
    answered = {"result": "在办", "files": [photo]}
    for item, person, outcome in (
        ("urge.2", COLLEAGUE, "invalid_fields"),
        ("urge.1", to, "acted"),
        ("urge.2", COLLEAGUE, "acted"),
    ):
        ruling = await county.act(case_id, "feed_back", to, {"item": item, **answered}, person=person)
        assert ruling.outcome == outcome, (item, ruling)
    state = json.loads(await county.value('select state from "case" where id = $1', case_id))
    assert ("files" in state["fields"], state["items"]["urge.2"]["answer"]["files"]) == (False, [photo])


async def test_persons_of_one_batch_name_their_own(county: County) -> None:
    cases = [await handled(county) for _ in range(3)]
    mine, theirs, both = file(), file(), file()
    for person, photo in ((HANDLER, mine), (COLLEAGUE, theirs), (HANDLER, both), (COLLEAGUE, both)):
        await upload(county.superuser, person, photo)
    asked = [
        (cases[0], HANDLER, mine, True),
        (cases[1], HANDLER, theirs, False),
        (cases[1], COLLEAGUE, theirs, True),
        (cases[1], HANDLER, theirs, True),  # it stands there now, by the command before
        (cases[2], COLLEAGUE, mine, False),
        (cases[0], COLLEAGUE, both, True),
        (cases[2], HANDLER, both, True),
    ]
    requests = [
        county.request(Act("progress", {"progress": "在办", "photos": [photo]}), HANDLER, case_id, person=person)
        for case_id, person, photo, _ in asked
    ]
    rulings = [ruled(outcome) for outcome in await county.ledger.registrar.rule_many(requests)]
    for (_, _, photo, fits), ruling in zip(asked, rulings, strict=True):
        assert ruling.outcome == "acted" if fits else unknown(ruling, photo)


async def test_a_child_takes_over_its_parents_file_from_whoever_could_name_it_there(
    county: County, post: Connection
) -> None:
    """The dispatcher, who has uploaded nothing, spawns a case with the photo that a grid worker reported with."""
    photo, foreign = file(), file()
    await upload(county.superuser, GRID_WORKER, photo)
    await upload(county.superuser, GRID_WORKER, foreign)
    opened = await county.ledger.registrar.rule(county.opening(fields={**HAZARD, "photos": [photo]}))
    assert opened.case_id
    given = {"procedure": "hazard", "title": "另一处隐患"}
    refused = await county.act(
        opened.case_id, "spawn", DISPATCHER, {**given, "fields": {**HAZARD, "photos": [photo, foreign]}}
    )
    assert unknown(refused, foreign)
    spawned = await county.act(opened.case_id, "spawn", DISPATCHER, {**given, "fields": {**HAZARD, "photos": [photo]}})
    assert spawned.outcome == "acted", spawned
    child = UUID(told(spawned)["items"][0]["data"]["case"])
    assert await carried(county, post) == 1
    state = json.loads(await county.value('select state from "case" where id = $1', child))
    assert state["fields"]["photos"] == [photo]
    # A case of one's own takes nothing over.
    assert unknown(await report(county, photo, COLLEAGUE), photo)
    assert await county.faults(child) == []


async def test_the_same_bytes_belong_to_everybody_who_brought_them(county: County, tmp_path: Path) -> None:
    data, writers = picture(str(uuid4())), county.ledger.writers
    first = await keep(writers, tmp_path, whole(data), "P-first")
    at = await county.value("select at from upload where sha256 = $1", first.sha256)
    for person in ("P-second", "P-first"):
        assert await keep(writers, tmp_path, whole(data), person) == first
    rows = await county.rows("select person, at from upload where sha256 = $1 order by at", first.sha256)
    assert [row["person"] for row in rows] == ["P-first", "P-second"]
    assert rows[0]["at"] == at
    async with county.ledger.reading() as connection:
        for person, known in (("P-first", True), ("P-second", True), ("P-third", False)):
            assert (await find(connection, first.sha256, person) is not None) == known


async def test_a_file_stands_in_a_case_by_the_rules_that_it_was_named_under(copied: Callable[[], Database]) -> None:
    """A case moves to rules under which `photos` are called otherwise: the old ones are read, new ones too, no text."""
    changed = whole_procedure(yaml.safe_load(document("hazard").replace("name: photos", "name: pictures")))
    old, new, text = file(), file(), file()
    async with inhabited(copied()) as county:
        case_id = await handled(county)
        for photo in (old, new):
            await upload(county.superuser, HANDLER, photo)
        assert (await progress(county, case_id, [old])).outcome == "acted"
        rules = read(changed | {"version": changed["version"] + 1})
        await county.ledger.library.release(rules)
        moving = county.request(Rebind(rules.sha256, "P-approver"), f"administrator@{COUNTY}", case_id)
        assert (await county.ledger.registrar.rule(moving)).outcome == "rebound"
        said = {"progress": text, "pictures": [new]}
        assert (await county.act(case_id, "progress", HANDLER, said)).outcome == "acted"
        async with county.ledger.reading() as connection:
            library = county.ledger.library
            found = [await named(connection, library, case_id, 1000, each) for each in (old, new, text, file())]
        assert found == [True, True, False, False]


@pytest.mark.parametrize("mine", [True, False])
async def test_a_command_that_names_files_takes_two_statements(copied: Callable[[], Database], mine: bool) -> None:
    """One that reads and one that appends; for a batch of many persons no more."""
    async with inhabited(copied(), size=1) as county:
        cases = [await handled(county) for _ in range(4)]
        photo = file()
        for person in (HANDLER, COLLEAGUE) if mine else (GRID_WORKER,):
            await upload(county.superuser, person, photo)
        await progress(county, cases[0], [])  # procedure and calendar are read once
        requests = [
            county.request(Act("progress", {"progress": "在办", "photos": [photo]}), HANDLER, case_id, person=person)
            for case_id, person in zip(cases, (HANDLER, COLLEAGUE, HANDLER, COLLEAGUE), strict=True)
        ]
        asked: list[str] = []

        def note(query: driver.LoggedQuery) -> None:
            asked.append(query.query)

        async with county.ledger.writers.held() as connection:
            connection.add_query_logger(note)
        rulings = [await county.ledger.registrar.rule(requests[0])]
        await asyncio.sleep(0)  # the driver tells of a statement in the loop's next turn
        assert len(asked) == 2, asked
        rulings += [ruled(each) for each in await county.ledger.registrar.rule_many(requests[1:])]
        await asyncio.sleep(0)
        assert len(asked) == 4, asked
        assert ["from upload" in query for query in asked] == [True, False] * 2
        assert all(ruling.outcome == "acted" if mine else unknown(ruling, photo) for ruling in rulings)
