"""What is not there and what is not the caller's are one; a read of what is sealed is on record before its answer."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID, uuid4

import pytest

from application import document, evidence, explanation, frozen_list, history, replay, reporter, show, similar
from application.caller import Caller
from application.declined import UNKNOWN_CASE, Declined
from application.house import House
from domain.rules.refusal import Code
from ledger.registrar.request import LedgerUnavailable
from ledger.store.connection import connect
from tests.application.conftest import caller
from tests.domain.scene import DISPATCHER, GRID_WORKER, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE
from tests.ledger.county import County
from tests.procedures.direct_line import SAID

OFFICE = f"inspector@{TOWNSHIP}"
MEMBER = f"committee@{VILLAGE}"
STRANGER = f"dispatcher@{OTHER_TOWNSHIP}"

Read = Callable[[House, Caller, UUID | str], Awaitable[object]]
READS: dict[str, Read] = {
    "show": show.show,
    "history": history.history,
    "replay": lambda house, who, which: replay.replay(house, who, which, version=1),
    "explanation": lambda house, who, which: explanation.explanation(house, who, which, "triage"),
    "documents": document.documents,
    "document": lambda house, who, which: document.document(house, who, which, 1),
    "frozen_list": frozen_list.frozen_list,
    "reporter": reporter.reporter,
    "similar": similar.similar_to,
}


async def refused(asked: Awaitable[object]) -> Code:
    with pytest.raises(Declined) as caught:
        await asked
    return caught.value.refusal.code


async def traces(county: County) -> list[tuple[str, str]]:
    """(person, what) of every trace so far."""
    rows = await county.rows("select person, what, request_id from access order by id")
    assert {row["request_id"] for row in rows} <= {"request-1"}
    return [(row["person"], row["what"]) for row in rows]


async def number(county: County, case_id: UUID) -> str:
    (row,) = await county.rows('select number from "case" where id = $1', case_id)
    return str(row["number"])


async def sealed(county: County) -> UUID:
    opening = county.request(
        # A direct line is the committee's; what it says is sealed to the discipline organ.
        county.opening("direct_line", SAID).command, MEMBER,
    )  # fmt: skip
    ruling = await county.ledger.registrar.rule(opening)
    assert ruling.case_id is not None, ruling
    return ruling.case_id


@pytest.mark.parametrize("name", READS)
async def test_not_there_and_not_yours_are_the_same_refusal(county: County, house: House, name: str) -> None:
    case_id = await county.open()
    for which in (case_id, await number(county, case_id), uuid4(), "YH-2026-999999", "", "x"):
        with pytest.raises(Declined) as caught:
            await READS[name](house, caller(STRANGER), which)
        assert caught.value.refusal is UNKNOWN_CASE


async def test_a_case_is_found_by_its_number(county: County, house: House) -> None:
    case_id = await county.open()
    for which in (case_id, str(case_id), await number(county, case_id), (await number(county, case_id)).lower()):
        assert (await show.show(house, caller(DISPATCHER), which)).case_id == str(case_id)


async def test_an_ordinary_read_leaves_no_trace(county: County, house: House) -> None:
    case_id, before = await county.open(), await traces(county)
    for name in ("show", "history", "replay", "documents", "similar", "explanation"):
        await READS[name](house, caller(DISPATCHER), case_id)
    assert await traces(county) == before


async def test_a_read_of_what_is_sealed_is_traced_once_and_one_that_is_declined_is_not(
    county: County, house: House
) -> None:
    case_id = await sealed(county)
    who, before = caller(OFFICE), len(await traces(county))
    assert (await show.show(house, who, case_id)).sealed
    assert await refused(explanation.explanation(house, who, case_id, "none")) is Code.UNKNOWN_CLOCK
    assert await refused(document.document(house, who, case_id, 99)) is Code.UNKNOWN_DOCUMENT
    assert await refused(replay.replay(house, who, case_id, version=99)) is Code.UNKNOWN_VERSION
    assert await refused(replay.replay(house, who, case_id)) is Code.INVALID_QUERY
    assert await refused(evidence.case_file(house, who, case_id, "0" * 64)) is Code.UNKNOWN_EVIDENCE
    assert await refused(reporter.reporter(house, who, case_id)) is Code.REPORTER_NOT_REVEALED
    told = await history.history(house, who, case_id)
    assert [(each.actor.id, each.what) for each in told.reads or ()] == [(OFFICE, "history"), (OFFICE, "case")]
    assert (await traces(county))[before:] == [(OFFICE, "case"), (OFFICE, "history")]


async def test_whoever_brought_it_sees_state_and_documents_only(county: County, house: House) -> None:
    case_id = await sealed(county)
    shown = await show.show(house, caller(MEMBER), case_id)
    assert (shown.fields, shown.clocks, shown.items) == ({}, [], [])
    await document.documents(house, caller(MEMBER), case_id)
    for name in ("history", "replay", "explanation"):
        assert await refused(READS[name](house, caller(MEMBER), case_id)) is Code.NOT_PUBLIC
    assert await refused(evidence.case_file(house, caller(MEMBER), case_id, "0" * 64)) is Code.UNKNOWN_EVIDENCE


@pytest.fixture
async def untraceable(county: County) -> AsyncIterator[None]:
    """No trace can be written."""
    owner = await connect(county.database.owner_url)
    await owner.execute("revoke insert on access from bihuan")
    yield
    await owner.execute("grant insert on access to bihuan")
    await owner.close()


async def test_without_the_trace_there_is_no_answer(county: County, house: House, untraceable: None) -> None:
    case_id = await sealed(county)
    for name in ("show", "history", "replay", "documents", "document", "similar"):
        with pytest.raises(LedgerUnavailable):
            await READS[name](house, caller(OFFICE), case_id)
    await show.show(house, caller(GRID_WORKER), await county.open())
