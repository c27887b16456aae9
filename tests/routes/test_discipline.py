"""Surprise checks before they are carried out, and the direct line for ever: not there for the place, by any route."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from tests.procedures.check import SURPRISE
from tests.procedures.direct_line import SAID
from tests.routes.conftest import COUNTY, OTHER, TOWNSHIP, UNIT, VILLAGE, Row

Who = tuple[str, str]
OFFICE, COUNTY_OFFICE = ("P-office", f"inspector@{TOWNSHIP}"), ("P-county-office", f"inspector@{COUNTY}")
SECOND, MEMBER = ("P-office-2", f"inspector@{TOWNSHIP}"), ("P-member", f"committee@{VILLAGE}")
PLACE: Sequence[Who] = (
    ("P-clerk", f"clerk@{VILLAGE}"),
    ("P-grid", f"grid_worker@{VILLAGE}"),
    ("P-member-2", f"committee@{VILLAGE}"),
    ("P-resident", f"resident@{VILLAGE}"),
    ("P-dispatcher", f"dispatcher@{TOWNSHIP}"),
    ("P-head", f"head@{TOWNSHIP}"),
    ("P-approver", f"approver@{TOWNSHIP}"),
    ("P-petition", f"petition_officer@{TOWNSHIP}"),
    ("P-handler", f"handler@{UNIT}"),
    ("P-county", f"dispatcher@{COUNTY}"),
    ("P-county-head", f"head@{COUNTY}"),
    ("P-administrator", f"administrator@{COUNTY}"),
    ("P-integration", f"integration@{COUNTY}"),
    ("P-other-office", f"inspector@{OTHER}"),
)
NEAREST = [who for who in PLACE if who[0] in ("P-clerk", "P-head", "P-dispatcher", "P-member-2")]
READS = (
    "", "/history", "/replay?version=1", "/clocks/carry_out/explanation", "/clocks/accept/explanation", "/documents",
    "/documents/1", "/similar", "/reporter", "/list",
)  # fmt: skip


async def opened(world: Any, procedure: str, who: Who, fields: Row, title: str) -> Row:
    body = {"procedure": procedure, "division": VILLAGE, "title": title, "fields": fields}
    answer = await world.post("/api/cases", *who, body)
    assert answer.status_code == 201, answer.text
    case: Row = answer.json()
    return case


async def taken(world: Any, case_id: str, action: str, who: Who, reason: str | None = None, **fields: Any) -> Row:
    more = {"reason": reason} if reason else {}
    answer = await world.act(case_id, action, *who, fields=fields, **more)
    assert answer.status_code == 200, answer.text
    case: Row = answer.json()
    return case


async def listed(world: Any, who: Who, path: str = "/api/cases", **query: Any) -> set[str]:
    answer = await world.get(path, *who, limit=200, **query)
    assert answer.status_code == 200, answer.text
    assert answer.json()["next"] is None
    return {each["case_id"] for each in answer.json()["items"]}


async def hidden(world: Any, case: Row, number: str, who: Who) -> None:
    """Whoever this is finds nothing of the case, whichever way is tried, and gets the answers that nothing gets."""
    case_id, title = case["case_id"], case["title"]
    for path in READS:
        refused = await world.get(f"/api/cases/{case_id}{path}", *who)
        nothing = await world.get(f"/api/cases/{uuid4()}{path}", *who)
        assert (refused.status_code, refused.content) == (404, nothing.content), (who, path, refused.text)
    for query in ({}, {"q": title}, {"q": number}, {"procedure": case["procedure"]["id"]}, {"stage": case["stage"]}):
        assert case_id not in await listed(world, who, **query), (who, query)
    assert case_id not in await listed(world, who, "/api/board")
    asked = {"procedure": case["procedure"]["id"], "division": VILLAGE, "title": title, "q": title}
    alike = await world.get("/api/similar", *who, **asked)
    assert case_id not in alike.text
    for action in ("urge", "link", "carry_out", "accept"):
        assert (await world.act(case_id, action, *who)).json()["code"] == "unknown_case", (who, action)


async def linked(world: Any, other: str) -> str:
    """How a dispatcher fares who tries to write the number into a case of the township."""
    hazard = (await world.opened())["case_id"]
    answer = await world.act(
        hazard, "link", "P-dispatcher", f"dispatcher@{TOWNSHIP}", fields={"other": other, "relation": "?"}
    )
    return str(answer.json()["code"])


async def counts(world: Any, who: Who) -> Row:
    told: Row = (await world.get("/api/board", *who)).json()["counts"]
    return told


async def test_a_surprise_check_is_not_there_for_the_place_until_it_is_carried_out(world: Any) -> None:
    before = {who: await counts(world, who) for who in PLACE}
    case = await opened(world, "check", COUNTY_OFFICE, SURPRISE, "样例·突击抽查")
    case_id = case["case_id"]
    for who in PLACE:
        await hidden(world, case, case["number"], who)
        assert await counts(world, who) == before[who]
    assert await linked(world, case["number"]) == "invalid_fields"
    for who in (OFFICE, COUNTY_OFFICE):
        assert case_id in await listed(world, who)
    files = [await world.picture(*OFFICE)]
    said = {"carried_out_on": "2020-01-06", "checkers": "甲、乙", "record": "查看账簿", "record_files": files}
    own = await world.act(case_id, "carry_out", *COUNTY_OFFICE, fields=said, reason="实施")
    assert own.json()["code"] == "same_person"
    assert (await taken(world, case_id, "carry_out", OFFICE, "按计划实施", **said))["sealed"] is False
    for who in (("P-clerk", f"clerk@{VILLAGE}"), ("P-head", f"head@{TOWNSHIP}")):
        assert case_id in await listed(world, who)
        assert (await world.get(f"/api/cases/{case_id}/history", *who)).status_code == 200


async def test_the_direct_line_is_not_there_for_anybody_but_the_discipline_organs(world: Any) -> None:
    before = {who: await counts(world, who) for who in PLACE}
    case = await opened(world, "direct_line", MEMBER, SAID, "样例·林地租金")
    case_id, files = case["case_id"], [await world.picture(*OFFICE)]
    steps: list[tuple[str, Who, str | None, Row]] = [
        ("accept", OFFICE, None, {}),
        ("investigate", OFFICE, None, {"investigation": "已调账"}),
        ("conclude", OFFICE, None, {"finding": "founded", "disposal": "谈话", "disposal_files": files}),
        ("answer", SECOND, None, {"reply": "属实，已入账"}),
        ("confirm", MEMBER, None, {}),
    ]  # fmt: skip
    for name, actor, reason, fields in [(None, None, None, {}), *steps]:
        if name and actor:
            await taken(world, case_id, name, actor, reason, **fields)
        for who in PLACE if name in (None, "confirm") else NEAREST:
            await hidden(world, case, case["number"], who)
            assert await counts(world, who) == before[who]
    assert await linked(world, case["number"]) == "invalid_fields"
    for who in (OFFICE, SECOND, COUNTY_OFFICE):
        assert case_id in await listed(world, who)


async def test_whoever_brought_it_sees_how_far_it_is_and_the_letters_only(world: Any) -> None:
    case = await opened(world, "direct_line", MEMBER, SAID, "样例·机动地发包")
    case_id, picture = case["case_id"], await world.picture(*OFFICE)
    await taken(world, case_id, "accept", OFFICE)
    await taken(world, case_id, "talk", OFFICE, talk="已与会计谈话", talk_files=[picture])
    assert (await world.act(case_id, "talk", *MEMBER, fields={"talk": "?"})).json()["code"] == "hat_not_allowed"
    await taken(world, case_id, "supplement", MEMBER, addition="附合同")
    seen = (await world.get(f"/api/cases/{case_id}", *MEMBER)).json()
    assert (seen["stage_title"], seen["title"]) == ("办理中", "样例·机动地发包")
    assert [seen[name] for name in ("fields", "items", "clocks", "recused")] == [{}, [], [], []]
    assert {each["id"] for each in seen["actions"]} == {"supplement"}
    assert case_id in await listed(world, MEMBER)
    for path in ("/history", "/replay?version=1", "/clocks/handle/explanation"):
        assert (await world.get(f"/api/cases/{case_id}{path}", *MEMBER)).json()["code"] == "not_public"
    assert (await world.get(f"/api/cases/{case_id}/evidence/{picture}", *MEMBER)).status_code == 404
    papers = (await world.get(f"/api/cases/{case_id}/documents", *MEMBER)).json()["items"]
    assert [each["title"] for each in papers] == ["登记回执", "受理告知书"]
    history = (await world.get(f"/api/cases/{case_id}/history", *OFFICE)).text
    assert "P-member" not in history  # who brought it is for nobody to read


async def test_what_concerns_the_township_goes_past_it(world: Any) -> None:
    for fields in (SAID | {"about": "township"}, SAID | {"conflict": True}):
        case = await opened(world, "direct_line", MEMBER, fields, "样例·涉乡镇")
        assert case["holder"] == f"inspector@{COUNTY}"
        for who in (OFFICE, *NEAREST):
            await hidden(world, case, case["number"], who)
    case = await opened(world, "direct_line", MEMBER, SAID, "样例·移送")
    await taken(world, case["case_id"], "hand_over", OFFICE, "涉及乡镇干部")
    await hidden(world, case, case["number"], OFFICE)
    assert case["case_id"] in await listed(world, COUNTY_OFFICE)
