"""History, replay and explanations."""

import hashlib
from datetime import timedelta
from typing import Any

from application.shapes.case import ReplayShape
from application.shapes.explanation import ExplanationShape
from domain.days.instant import SHANGHAI
from tests.moment import now

COUNTY = "141025000000"
TOWNSHIP = "141025101000"
UNIT = "U-141025101-01"
DISPATCHER = ("P-dispatcher", f"dispatcher@{TOWNSHIP}")


async def test_replay_at_a_version_is_what_the_api_had_answered(world: Any, life: Any) -> None:
    answers = await life()
    path = f"/api/cases/{answers[0]['case_id']}"
    for answer in answers:
        then = {name: value for name, value in answer.items() if name not in ("actions", "events")}
        replayed = await world.get(f"{path}/replay", *DISPATCHER, version=answer["version"])
        assert replayed.json() == then
        ReplayShape.model_validate(replayed.json())
        at = await world.get(f"{path}/replay", *DISPATCHER, at=answer["recorded_at"])
        assert at.json()["version"] >= answer["version"]
    for version, status, code in [(10, 404, "unknown_version"), (0, 422, "invalid_query"), ("x", 422, "invalid_query")]:
        refused = await world.get(f"{path}/replay", *DISPATCHER, version=version)
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    early = await world.get(f"{path}/replay", *DISPATCHER, at="2020-01-01T00:00:00+08:00")
    assert early.json()["code"] == "unknown_version"
    for query in ({}, {"version": 1, "at": answers[0]["recorded_at"]}, {"at": "0001-01-01T00:00:00+08:00"}):
        assert (await world.get(f"{path}/replay", *DISPATCHER, **query)).json()["code"] == "invalid_query"


async def test_history_is_chained_by_hashes(world: Any, life: Any) -> None:
    answers = await life()
    case_id = answers[0]["case_id"]
    events = (await world.get(f"/api/cases/{case_id}/history", *DISPATCHER)).json()["events"]
    assert [event["version"] for event in events] == list(range(1, 10))
    assert events[0]["previous"] == "0" * 64
    assert [event["previous"] for event in events[1:]] == [event["hash"] for event in events[:-1]]
    leaves = await world.ledger.writers.fetch("select leaf from event where case_id = $1 order by version", case_id)
    assert [event["hash"] for event in events] == [hashlib.sha256(row["leaf"].encode()).hexdigest() for row in leaves]
    assert events[1]["actor"] == {
        "id": "P-dispatcher", "name": "P-dispatcher", "hat": DISPATCHER[1], "hat_title": "北平镇 调度员",
    }  # fmt: skip
    assert events[3]["actor"]["hat_title"] == "北平镇综合行政执法队 承办人"
    assert events[1]["data"]["fields"] == {"grade": "general"}


async def test_a_pause_is_explained(world: Any) -> None:
    case_id = (await world.opened())["case_id"]
    await world.act(case_id, "triage", *DISPATCHER, fields={"grade": "general"})
    await world.act(case_id, "dispatch", *DISPATCHER, fields={"unit": UNIT})
    await world.act(case_id, "sign", "P-handler", f"handler@{UNIT}")
    until = (now(SHANGHAI) + timedelta(days=5)).date().isoformat()
    fields = {"ground": "weather", "until": until}
    paused = await world.act(case_id, "pause", "P-head", f"head@{TOWNSHIP}", fields=fields, reason="连日降雨")
    assert paused.status_code == 200, paused.text
    told = (await world.get(f"/api/cases/{case_id}/clocks/handle/explanation", *DISPATCHER)).json()
    ExplanationShape.model_validate(told)
    assert [(each["ground"], each["ground_title"], each["ended_at"]) for each in told["pauses"]] == [
        ("weather", "天气或汛情无法施工", None)
    ]
    assert [step["kind"] for step in told["steps"]] == ["authority", "calendar", "start", "paused"]
    assert "（天气或汛情无法施工），尚未恢复" in told["text"]


async def test_a_date_is_explained(world: Any) -> None:
    case = await world.opened()
    path = f"/api/cases/{case['case_id']}/clocks"
    told = (await world.get(f"{path}/triage/explanation", *DISPATCHER)).json()
    ExplanationShape.model_validate(told)
    assert told["due_at"] == case["clocks"][0]["due_at"] == told["steps"][-1]["at"]
    assert [rung["id"] for rung in told["rungs"]][:3] == ["yellow", "warning", "red"]
    assert not any(rung["fired"] for rung in told["rungs"])
    assert (told["pauses"], told["extensions"]) == ([], [])
    assert told["text"].splitlines() == [f"{n}. {step['words']}" for n, step in enumerate(told["steps"], start=1)]
    await world.act(case["case_id"], "triage", *DISPATCHER, fields={"grade": "general"})
    told = (await world.get(f"{path}/dispatch/explanation", *DISPATCHER)).json()
    ExplanationShape.model_validate(told)
    assert told["due_text"].endswith("24:00")
    assert any(step["kind"] == "counted" for step in told["steps"])
    assert (await world.get(f"{path}/none/explanation", *DISPATCHER)).json()["code"] == "unknown_clock"


async def test_a_clock_tells_what_is_used_up_and_what_is_left(world: Any) -> None:
    case_id = (await world.opened())["case_id"]
    told = (await world.get(f"/api/cases/{case_id}/clocks/triage/explanation", *DISPATCHER)).json()
    ExplanationShape.model_validate(told)
    stands = told["budget"]
    assert (stands["unit"], stands["whole"]) == ("second", 24 * 3600)
    assert stands["consumed"] + stands["left"] == stands["whole"]
    assert (stands["paused_seconds"], stands["running_seconds"]) == (0, stands["consumed"])
    await world.act(case_id, "triage", *DISPATCHER, fields={"grade": "general"})
    met = (await world.get(f"/api/cases/{case_id}/clocks/triage/explanation", *DISPATCHER)).json()
    assert (met["state"], met["budget"]) == ("met", None)
