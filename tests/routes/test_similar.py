"""Likely the same, as the API shows it: before filing and after, each only what the caller may see."""

from typing import Any

from application.shapes.similar import SimilarCasesShape
from tests.routes.conftest import OTHER, OTHER_VILLAGE, TOWNSHIP, VILLAGE

DISPATCHER = ("P-dispatcher", f"dispatcher@{TOWNSHIP}")
SAID = {"kind": "public_health", "place": "槐树井台", "description": "自来水浑浊发黄有异味，不敢喝"}
ASKED = {
    "procedure": "hazard",
    "division": VILLAGE,
    "title": "自来水发黄",
    "q": "饮用水浑浊，有异味",
    "place": "槐树井台边",
}


async def test_the_same_is_shown_before_and_after_filing(world: Any) -> None:
    first = await world.opened(title="饮水浑浊", fields=SAID)
    second = await world.opened(title="自来水发黄", fields={**SAID, "description": "家里的水发黄浑浊，有异味"})
    before = await world.get("/api/similar", *DISPATCHER, **ASKED)
    assert before.status_code == 200, before.text
    SimilarCasesShape.model_validate(before.json())
    assert {each["case_id"] for each in before.json()["items"]} >= {first["case_id"], second["case_id"]}
    after = (await world.get(f"/api/cases/{second['case_id']}/similar", *DISPATCHER)).json()
    SimilarCasesShape.model_validate(after)
    ids = [each["case_id"] for each in after["items"]]
    assert (first["case_id"] in ids, second["case_id"] in ids) == (True, False)
    (hit,) = [each for each in after["items"] if each["case_id"] == first["case_id"]]
    assert (hit["number"], hit["title"], hit["stage_title"]) == (first["number"], "饮水浑浊", "已上报")
    assert hit["score"] >= 75
    assert hit["reason"].startswith("同村，地点相同")


async def test_nobody_is_shown_what_he_may_not_see(world: Any) -> None:
    case = await world.opened(title="饮水浑浊", fields=SAID)
    other = ("P-other", f"dispatcher@{OTHER}")
    assert (await world.get("/api/similar", *other, **ASKED)).json()["items"] == []
    assert (await world.get(f"/api/cases/{case['case_id']}/similar", *other)).json()["code"] == "unknown_case"
    assert (await world.get("/api/similar", *other, **{**ASKED, "division": OTHER_VILLAGE})).json()["items"] == []


async def test_a_question_that_cannot_be_asked_is_refused(world: Any) -> None:
    for change, code in (
        ({"procedure": "none"}, "unknown_procedure"), ({"division": "999999999999"}, "unknown_division"),
        ({"title": ""}, "invalid_query"), ({"q": "坑" * 2001}, "invalid_query"), ({"place": "\x00"}, "invalid_query"),
    ):  # fmt: skip
        assert (await world.get("/api/similar", *DISPATCHER, **(ASKED | change))).json()["code"] == code, change
