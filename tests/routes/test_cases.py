"""Opening, acting, showing and listing; every bad input has its code and leaves nothing behind."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from application.shapes.case import CaseShape
from application.shapes.history import HistoryShape
from domain.days.instant import SHANGHAI
from tests.moment import now

COUNTY, TOWNSHIP, VILLAGE = "141025000000", "141025101000", "141025101200"
OTHER, OTHER_VILLAGE, UNIT = "141025102000", "141025102201", "U-141025101-01"
GRID = ("P-grid", f"grid_worker@{VILLAGE}")
DISPATCHER = ("P-dispatcher", f"dispatcher@{TOWNSHIP}")
INSPECTOR = ("P-inspector", f"inspector@{COUNTY}")
FIELDS = {"kind": "safety", "place": "村口", "description": "路边有个大坑"}
GOOD = {"procedure": "hazard", "division": VILLAGE, "title": "路边大坑", "fields": FIELDS}
TOMORROW = (now(SHANGHAI) + timedelta(days=1)).isoformat()

# What is refused before it reaches the ledger: not even the attempt is stored.
UNREAD: list[tuple[bytes, int, str]] = [
    (b"{", 400, "malformed_json"),
    (b"", 400, "malformed_json"),
    (b"\xff\xfe", 400, "malformed_json"),
    (b'{"title": "\\ud800"}', 400, "malformed_json"),
    (b'{"fields": ' + b"[" * 5000 + b"]" * 5000 + b"}", 400, "malformed_json"),
    (b'{"fields": {"a": ' + b"9" * 5000 + b"}}", 400, "malformed_json"),
    (b"[]", 422, "invalid_body"),
    (b"null", 422, "invalid_body"),
    (json.dumps(GOOD | {"title": 5}).encode(), 422, "invalid_body"),
    (json.dumps(GOOD | {"fields": [1]}).encode(), 422, "invalid_body"),
    (json.dumps(GOOD | {"more": 1}).encode(), 422, "invalid_body"),
    (json.dumps({"procedure": "hazard"}).encode(), 422, "invalid_body"),
    (json.dumps(GOOD | {"procedure": "a\0b"}).encode(), 422, "invalid_body"),
    (json.dumps(GOOD | {"division": "\x1b"}).encode(), 422, "invalid_body"),
    (json.dumps(GOOD | {"occurred_at": "0001-01-01T00:00:00+08:00"}).encode(), 422, "invalid_body"),
    (json.dumps(GOOD | {"occurred_at": "9999-12-31T23:59:59-12:00"}).encode(), 422, "invalid_body"),
    (json.dumps(GOOD | {"occurred_at": "2026-01-01T00:00:00"}).encode(), 422, "invalid_body"),
    (json.dumps(GOOD | {"occurred_at": 5}).encode(), 422, "invalid_body"),
    (json.dumps(GOOD | {"occurred_at": "1790000000"}).encode(), 422, "invalid_body"),
    (json.dumps(GOOD | {"reporter": {"phone": "打电话"}}).encode(), 422, "invalid_body"),
    (json.dumps(GOOD | {"reporter": {"name": "甲" * 61}}).encode(), 422, "invalid_body"),
    (json.dumps(GOOD | {"fields": {str(n): n for n in range(101)}}).encode(), 422, "invalid_body"),
]

# What the domain refuses: nothing happens, and the attempt is on record.
REFUSED: list[tuple[dict[str, Any], int, str, str | None]] = [
    ({"procedure": "nothing"}, 422, "unknown_procedure", None),
    ({"division": "999999999999"}, 422, "unknown_division", None),
    ({"division": OTHER_VILLAGE}, 403, "division_outside_scope", None),
    ({"occurred_at": TOMORROW}, 422, "occurred_in_future", None),
    ({"title": " "}, 422, "invalid_fields", "missing_field"),
    ({"title": "甲" * 121}, 422, "invalid_fields", "field_too_long"),
    ({"title": "a\0b"}, 422, "invalid_fields", "control_character"),
    ({"fields": {}}, 422, "invalid_fields", "missing_field"),
    ({"fields": FIELDS | {"description": "字" * 4001}}, 422, "invalid_fields", "field_too_long"),
    ({"fields": FIELDS | {"description": "a\0b"}}, 422, "invalid_fields", "control_character"),
    ({"fields": FIELDS | {"description": 5}}, 422, "invalid_fields", "mistyped_field"),
    ({"fields": FIELDS | {"emergency": "yes"}}, 422, "invalid_fields", "mistyped_field"),
    ({"fields": FIELDS | {"kind": "war"}}, 422, "invalid_fields", "unknown_choice"),
    ({"fields": FIELDS | {"photos": "f" * 64}}, 422, "invalid_fields", "unknown_evidence"),
    ({"fields": FIELDS | {"photos": "\0"}}, 422, "invalid_fields", "mistyped_field"),
    ({"fields": FIELDS | {"\0" * 100: 1}}, 422, "invalid_fields", "unknown_field"),
    ({"fields": FIELDS | {"emergency": float("nan")}}, 422, "invalid_fields", "mistyped_field"),
]


def check(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The answer is this problem, whole."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["code"] == code
    assert told["type"] == f"urn:bihuan:problem:{code}"
    assert told["status"] == status
    assert told["detail"]
    return told


@pytest.mark.parametrize(("body", "status", "code"), UNREAD)
async def test_what_cannot_be_read_is_a_problem_and_leaves_no_trace(
    world: Any, body: bytes, status: int, code: str
) -> None:
    before = await world.counted("event", "command", "case")
    check(await world.post("/api/cases", *GRID, body), status, code)
    assert await world.counted("event", "command", "case") == before


@pytest.mark.parametrize(("change", "status", "code", "error"), REFUSED)
async def test_what_the_domain_refuses_changes_nothing_and_repeats_alike(
    world: Any, change: dict[str, Any], status: int, code: str, error: str | None
) -> None:
    events, commands, cases = await world.counted("event", "command", "case")
    key = str(uuid4())
    first = await world.post("/api/cases", *GRID, GOOD | change, key)
    told = check(first, status, code)
    assert error is None or error in {each["code"] for each in told["errors"]}
    assert await world.counted("event", "command", "case") == [events, commands + 1, cases]
    again = await world.post("/api/cases", *GRID, GOOD | change, key)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert await world.counted("event", "command", "case") == [events, commands + 1, cases]


async def test_a_body_over_one_mebibyte_is_refused_whether_it_says_so_or_not(world: Any) -> None:
    big = json.dumps(GOOD | {"title": "x" * 2**20}).encode()
    check(await world.post("/api/cases", *GRID, big), 413, "body_too_large")

    async def stream() -> Any:
        for _ in range(20):
            yield b" " * 2**16

    answer = await world.client.post("/api/cases", headers=await world.as_(*GRID), content=stream())
    check(answer, 413, "body_too_large")


async def test_a_body_that_does_not_come_is_not_waited_for(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routes.body.PATIENCE_S", 0.1)

    async def drip() -> Any:
        while True:
            yield b" "
            await asyncio.sleep(0.03)

    for path in ("/api/cases", "/api/evidence"):
        answer = await world.client.post(path, headers=await world.as_(*GRID), content=drip())
        check(answer, 408, "request_timeout")
        assert answer.headers["connection"] == "close"


async def test_without_a_token_nothing_is_shown(world: Any) -> None:
    for headers in ({}, {"Authorization": "Basic eDp5"}, {"Cookie": f"bihuan_token={world.tokens.get(GRID, '')}"}):
        answer = await world.client.get("/api/board", headers=headers)
        check(answer, 401, "no_token")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    for token in ("bh_unknown", "x" * 5000):
        answer = await world.client.post("/api/cases", headers={"Authorization": f"Bearer {token}"}, content=b"{}")
        check(answer, 401, "bad_token")


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb", "\x7f"])
async def test_a_key_that_is_none_is_refused(world: Any, key: str) -> None:
    headers = await world.as_(*GRID)
    answer = await world.client.post("/api/cases", headers=headers | {"Idempotency-Key": key}, json=GOOD)
    check(answer, 400, "bad_idempotency_key")


async def test_unknown_things_are_not_found(world: Any) -> None:
    nowhere = uuid4()
    check(await world.get(f"/api/cases/{nowhere}", *INSPECTOR), 404, "unknown_case")
    check(await world.get("/api/cases/none", *INSPECTOR), 404, "unknown_case")
    check(await world.act(nowhere, "triage", *DISPATCHER), 404, "unknown_case")
    check(await world.get(f"/api/cases/{nowhere}/history", *INSPECTOR), 404, "unknown_case")
    check(await world.get("/api/nothing", *INSPECTOR), 404, "not_found")
    check(await world.client.put("/api/cases"), 405, "method_not_allowed")
    case = await world.opened()
    check(await world.act(case["case_id"], "dance", *DISPATCHER), 404, "unknown_action")
    check(await world.act(case["case_id"], "a%00b", *DISPATCHER), 404, "unknown_action")
    check(await world.act(case["case_id"], "字" * 200, *DISPATCHER), 404, "unknown_action")


async def test_fifty_at_once_with_one_key_have_one_effect_and_equal_bytes(world: Any) -> None:
    key = str(uuid4())
    before = await world.counted("event", "case")
    answers = await asyncio.gather(*(world.post("/api/cases", *GRID, GOOD, key) for _ in range(50)))
    assert {(answer.status_code, answer.content, answer.headers["location"]) for answer in answers} == {
        (201, answers[0].content, f"/api/cases/{answers[0].json()['case_id']}")
    }
    assert await world.counted("event", "case") == [count + 1 for count in before]
    check(await world.post("/api/cases", *GRID, GOOD | {"title": "另一件"}, key), 409, "idempotency_conflict")
    other = await world.post("/api/cases", "P-grid-2", GRID[1], GOOD, key)
    assert other.status_code == 201
    assert other.json()["case_id"] != answers[0].json()["case_id"]


async def test_fifty_actions_at_once_with_one_key_have_one_effect(world: Any) -> None:
    case = await world.opened()
    path, key = f"/api/cases/{case['case_id']}/actions/triage", str(uuid4())
    body = {"fields": {"grade": "general"}, "expected_version": 1}
    answers = await asyncio.gather(*(world.post(path, *DISPATCHER, body, key) for _ in range(50)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert answers[0].json()["version"] == 2
    check(await world.post(path, *DISPATCHER, body, str(uuid4())), 409, "version_conflict")


async def test_out_of_order_and_wrong_people_are_refused_and_the_inspector_sees_it(world: Any, life: Any) -> None:
    case_id = (await world.opened())["case_id"]
    attempts: list[tuple[str, str, str, dict[str, Any], int, str]] = [
        ("approve", "P-approver", f"approver@{TOWNSHIP}", {}, 409, "action_not_allowed_in_stage"),
        ("triage", *GRID, {"fields": {"grade": "general"}}, 403, "hat_not_allowed"),
        ("triage", *DISPATCHER, {"fields": {}}, 422, "invalid_fields"),
        ("triage", *DISPATCHER, {"expected_version": 7}, 409, "version_conflict"),
        ("triage", "P-stranger", f"dispatcher@{OTHER}", {"fields": {"grade": "general"}}, 404, "unknown_case"),
        ("dance", *DISPATCHER, {}, 404, "unknown_action"),
    ]
    for action, person, hat, body, status, code in attempts:
        check(await world.act(case_id, action, person, hat, **body), status, code)
    told = (await world.get(f"/api/cases/{case_id}/history", *INSPECTOR)).json()
    HistoryShape.model_validate(told)
    seen = [(each["action"], each["actor"]["id"], each["code"]) for each in told["refusals"]]
    hidden = {"unknown_case": "case_outside_scope"}  # the ledger knows what the stranger was not told
    assert seen == [(action, person, hidden.get(code, code)) for action, person, _, _, _, code in attempts]
    assert [event["type"] for event in told["events"]] == ["CaseOpened"]
    plain = (await world.get(f"/api/cases/{case_id}/history", *DISPATCHER)).json()
    assert "refusals" not in plain


async def test_the_same_person_may_not_accept_and_a_closed_case_stays_closed(world: Any, life: Any) -> None:
    answers = await life()
    case_id = answers[0]["case_id"]
    check(
        await world.act(case_id, "progress", "P-handler", f"handler@{UNIT}", fields={"progress": "x"}),
        409,
        "case_closed",
    )
    case_id = (await world.opened())["case_id"]
    picture = await world.picture()
    for action, person, hat, fields in [
        ("triage", *DISPATCHER, {"grade": "general"}),
        ("dispatch", *DISPATCHER, {"unit": UNIT}),
        ("sign", "P-handler", f"handler@{UNIT}", {}),
        ("submit", "P-handler", f"handler@{UNIT}", {"result": "好", "evidence": picture}),
    ]:
        assert (await world.act(case_id, action, person, hat, fields=fields)).status_code == 200
    refused = await world.act(
        case_id, "approve", "P-handler", f"approver@{TOWNSHIP}", fields={"approval_opinion": "行"}
    )
    check(refused, 403, "same_person")


async def test_a_life_is_answered_shown_and_offered_step_by_step(world: Any, life: Any) -> None:
    answers = await life()
    for answer in answers:
        CaseShape.model_validate(answer)
    assert [answer["version"] for answer in answers] == list(range(1, 10))
    assert answers[-1]["closed"]
    shown = (await world.get(f"/api/cases/{answers[0]['case_id']}", *DISPATCHER)).json()
    CaseShape.model_validate(shown)
    assert {action["id"] for action in shown["actions"]} == {"reopen"}
    assert {k: v for k, v in answers[-1].items() if k not in ("events", "actions")} == {
        k: v for k, v in shown.items() if k not in ("actions", "answering")
    }


async def test_a_reporter_is_kept_apart_and_never_shown(world: Any) -> None:
    case = await world.opened(reporter={"name": "样例·王某", "phone": "10012345678"})
    assert case["has_reporter"]
    rows = await world.ledger.writers.fetch("select name, phone from reporter where case_id = $1", case["case_id"])
    assert [tuple(row) for row in rows] == [("样例·王某", "10012345678")]
    history = await world.get(f"/api/cases/{case['case_id']}/history", *INSPECTOR)
    assert "王某" not in json.dumps(case, ensure_ascii=False) + history.text
