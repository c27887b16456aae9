"""Any Temporal client opens a case; whatever is wrong with the asking is answered, not raised."""

from typing import Any

from temporalio.client import Client

from activities import wire
from bench import matter
from ledger.ledger import Ledger
from ledger.store.connection import Connection
from tests.keepers.conftest import Working

GOOD = {
    "key": "sensor-7/2026-10-09/1",
    "integration": "sensor",
    "procedure": "drill",
    "division": matter.VILLAGE,
    "title": "水位超限",
    "fields": {"description": "自动上报"},
}
WRONG: list[tuple[Any, str]] = [
    ({**GOOD, "key": "a", "procedure": "nothing"}, "unknown_procedure"),
    ({**GOOD, "key": "b", "division": "999999999999"}, "unknown_division"),
    ({**GOOD, "key": "c", "title": ""}, "invalid_fields"),
    ({**GOOD, "key": "d", "fields": {"description": 7}}, "invalid_fields"),
    ({**GOOD, "key": "e", "occurred_at": "2999-01-01T00:00:00+08:00"}, "occurred_in_future"),
    ({**GOOD, "key": "f", "occurred_at": "2026-01-01T00:00:00"}, "malformed"),
    ({**GOOD, "key": "g", "integration": "nobody"}, "unknown_integration"),
    ({**GOOD, "key": "h", "integration": "clerk"}, "unknown_integration"),
    ({**GOOD, "key": "i", "integration": "sen\0sor"}, "malformed"),
    ({**GOOD, "key": "j", "procedure": "dr\0ill"}, "malformed"),
    ({**GOOD, "key": "k", "reporter": {"name": "某人"}}, "malformed"),
    ({**GOOD, "key": "l", "title": "\ud800"}, "malformed"),
    ({**GOOD, "key": "m", "fields": {"\ud800": "\ud800"}}, "malformed"),
    ({**GOOD, "key": ""}, "malformed"),
    ({**GOOD, "title": "另一件事"}, "idempotency_conflict"),
    ({}, "malformed"),
    ([], "malformed"),
    ("打开", "malformed"),
    (None, "malformed"),
]


async def test_intake(ledger: Ledger, connection: Connection, client: Client, temporal: str, working: Working) -> None:
    async def asked(number: int, opening: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await client.execute_workflow(
            wire.INTAKE, opening, id=f"intake-{number}", task_queue=wire.TASK_QUEUE, result_type=dict
        )
        return answer

    async with working(temporal):
        first, again = await asked(-1, GOOD), await asked(-2, GOOD)
        assert first == again
        assert first["outcome"] == "opened"
        assert first["version"] == 1
        assert first["number"].startswith("YL-")
        for number, (opening, outcome) in enumerate(WRONG):
            answer = await asked(number, opening)
            assert (opening, answer["outcome"]) == (opening, outcome)
            assert answer["case_id"] is None
            assert answer["detail"]
        unasked: dict[str, Any] = await client.execute_workflow(
            wire.INTAKE, id="intake-none", task_queue=wire.TASK_QUEUE, result_type=dict
        )
        assert unasked["outcome"] == "malformed"
    assert await connection.fetchval('select count(*) from "case"') == 1
    hat = await connection.fetchval("select hat from command where outcome = 'opened'")
    assert hat == matter.HATS["sensor"]
