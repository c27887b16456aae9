"""The list that an analysis was opened with: shown byte for byte, to those who may see the case."""

import hashlib
from datetime import timedelta
from typing import Any

from application.shapes.frozen_list import FrozenListShape
from ledger.rounds.frozen_list import counted, freeze
from tests.routes.conftest import COUNTY, OTHER, TOWNSHIP

DISPATCHER = ("P-dispatcher", f"dispatcher@{TOWNSHIP}")


async def analysed(world: Any) -> dict[str, Any]:
    """An analysis of the township with its list."""
    async with world.ledger.writers.held() as connection:
        now = await connection.fetchval("select clock_timestamp()")
        frozen = await counted(connection, "township", TOWNSHIP, now + timedelta(seconds=1), ["analysis"])
        await freeze(connection, frozen)
    fields = {
        "kind": "weekly", "period": "2026年第10周", "list": frozen.sha256, "as_of": "2026-03-02T08:00:00+08:00",
        "cases": frozen.cases, "overdue": frozen.overdue,
    }  # fmt: skip
    given = {"procedure": "analysis", "division": TOWNSHIP, "title": "乡镇周分析", "fields": fields}
    answer = await world.post("/api/cases", "P-rounds", f"integration@{COUNTY}", given)
    assert answer.status_code == 201, answer.text
    opened: dict[str, Any] = answer.json()
    return opened


async def test_the_list_is_shown_as_it_was_frozen(world: Any) -> None:
    case_id = (await world.opened())["case_id"]
    opened = await analysed(world)
    answer = await world.get(f"/api/cases/{opened['case_id']}/list", *DISPATCHER)
    assert answer.status_code == 200, answer.text
    assert hashlib.sha256(answer.content).hexdigest() == opened["fields"]["list"]
    shown = FrozenListShape.model_validate(answer.json())
    assert case_id in {one.case_id for one in shown.cases}


async def test_the_list_hides_with_its_case(world: Any) -> None:
    opened = await analysed(world)
    answer = await world.get(f"/api/cases/{opened['case_id']}/list", "P-other", f"dispatcher@{OTHER}")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_case")


async def test_other_cases_have_no_list(world: Any) -> None:
    opened = await world.opened()
    answer = await world.get(f"/api/cases/{opened['case_id']}/list", *DISPATCHER)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_document")
