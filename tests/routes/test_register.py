"""The registers as the interface tells them."""

from typing import Any

import pytest

from application.shapes.register import DutyPageShape, DutyRoomShape, GridsShape, UnitPageShape
from ledger.registers.loading import load
from ledger.registers.register_kind import KINDS
from ledger.registers.sheet import sheet

COUNTY, TOWNSHIP, VILLAGE, UNIT = "141025000000", "141025101000", "141025101200", "U-141025101-01"
OTHER, OTHER_VILLAGE = "141025102000", "141025102201"
RESIDENT = ("P-resident", f"resident@{VILLAGE}")
DISPATCHER = ("P-dispatcher", f"dispatcher@{TOWNSHIP}")
TABLES = {
    "people": "id,name\nG-1,样例·网格员\nG-2,样例·接班人\n",
    "units": f"id,name,division\nU-R-1,样例·县应急局,{COUNTY}\nU-R-2,样例·邻镇队,{OTHER}\n",
    "grids": f"code,name,worker,phone\n{VILLAGE}B001,北平分网格,G-1,0357-8320000\n{TOWNSHIP}A001,北平总网格,,\n",
    "matters": "code,division,unit,title\n"
    f"R-fire,{COUNTY},U-R-1,防火\nR-fire,{OTHER},U-R-2,防火\nR-road,{TOWNSHIP},{UNIT},道路\n",
    "duties": "division,list,code,title,basis\n"
    + "".join(f"{VILLAGE},negative,R{n},样例·不得要求{n},样例依据\n" for n in range(3)),
    "rosters": f"division,from_at,to_at,person\n{TOWNSHIP},2020-01-01 08:00,2090-01-01 08:00,G-1\n",
}  # fmt: skip


@pytest.fixture
async def registers(world: Any) -> Any:
    for kind, table in TABLES.items():
        await load(world.ledger.writers, KINDS[kind], sheet(table.encode()))
    return world


async def test_a_resident_knows_the_grid_worker(registers: Any) -> None:
    answer = await registers.get(f"/api/divisions/{VILLAGE}/grid", *RESIDENT)
    assert answer.status_code == 200
    GridsShape.model_validate(answer.json())
    assert answer.json()["items"] == [
        {"code": f"{TOWNSHIP}A001", "name": "北平总网格", "level": "general", "worker": None, "phone": None},
        {
            "code": f"{VILLAGE}B001",
            "name": "北平分网格",
            "level": "division",
            "worker": "样例·网格员",
            "phone": "0357-8320000",
        },
    ]
    assert (await registers.get("/api/divisions/999/grid", *RESIDENT)).json()["code"] == "unknown_division"


@pytest.mark.parametrize(
    ("division", "matter", "units"),
    [
        (VILLAGE, "R-fire", ["U-R-1"]),
        (VILLAGE, "R-road", [UNIT]),
        (OTHER, "R-fire", ["U-R-1", "U-R-2"]),
        (COUNTY, "R-fire", ["U-R-1", "U-R-2"]),
        (OTHER, "R-road", []),
        (None, "R-fire", ["U-R-1", "U-R-2"]),
    ],
)
async def test_units_are_suggested_by_the_register(
    registers: Any, division: str | None, matter: str, units: list[str]
) -> None:
    query = {"matter": matter} | ({"division": division} if division else {})
    answer = (await registers.get("/api/units", *DISPATCHER, **query)).json()
    UnitPageShape.model_validate(answer)
    assert [unit["id"] for unit in answer["items"]] == units


async def test_duty_lists_are_told_page_by_page(registers: Any) -> None:
    first = (await registers.get("/api/duties", *DISPATCHER, division=TOWNSHIP, limit=2)).json()
    DutyPageShape.model_validate(first)
    rest = (await registers.get("/api/duties", *DISPATCHER, division=TOWNSHIP, limit=2, after=first["next"])).json()
    assert [each["code"] for each in (*first["items"], *rest["items"])] == ["R0", "R1", "R2"]
    assert (rest["next"], rest["items"][0]["list"], rest["items"][0]["matters"]) == (None, "negative", ["R2"])
    assert (await registers.get("/api/duties", *DISPATCHER, after="x")).json()["code"] == "invalid_query"


async def test_the_duty_room_is_for_those_above_it(registers: Any) -> None:
    room = await registers.get(f"/api/divisions/{TOWNSHIP}/duty", *DISPATCHER)
    DutyRoomShape.model_validate(room.json())
    assert [each["name"] for each in room.json()["on_duty"]] == ["样例·网格员"]
    for who in (RESIDENT, ("P-other", f"dispatcher@{OTHER}")):
        answer = await registers.get(f"/api/divisions/{TOWNSHIP}/duty", *who)
        assert answer.json()["code"] == "division_outside_scope"


async def test_what_is_not_on_the_list_is_refused_with_the_rule(registers: Any) -> None:
    lists = f"division,list,code,title,basis,matters\n{OTHER},duty,R-D,样例·矛盾纠纷排查,样例依据,dispute\n"
    await load(registers.ledger.writers, KINDS["duties"], sheet(lists.encode()))
    case_id = (await registers.opened(division=OTHER_VILLAGE))["case_id"]
    who = ("P-dispatcher", f"dispatcher@{OTHER}")
    await registers.act(case_id, "triage", *who, fields={"grade": "general"})
    refused = await registers.act(case_id, "dispatch", *who, fields={"unit": "U-R-2"})
    assert (refused.status_code, refused.json()["code"]) == (409, "requirement_not_met")
    assert "职责清单" in refused.json()["detail"]
    unreasoned = await registers.act(case_id, "dispatch", *who, fields={"unit": "U-R-2", "emergency": True})
    assert [each["name"] for each in unreasoned.json()["errors"]] == ["reason"]
    urgent = {"fields": {"unit": "U-R-2", "emergency": True}, "reason": "险情扩大"}
    passed = await registers.act(case_id, "dispatch", *who, **urgent)
    assert passed.status_code == 200
    told = (await registers.get(f"/api/cases/{case_id}/history", *who)).json()["events"][-1]
    assert "职责准入" in told["data"]["fields"]["override"]
