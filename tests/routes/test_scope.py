"""Who sees what: lists, pages, the board; another township sees nothing, not even that there is something."""

from typing import Any
from uuid import uuid4

import pytest

from application.shapes.case_list import BoardShape, CasePageShape
from application.shapes.reporter import ReporterShape

COUNTY, TOWNSHIP, VILLAGE = "141025000000", "141025101000", "141025101200"
OTHER, OTHER_VILLAGE, UNIT = "141025102000", "141025102201", "U-141025101-01"
DISPATCHER = ("P-dispatcher", f"dispatcher@{TOWNSHIP}")
STRANGER = ("P-stranger", f"dispatcher@{OTHER}")
COUNTY_HAT = ("P-county", f"dispatcher@{COUNTY}")
REPORT = {
    "procedure": "hazard",
    "division": VILLAGE,
    "title": "样例：路面塌陷",
    "fields": {"kind": "safety", "place": "村口", "description": "路面塌陷"},
}
HANDLER = ("P-handler", f"handler@{UNIT}")


async def everything(world: Any, who: tuple[str, str], path: str = "/api/cases", **query: Any) -> list[dict[str, Any]]:
    """All pages, each checked."""
    items: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        answer = await world.get(path, *who, **query, **after)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        (BoardShape if path.endswith("board") else CasePageShape).model_validate(page)
        items += page["items"]
        if page["next"] is None:
            return items
        assert page["items"]
        after = {"after": page["next"]}


async def test_another_township_sees_nothing_of_a_case(world: Any) -> None:
    case_id = (await world.opened())["case_id"]
    for path in ("", "/history", "/replay?version=1", "/clocks/triage/explanation"):
        assert (await world.get(f"/api/cases/{case_id}{path}", *DISPATCHER)).status_code == 200
        refused = await world.get(f"/api/cases/{case_id}{path}", *STRANGER)
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown_case")
        nothing = await world.get(f"/api/cases/{uuid4()}{path}", *STRANGER)
        assert refused.content == nothing.content
    for path in ("/api/cases", "/api/board"):
        assert case_id in {each["case_id"] for each in await everything(world, DISPATCHER, path)}
        assert case_id in {each["case_id"] for each in await everything(world, COUNTY_HAT, path)}
        assert case_id not in {each["case_id"] for each in await everything(world, STRANGER, path)}
        for asked in (TOWNSHIP, VILLAGE, COUNTY):
            refused = await world.get(path, *STRANGER, division=asked)
            assert (refused.status_code, refused.json()["code"]) == (403, "division_outside_scope")
        unknown = await world.get(path, *STRANGER, division="999999999999")
        assert unknown.json()["code"] == "unknown_division"


async def test_a_unit_sees_what_it_has_had_and_nothing_else(world: Any) -> None:
    case_id = (await world.opened())["case_id"]
    assert (await world.get(f"/api/cases/{case_id}", *HANDLER)).status_code == 404
    await world.act(case_id, "triage", *DISPATCHER, fields={"grade": "general"})
    await world.act(case_id, "dispatch", *DISPATCHER, fields={"unit": UNIT})
    shown = (await world.get(f"/api/cases/{case_id}", *HANDLER)).json()
    mine = {action["id"] for action in shown["actions"]}
    assert "sign" in mine
    assert not mine & {"triage", "dispatch", "transfer", "supervise"}
    for path in ("/api/cases", "/api/board"):
        for query in ({}, {"division": TOWNSHIP}, {"division": UNIT}):
            assert case_id in {each["case_id"] for each in await everything(world, HANDLER, path, **query)}
        assert case_id not in {each["case_id"] for each in await everything(world, HANDLER, path, division=OTHER)}


async def test_pages_are_complete_and_without_doubles(world: Any) -> None:
    for number in range(12):
        await world.opened(fields={"emergency": number % 3 == 0})
    whole = await everything(world, COUNTY_HAT, limit=200)
    paged = await everything(world, COUNTY_HAT, limit=5)
    assert paged == whole
    (shown,) = await world.ledger.writers.fetch('select count(*) from "case" where sealed is null')
    assert len({each["case_id"] for each in whole}) == len(whole) == shown["count"]
    dated = [each["due_at"] for each in whole if each["due_at"]]
    assert dated == sorted(dated)
    assert all(each["due_at"] is None for each in whole[len(dated) :])
    board = await everything(world, COUNTY_HAT, "/api/board", limit=7)
    assert board == [each for each in whole if not each["closed"]]


async def test_lists_are_narrowed(world: Any, life: Any) -> None:
    closed = (await life())[0]["case_id"]
    marked = (await world.opened(title="五十%的_坡"))["case_id"]
    there = (await world.opened(OTHER_VILLAGE))["case_id"]

    async def ids(**query: Any) -> set[str]:
        return {each["case_id"] for each in await everything(world, COUNTY_HAT, **query)}

    assert await ids(q="十%的_") == {marked}
    assert await ids(q="YH-2") >= {marked, closed}
    assert there in await ids(division=OTHER)
    assert marked not in await ids(division=OTHER)
    assert await ids(stage="closed") == await ids(closed=True) >= {closed}
    assert await ids(procedure="drill") == set()
    assert marked in await ids(overdue=False)
    assert marked not in await ids(overdue=True)
    assert marked in await ids(due_before="2999-01-01T00:00:00+08:00")
    assert marked not in await ids(due_before="2020-01-01T00:00:00Z")


