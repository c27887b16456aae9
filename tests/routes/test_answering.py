"""Who answers for a case, and who is in touch with a household."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from application.shapes.case import CaseShape, ReplayShape
from application.shapes.register import ContactShape
from domain.days.instant import SHANGHAI, day_of
from domain.days.office_hours import OfficeHours
from domain.rules.hat import Actor, Hat
from ledger.identity.incumbent import OFFICE_HOURS, set_office_hours
from ledger.registers.loading import load
from ledger.registers.register_kind import KINDS
from ledger.registers.sheet import sheet
from ledger.registers.voiding import void
from tests.moment import now

COUNTY, TOWNSHIP, VILLAGE = "141025000000", "141025101000", "141025101200"
OTHER, OTHER_VILLAGE = "141025102000", "141025102201"
HOLDER = ("A-holder", f"dispatcher@{OTHER}")
RESIDENT = ("A-resident", f"resident@{OTHER_VILLAGE}")
PEOPLE = "id,name\nA-1,样例·前班\nA-2,样例·后班\nA-3,样例·代理\nA-4,样例·前任\n"


async def put(world: Any, kind: str, table: str) -> None:
    await load(world.ledger.writers, KINDS[kind], sheet(table.encode()))


@pytest.fixture
async def closed_offices(world: Any) -> AsyncIterator[Any]:
    """A county whose offices are closed whenever this is tried: the duty roster answers."""
    await put(world, "people", PEOPLE)
    minute = now(SHANGHAI) + timedelta(hours=12)
    begins = minute.replace(hour=min(minute.hour, 22))
    await set_office_hours(world.ledger.writers, OfficeHours.parse(f"{begins:%H}:00-{begins:%H}:01"))
    yield world
    await world.ledger.writers.fetch("delete from setting where name = $1", OFFICE_HOURS)


async def test_officials_see_who_answers_now_and_who_did_then(closed_offices: Any) -> None:
    world = closed_offices
    at = now(SHANGHAI)
    begins, ends = at - timedelta(hours=1), at + timedelta(hours=1)
    table = f"division,from_at,to_at,person\n{OTHER},{begins},{ends},A-1\n"
    await put(world, "rosters", table)
    case = await world.opened(division=OTHER_VILLAGE)
    path = f"/api/cases/{case['case_id']}"
    # What is voided or loaded afterwards changes who answers, and not who did then, though it speaks of the same hours.
    actor = Actor("A-2", Hat.parse(f"dispatcher@{OTHER}"))
    await void(world.ledger.writers, KINDS["rosters"], [OTHER, str(begins), "A-1"], actor, "换班")
    await put(world, "rosters", table.replace("A-1", "A-2"))
    shown = (await world.get(path, *HOLDER)).json()
    CaseShape.model_validate(shown)
    first, *others = shown["answering"]
    assert (first["name"], first["basis"], first["post"]) == ("样例·后班", "on_duty", "岳阳镇 调度员")
    assert datetime.fromisoformat(first["until"]) == ends
    assert ("A-holder", "holder") in [(each["name"], each["basis"]) for each in others]
    then = (await world.get(f"{path}/replay", *HOLDER, at=case["recorded_at"])).json()
    ReplayShape.model_validate(then)
    assert (then["answering"][0]["name"], then["version"]) == ("样例·前班", 1)
    by_version = (await world.get(f"{path}/replay", *HOLDER, version=1)).json()
    assert by_version == {name: value for name, value in then.items() if name != "answering"}


async def test_residents_see_the_office_and_no_name(world: Any) -> None:
    report = {"procedure": "hazard", "division": OTHER_VILLAGE, "title": "样例：路面塌陷",
              "fields": {"kind": "safety", "place": "村口", "description": "路面塌陷"}}  # fmt: skip
    case = (await world.post("/api/cases", *RESIDENT, report)).json()
    for path in ("", f"/replay?at={case['recorded_at'].replace('+', '%2B')}"):
        told = (await world.get(f"/api/cases/{case['case_id']}{path}", *RESIDENT)).json()
        assert ("answering" in told, told["holder"]) == (False, f"dispatcher@{OTHER}")


async def test_whose_post_has_ended_is_told_so(world: Any) -> None:
    await put(world, "people", PEOPLE)
    hat, today = f"clerk@{OTHER_VILLAGE}", day_of(now(SHANGHAI))
    await put(world, "posts", f"person,hat,valid_from\nA-4,{hat},2020-01-01\n")
    assert (await world.get("/api/procedures", "A-4", hat)).status_code == 200
    await put(world, "posts", f"person,hat,valid_to\nA-4,{hat},{today}\n")
    refused = await world.get("/api/procedures", "A-4", hat)
    assert (refused.status_code, refused.json()["code"]) == (403, "post_over")
    assert refused.json()["detail"] == f"您的村干部任职已于 {today} 结束，不能再以此身份办理"
    written = await world.post("/api/cases", "A-4", hat, {})
    assert written.json()["code"] == "post_over"
    await put(world, "posts", f"person,hat\nA-4,{hat}\n")
    assert (await world.get("/api/procedures", "A-4", hat)).status_code == 200


async def test_a_villager_knows_who_is_in_touch_with_the_household(world: Any) -> None:
    await put(world, "people", PEOPLE)
    village = OTHER_VILLAGE
    await put(world, "contacts", f"village,household,person\n{village},H9,A-1\n{village},H8,\n{village},H7,A-2\n")
    await put(world, "grids", f"code,name,worker,phone\n{village}E008,一,A-2,0357-1\n{village}E009,二,A-1,0357-2\n")
    path = f"/api/divisions/{village}/households"
    told = (await world.get(f"{path}/H9/contact", *RESIDENT)).json()
    ContactShape.model_validate(told)
    assert told == {"village": village, "household": "H9", "contact": "样例·前班", "phone": "0357-2"}
    assert (await world.get(f"{path}/H8/contact", *RESIDENT)).json() | {"phone": None} == {
        "village": village, "household": "H8", "contact": None, "phone": None,
    }  # fmt: skip
    for official in (HOLDER, ("A-county", f"inspector@{COUNTY}")):
        assert (await world.get(f"{path}/H7/contact", *official)).json()["contact"] == "样例·后班"
    unknown = await world.get(f"{path}/H99/contact", *RESIDENT)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_household")
    for stranger in (("A-neighbour", f"resident@{VILLAGE}"), ("A-far", f"dispatcher@{TOWNSHIP}")):
        refused = await world.get(f"{path}/H9/contact", *stranger)
        assert (refused.status_code, refused.json()["code"]) == (403, "division_outside_scope")
