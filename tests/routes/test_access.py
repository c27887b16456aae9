"""Whoever reads what is sealed leaves a trace before the answer; without the trace there is no answer."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import pytest
import structlog

import log
from application.shapes.history import HistoryShape
from embedded.postgres import Postgres
from ledger.read import document as paper
from ledger.read import evidence
from ledger.read.history import history
from ledger.store.connection import connect
from tests.procedures.direct_line import SAID
from tests.routes.conftest import TOWNSHIP, VILLAGE
from tests.routes.test_discipline import MEMBER, OFFICE, SECOND, opened, taken

DISPATCHER = ("P-dispatcher", f"dispatcher@{TOWNSHIP}")


async def traces(world: Any, case_id: str) -> list[tuple[str, str, str]]:
    rows = await world.ledger.writers.fetch("select * from access where case_id = $1 order by id", case_id)
    assert all(row["request_id"] and row["at"] for row in rows)
    return [(row["person"], row["hat"], row["what"]) for row in rows]


async def sealed(world: Any) -> str:
    case = await opened(world, "direct_line", MEMBER, SAID, "样例·机动地发包")
    await taken(world, case["case_id"], "accept", OFFICE)
    return str(case["case_id"])


async def test_every_way_to_read_a_sealed_case_is_traced(world: Any) -> None:
    case_id, picture = await sealed(world), await world.picture(*OFFICE)
    await taken(world, case_id, "talk", OFFICE, talk="已与会计谈话", talk_files=[picture])
    assert await traces(world, case_id) == []  # what somebody does is on record as it is
    ways = {
        "": "case", "/history": "history", "/replay?version=1": "replay", "/documents": "documents",
        "/documents/1": "documents", f"/evidence/{picture}": "evidence", "/similar": "case",
        "/clocks/handle/explanation": "explanation",
    }  # fmt: skip
    for path, what in ways.items():
        answer = await world.get(f"/api/cases/{case_id}{path}", *SECOND)
        assert answer.status_code == 200, (path, answer.text)
        assert (await traces(world, case_id))[-1] == (*SECOND, what), path
    assert len(await traces(world, case_id)) == len(ways)
    assert (await world.get(f"/api/cases/{case_id}", *MEMBER)).status_code == 200
    assert (await traces(world, case_id))[-1] == (*MEMBER, "case")
    assert (await world.get(f"/api/cases/{case_id}", *DISPATCHER)).status_code == 404
    assert len(await traces(world, case_id)) == len(ways) + 1


@pytest.mark.parametrize("path", ["/api/cases?limit=200", "/api/board?limit=200", "/board/rows"])
async def test_a_list_with_sealed_cases_is_one_trace(world: Any, path: str) -> None:
    await sealed(world)
    newest = "select * from access order by id desc limit 1"
    (before,) = await world.ledger.writers.fetch("select count(*) as n, max(id) as id from access")
    assert (await world.get(path, *DISPATCHER)).status_code == 200
    assert await world.counted("access") == [before["n"]]
    assert (await world.get(path, *OFFICE)).status_code == 200
    assert await world.counted("access") == [before["n"] + 1]
    (row,) = await world.ledger.writers.fetch(newest)
    assert (row["person"], row["what"], row["case_id"]) == (OFFICE[0], "list", None)
    (there,) = await world.ledger.writers.fetch(
        'select count(*) from "case" where $1 = any(sealed) and not closed', OFFICE[1]
    )
    assert 1 <= row["sealed"] <= there["count"]


async def test_who_reported_is_traced_of_whatever_case(world: Any, life: Any) -> None:
    answers = await life()
    case_id = answers[0]["case_id"]
    caller = ("P-caller", f"caller@{TOWNSHIP}")
    open_one = (await world.opened(reporter={"name": "样例·某人", "phone": "0357-1"}))["case_id"]
    for each in (case_id, open_one):
        refused = await world.get(f"/api/cases/{each}/reporter", *caller)
        assert refused.json()["code"] == "reporter_not_revealed"
        assert await traces(world, each) == []
    picture = await world.picture()
    unit = "U-141025101-01"
    for action, who, fields in [
        ("triage", DISPATCHER, {"grade": "general"}),
        ("dispatch", DISPATCHER, {"unit": unit}),
        ("sign", ("P-handler", f"handler@{unit}"), {}),
        ("submit", ("P-handler", f"handler@{unit}"), {"result": "已填平", "evidence": picture}),
        ("approve", ("P-approver", f"approver@{TOWNSHIP}"), {"approval_opinion": "属实"}),
    ]:
        assert (await world.act(open_one, action, *who, fields=fields)).status_code == 200
    assert (await world.act(open_one, "view_reporter", *caller, reason="回访")).status_code == 200
    assert (await world.get(f"/api/cases/{open_one}/reporter", *caller)).json()["name"] == "样例·某人"
    assert await traces(world, open_one) == [(*caller, "reporter")]
    assert (await world.get(f"/api/cases/{open_one}", *caller)).status_code == 200
    assert len(await traces(world, open_one)) == 1  # an ordinary read goes without


@pytest.fixture
async def untraceable(migrated: Postgres) -> AsyncIterator[None]:
    """No trace can be written."""
    owner = await connect(migrated.owner_url)
    await owner.execute("revoke insert on access from bihuan")
    yield
    await owner.execute("grant insert on access to bihuan")
    await owner.close()


@pytest.fixture
async def read_by_nobody(world: Any) -> tuple[str, str]:
    """A sealed case that has not been read, with a picture."""
    case_id, picture = await sealed(world), await world.picture(*OFFICE)
    await taken(world, case_id, "talk", OFFICE, talk="已与会计谈话", talk_files=[picture])
    return case_id, picture


async def test_without_the_trace_there_is_no_answer(
    world: Any, read_by_nobody: tuple[str, str], untraceable: None
) -> None:
    case_id, picture = read_by_nobody
    within = ("", "/history", "/replay?version=1", "/documents", f"/evidence/{picture}")
    for path in (*(f"/api/cases/{case_id}{each}" for each in within), "/api/cases?limit=200", "/api/board?limit=200"):
        refused = await world.get(path, *SECOND)
        assert (refused.status_code, refused.json()["code"]) == (503, "ledger_unavailable"), path
        assert "机动地" not in refused.text
    assert await traces(world, case_id) == []
    ordinary = (await world.opened())["case_id"]
    assert (await world.get(f"/api/cases/{ordinary}/history", *DISPATCHER)).status_code == 200


async def test_what_came_after_a_case_was_seen_is_not_read_with_it(world: Any, read_by_nobody: tuple[str, str]) -> None:
    """A case may be sealed between the look at it and the reading of its history, documents and files."""
    case_id, picture = UUID(read_by_nobody[0]), read_by_nobody[1]
    last = (await world.get(f"/api/cases/{case_id}", *SECOND)).json()["version"]
    async with world.ledger.reading() as connection:
        for version in (1, last - 1, last):
            told = await history(connection, case_id, version)
            assert [each["version"] for each in told] == list(range(1, version + 1))
            seen = await evidence.named(connection, world.ledger.library, case_id, version, picture)
            assert seen == (version == last)
        assert len(await paper.issued(connection, case_id, 1)) < len(await paper.issued(connection, case_id, last))


async def test_inspectors_see_who_read_a_case_and_nobody_else_does(world: Any) -> None:
    case_id = await sealed(world)
    for who in (SECOND, MEMBER):
        assert (await world.get(f"/api/cases/{case_id}", *who)).status_code == 200
    answer = await world.get(f"/api/cases/{case_id}/history", *OFFICE)
    HistoryShape.model_validate(answer.json())
    reads = answer.json()["reads"]
    assert [(each["actor"]["id"], each["what"]) for each in reads] == [
        (OFFICE[0], "history"), ("（已隐去）", "case"), (SECOND[0], "case"),
    ]  # fmt: skip
    assert reads[2]["actor"]["hat_title"] == "北平镇 纪检监察干部"
    assert MEMBER[0] not in answer.text
    ordinary = (await world.opened())["case_id"]
    assert "reads" not in (await world.get(f"/api/cases/{ordinary}/history", *DISPATCHER)).json()


@pytest.fixture
def talkative() -> Iterator[None]:
    """Every line of the log is written."""
    log.configure("info")
    yield
    log.configure("warning")


async def test_the_log_says_who_asked(world: Any, talkative: None) -> None:
    case_id = (await world.opened())["case_id"]
    with structlog.testing.capture_logs() as lines:
        await world.get(f"/api/cases/{case_id}", *DISPATCHER)
        await world.client.get(f"/api/cases/{case_id}")
    answered = [line for line in lines if line["event"] == "answered"]
    assert [(line["person"], line["hat"], line["status"]) for line in answered] == [
        (*DISPATCHER, 200), (None, None, 401),
    ]  # fmt: skip
    assert VILLAGE not in json.dumps(answered, default=str)