@pytest.mark.parametrize(
    "query",
    [
        {"after": "none"}, {"after": "W10"}, {"limit": 0}, {"limit": 201}, {"limit": "x"}, {"due_before": "2026"},
        {"due_before": "9999-12-31T23:59:59-12:00"}, {"q": "a\0b"}, {"overdue": "maybe"}, {"division": "x" * 65},
        {"after": "W251bGwsICIxIl0"}, {"after": "\ud800".encode("utf-8", "surrogatepass")},
    ],
)  # fmt: skip
async def test_a_bad_question_is_answered(world: Any, query: dict[str, Any]) -> None:
    refused = await world.get("/api/cases", *COUNTY_HAT, **query)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_query"), refused.text


async def test_the_board_counts_its_subtree(world: Any) -> None:
    await world.opened(OTHER_VILLAGE)
    board = (await world.get("/api/board", *STRANGER)).json()
    assert (board["division"], board["name"]) == (OTHER, "岳阳镇")
    assert board["counts"]["open"] == len(await everything(world, STRANGER, "/api/board"))
    assert {each["division_name"] for each in board["items"]} == {"张庄村村民委员会"}
    assert "岳阳镇" in {each["holder_name"] for each in board["items"]}
    county = (await world.get("/api/board", *COUNTY_HAT)).json()["counts"]
    parts = [(await world.get("/api/board", *COUNTY_HAT, division=d)).json()["counts"] for d in (TOWNSHIP, OTHER)]
    assert county == {name: sum(part[name] for part in parts) for name in county}


async def test_a_resident_follows_what_he_reported_and_nothing_of_the_neighbours(world: Any) -> None:
    resident, neighbour = ("P-resident", f"resident@{VILLAGE}"), ("P-neighbour", f"resident@{VILLAGE}")
    mine = (await world.post("/api/cases", *resident, REPORT)).json()["case_id"]
    theirs = (await world.opened())["case_id"]
    for path in ("/api/cases", "/api/board"):
        assert {each["case_id"] for each in await everything(world, resident, path)} == {mine}
        assert {each["case_id"] for each in await everything(world, resident, path, division=VILLAGE)} == {mine}
        assert await everything(world, neighbour, path) == []
    assert (await world.get(f"/api/cases/{mine}", *resident)).status_code == 200
    for case_id, who in ((theirs, resident), (mine, neighbour)):
        for path in ("", "/history", "/replay?version=1"):
            assert (await world.get(f"/api/cases/{case_id}{path}", *who)).status_code == 404
    refused = await world.act(mine, "triage", *neighbour, fields={"grade": "general"})
    assert refused.json()["code"] == "unknown_case"


async def test_who_reported_is_told_only_on_the_record(world: Any) -> None:
    """The follow-up caller states why, which is an event; nobody else, and no answer before that, tells it."""
    caller, other = ("P-caller", f"caller@{TOWNSHIP}"), ("P-caller-2", f"caller@{TOWNSHIP}")
    case_id = (await world.opened(reporter={"name": "样例·来信人", "phone": "10000000001"}))["case_id"]
    path = f"/api/cases/{case_id}/reporter"
    await world.act(case_id, "triage", *DISPATCHER, fields={"grade": "general"})
    await world.act(case_id, "dispatch", *DISPATCHER, fields={"unit": UNIT})
    await world.act(case_id, "sign", *HANDLER)
    early = await world.act(case_id, "view_reporter", *caller, reason="回访")
    assert early.json()["code"] == "action_not_allowed_in_stage"
    await world.act(case_id, "submit", *HANDLER, fields={"result": "已修", "evidence": await world.picture()})
    await world.act(case_id, "approve", "P-approver", f"approver@{TOWNSHIP}", fields={"approval_opinion": "同意"})
    for who in (caller, DISPATCHER):
        refused = await world.get(path, *who)
        assert (refused.status_code, refused.json()["code"]) == (403, "reporter_not_revealed")
    assert (await world.act(case_id, "view_reporter", *caller)).json()["code"] == "invalid_fields"
    assert (await world.act(case_id, "view_reporter", *DISPATCHER, reason="看看")).json()["code"] == "hat_not_allowed"
    assert (await world.act(case_id, "view_reporter", *caller, reason="回访")).status_code == 200
    told = await world.get(path, *caller)
    ReporterShape.model_validate(told.json())
    assert told.json() == {"name": "样例·来信人", "phone": "10000000001", "sources": []}
    assert (await world.get(path, *other)).json()["code"] == "reporter_not_revealed"
    history = (await world.get(f"/api/cases/{case_id}/history", *DISPATCHER)).text
    assert "view_reporter" in history
    assert "10000000001" not in history
    await world.act(case_id, "follow_up", *caller, fields={"satisfaction": "satisfied", "follow_up_note": "满意"})
    assert (await world.get(path, *caller)).json()["code"] == "reporter_not_revealed"
