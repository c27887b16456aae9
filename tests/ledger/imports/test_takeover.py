"""Matters of another system taken over with their past, on a real PostgreSQL."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from domain.case.command import Act, Import, Open
from domain.days.instant import ONE_DAY, day_of
from domain.rules.hat import Actor, Hat
from ledger.imports.column_map import Map, read
from ledger.imports.takeover import ReportLine, TakenOver, TakeoverRefused, standing, take_over
from ledger.read.history import history
from ledger.registers.sheet import Sheet, sheet
from ledger.registrar.request import imports_id
from settings import ROOT
from tests.domain.scene import COUNTY, DISPATCHER, HAZARD, TOWNSHIP, VILLAGE, when
from tests.ledger.county import County, told

SYSTEM = Actor("P-SYSTEM", Hat("integration", COUNTY))
FILE = ROOT.parent / "shared" / "data" / "nyc311_subset_2000.csv"
needs_data = pytest.mark.skipif(not FILE.exists(), reason="the requests lie beside this checkout")
NYC = "%m/%d/%Y %I:%M:%S %p"
MAP = """
format: 1
procedure: transferred
source: 样例·旧系统
reference: 编号
title: 事项
division: {value: "141025101000"}
created: {column: 受理, format: "%Y-%m-%d %H:%M:%S"}
due: {column: 期限, format: ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d"]}
closed: {column: 办结, format: ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d"]}
status: {column: 状态, closed: [办结]}
closing: {action: ended}
"""
HEADER = "编号,事项,受理,期限,办结,状态\n"


def table(*rows: str) -> Sheet:
    return sheet((HEADER + "\n".join(rows) + "\n").encode())


async def put(county: County, given: Sheet, one: Map | None = None, **more: Any) -> list[ReportLine]:
    return await take_over(county.ledger, SYSTEM, one or read(MAP), given, **more)


async def stands(county: County, given: Sheet, one: Map | None = None) -> list[TakenOver]:
    return await standing(county.superuser, SYSTEM, one or read(MAP), given, ["due"])


async def case_of(county: County, reference: str, source: str = "样例·旧系统") -> UUID:
    found = await county.value("select case_id from command where id = $1", imports_id(COUNTY, source, reference))
    assert isinstance(found, UUID)
    return found


async def past(county: County, case_id: UUID) -> list[tuple[str, str]]:
    """The events of a case and when they happened, as their leaves say."""
    rows = await county.rows(
        "select name, leaf::jsonb ->> 'occurred_at' as at from event where case_id = $1 order by version", case_id
    )
    return [(row["name"], row["at"][:19]) for row in rows]


async def test_a_past_is_decided_at_the_instants_at_which_it_happened(county: County) -> None:
    given = table("A-1,路灯不亮,2020-03-02 09:00:00,2020-03-05 17:00:00,2020-03-10 10:00:00,办结")
    (line,) = await put(county, given)
    assert (line.outcome, line.words) == ("imported", "")
    case_id = await case_of(county, "A-1")
    assert await past(county, case_id) == [
        ("CaseOpened", "2020-03-02T09:00:00"),
        ("CardIssued", "2020-03-05T00:00:00"),  # yellow: one working day left
        ("ClockWarned", "2020-03-05T01:00:00"),
        ("CardIssued", "2020-03-05T17:00:00"),
        ("CaseEscalated", "2020-03-05T17:00:00"),
        ("ActionTaken", "2020-03-10T10:00:00"),
        ("ClockLapsed", "2020-04-10T00:00:00"),
    ]
    rows = await county.rows(
        "select distinct e.recorded_at, c.opened_at, c.received_at, c.wake_at from event e"
        ' join "case" c on c.id = e.case_id where e.case_id = $1',
        case_id,
    )
    (row,) = rows  # one honest instant of recording for all of it
    assert (row["recorded_at"], row["received_at"]) == (row["opened_at"], when("2020-03-02 09:00"))
    assert row["wake_at"] is None
    assert await county.value("select count(*) from outbox where case_id = $1", case_id) == 0
    assert await county.faults(case_id) == []
    assert [(s.closed, s.cases, s.late, s.red) for s in await stands(county, given)] == [(True, 1, 1, 1)]


async def test_what_is_still_open_is_expired_up_to_now_and_lives_on(county: County) -> None:
    given = table("B-1,井盖缺失,2020-03-02 09:00:00,2020-03-05,,在办", "B-2,无期限,2020-03-02 09:00:00,,,在办")
    assert [line.outcome for line in await put(county, given)] == ["imported", "imported"]
    late, undated = await case_of(county, "B-1"), await case_of(county, "B-2")
    # A due day without time ends with the day; of no due date nothing is late for the past.
    assert ("CardIssued", "2020-03-06T00:00:00") in await past(county, late)
    assert await past(county, undated) == [("CaseOpened", "2020-03-02T09:00:00")]
    waiting = "select wake_at > recorded_at + interval '20 days' from \"case\" where id = $1"
    assert await county.value(waiting, undated)
    received = await county.value('select received_at from "case" where id = $1', undated)
    assert received == when("2020-03-02 09:00")
    assert await county.value("select count(*) from outbox where case_id = $1", late) == 1
    assert [(s.stage, s.cases, s.late) for s in await stands(county, given)] == [("在办", 2, 1)]
    county.clock.advance(days=40)
    await county.ledger.registrar.wake(undated)
    assert "CaseEscalated" in await county.events(undated)
    for case_id in (late, undated):
        assert (await county.act(case_id, "conclude", DISPATCHER, {"result": "已处理"})).outcome == "acted"
        assert await county.faults(case_id) == []


async def test_a_closing_at_the_very_due_instant_is_not_late(county: County) -> None:
    given = table(
        "C-1,刚好,2020-03-02 09:00:00,2020-03-05 17:00:00,2020-03-05 17:00:00,办结",
        "C-2,过一秒,2020-03-02 09:00:00,2020-03-05 17:00:00,2020-03-05 17:00:01,办结",
        "C-3,当日,2020-03-02 09:00:00,2020-03-05,2020-03-05,办结",
    )
    await put(county, given)
    names = {name: await county.events(await case_of(county, name)) for name in ("C-1", "C-2", "C-3")}
    assert {name: "CaseEscalated" in events for name, events in names.items()} == {
        "C-1": False, "C-2": True, "C-3": False,
    }  # fmt: skip
    assert [(s.late, s.red) for s in await stands(county, given)] == [(1, 1)]


async def test_rows_that_contradict_themselves_wait_for_a_person(county: County) -> None:
    given = table(
        "D-1,早于受理,2020-03-02 09:00:00,2020-03-05 17:00:00,1900-01-01 00:00:00,在办",
        "D-2,办结在先,2020-03-02 09:00:00,2020-03-05 17:00:00,2020-03-01 17:00:00,办结",
        "D-3,期限在先,2020-03-02 09:00:00,2020-02-05 17:00:00,,在办",
        "D-4,读不懂,三月二日,,,在办",
        "D-5,没有受理,,2020-03-05 17:00:00,,在办",
        "D-6,将来,2126-03-02 09:00:00,,,在办",
        "D-7,近的将来,2099-03-02 09:00:00,2099-04-02 09:00:00,2099-05-02,办结",
        "D-8,状态不符,2020-03-02 09:00:00,2020-03-05 17:00:00,,办结",
        "D-9,又不符,2020-03-02 09:00:00,2020-03-05 17:00:00,2020-03-04 17:00:00,在办",
    )
    lines = await put(county, given)
    assert [line.outcome for line in lines] == ["to_check"] * 7 + ["imported"] * 2
    assert [[remark.kind for remark in line.remarks] for line in lines] == [
        ["year", "open_with_time"], ["closed_first"], ["due_first"], ["created_unreadable", "no_due"],
        ["created_unreadable"], ["year", "no_due"], ["future", "future"], ["closed_without_time"], ["open_with_time"],
    ]  # fmt: skip
    assert "办结时间“1900-01-01 00:00:00”年份不合常理" in lines[0].words
    doubts = {line.reference: line.words for line in lines}
    for name in ("D-1", "D-2", "D-3", "D-4", "D-5", "D-6", "D-7"):
        case_id = await case_of(county, name)
        assert await county.events(case_id) == ["CaseOpened"], name  # its past is not judged
        query = "select stage, wake_at > recorded_at, state::jsonb -> 'fields' ->> 'doubt' from \"case\" where id = $1"
        assert tuple((await county.rows(query, case_id))[0]) == ("to_check", True, doubts[name])
    one = await case_of(county, "D-2")
    asked = {"finding": "旧系统录错", "due_at": "2099-01-01T00:00:00+08:00"}
    assert (await county.act(one, "check", DISPATCHER, asked, person=SYSTEM.person)).outcome == "same_person"
    assert (await county.act(one, "check", DISPATCHER, asked)).outcome == "acted"
    assert told(await county.act(one, "conclude", DISPATCHER, {"result": "已处理"}))["stage"] == "closed"
    assert [s.stage for s in await stands(county, given)] == ["在办", "待核对", "已办结"]


async def test_the_same_row_comes_once_and_other_content_is_a_conflict(county: County) -> None:
    row = "E-1,路灯,2020-03-02 09:00:00,2020-03-05 17:00:00,,在办"
    given = table(row, row, row.replace("路灯", "路牌"), "E-2,桥,2020-03-02 09:00:00,2020-03-05 17:00:00,,在办")
    lines = await put(county, given)
    assert [line.outcome for line in lines] == ["imported", "repeated", "conflict", "imported"]
    assert lines[2].words == "与第 2 行编号相同而内容不同，只迁入前一行"
    again = await put(county, table(row, row.replace("E-1", "E-2")))
    assert [line.outcome for line in again] == ["repeated", "conflict"]
    assert again[0].case == lines[0].case
    assert await county.value('select count(*) from "case" where id = $1', await case_of(county, "E-1")) == 1
    assert (await put(county, table(row), dry_run=True))[0].outcome == "repeated"


async def test_two_who_import_the_same_file_at_once_import_it_once(county: County) -> None:
    given = table(*(f"I-{n},路灯,2020-03-02 09:00:00,2020-03-05 17:00:00,2020-03-06,办结" for n in range(30)))
    both = await asyncio.gather(put(county, given), put(county, given))
    assert [line.case for line in both[0]] == [line.case for line in both[1]]
    ids = [await case_of(county, f"I-{n}") for n in range(30)]
    assert len(set(ids)) == 30
    assert await county.value("select count(*) from event where case_id = any($1) and version = 1", ids) == 30
    assert await county.faults() == []


async def test_a_day_that_is_not_over_and_a_time_that_is_yet_to_come(county: County) -> None:
    today = day_of(await county.value("select clock_timestamp()"))
    given = table(
        f"K-1,今日办结,2020-03-02 09:00:00,2020-03-05,{today},办结",
        f"K-2,后日办结,2020-03-02 09:00:00,2020-03-05,{today + 2 * ONE_DAY},办结",
    )
    assert [line.outcome for line in await put(county, given)] == ["imported", "to_check"]
    (closing,) = [at for name, at in await past(county, await case_of(county, "K-1")) if name == "ActionTaken"]
    assert closing[:10] == str(today)


async def test_a_refused_row_stops_nobody_and_may_come_again(county: County) -> None:
    elsewhere = MAP.replace('{value: "141025101000"}', "区划").replace("事项\n", "事项\n", 1)
    header = HEADER.replace("状态", "状态,区划")
    rows = [
        f"F-1,路灯,2020-03-02 09:00:00,,,在办,{TOWNSHIP}",
        "F-2,别县,2020-03-02 09:00:00,,,在办,141025199000",
        f",无编号,2020-03-02 09:00:00,,,在办,{TOWNSHIP}",
        f"F-4,,2020-03-02 09:00:00,,,在办,{TOWNSHIP}",
        f"F-5,路灯,2020-03-02 09:00:00,,,在办,{VILLAGE}",
        f"F-6,路灯,2020-03-02 09:00:00,,,在办,{COUNTY}",  # nobody holds it there
        f"{'F' * 61},长,2020-03-02 09:00:00,,,在办,{TOWNSHIP}",
    ]
    given = sheet((header + "\n".join(rows)).encode())
    lines = await put(county, given, read(elsewhere))
    assert [line.outcome for line in lines] == [
        "imported", "refused", "refused", "refused", "imported", "refused", "refused",
    ]  # fmt: skip
    words = [line.words for line in lines if line.outcome == "refused"]
    assert words == [
        "没有代码为“141025199000”的区划（unknown_division）", "没有编号", "请填写标题（invalid_fields）",
        "“在办”在该区划没有承办岗位，请选择下级区划（no_holder）", "编号最多 60 字",
    ]  # fmt: skip
    numbers = [line.case for line in lines if line.case]
    assert int(numbers[1][-6:]) == int(numbers[0][-6:]) + 1  # refusals leave no gap
    refused = "select count(*) from command where name = 'import' and outcome = 'unknown_division'"
    assert await county.value(refused) == 1  # kept, under an id of its own
    await county.forge(
        "insert into division (code, name, level, parent, edition, valid_from, lineage) values"
        " ('141025199000', '样例·新镇', 'township', $1, 2023, '2023-01-01',"
        " jsonb_build_object('township', '141025199000', 'county', $1::text))",
        COUNTY,
    )
    again = await put(county, given, read(elsewhere))
    assert [line.outcome for line in again[:2]] == ["repeated", "imported"]
    await county.forge("delete from division where code = '141025199000'")


async def test_only_systems_and_administrators_import_and_only_where_it_is_provided_for(county: County) -> None:
    given = table("G-1,路灯,2020-03-02 09:00:00,,,在办")
    clerk = Actor("P-0001", Hat.parse(DISPATCHER))
    with pytest.raises(TakeoverRefused):
        await take_over(county.ledger, clerk, read(MAP), given)
    then = when("2020-03-02 09:00")
    opening = Open("transferred", TOWNSHIP, "路灯", {"source": "x", "reference": "y"}, occurred_at=then)
    hazard = Open("hazard", VILLAGE, "塌方", HAZARD, occurred_at=then)
    late = Act("ended")
    asked = {
        "hat_not_allowed": (Import(opening, then), DISPATCHER),
        "not_for_import": (Import(hazard, then), f"integration@{COUNTY}"),
        "out_of_order": (Import(opening, then, ((when("2020-03-01 09:00"), late),)), f"integration@{COUNTY}"),
        "unknown_action": (Import(opening, then, ((then, Act("vanish")),)), f"integration@{COUNTY}"),
        "unknown_procedure": (Import(Open("nothing", TOWNSHIP, "路灯"), then), f"integration@{COUNTY}"),
        "invalid_fields": (Import(Open("transferred", TOWNSHIP, "路灯"), then), f"integration@{COUNTY}"),
    }
    for code, (command, hat) in asked.items():
        assert (await county.ledger.registrar.rule(county.request(command, hat))).outcome == code
    future = Import(opening, when("2099-01-01 00:00"))
    ruling = await county.ledger.registrar.rule(county.request(future, f"integration@{COUNTY}"))
    assert (ruling.outcome, ruling.case_id) == ("out_of_order", None)


async def test_an_inspector_sees_what_was_taken_over_and_how_its_date_came_about(county: County) -> None:
    await put(county, table("H-1,路灯,2020-03-02 09:00:00,2020-03-05 17:00:00,,在办"))
    case_id = await case_of(county, "H-1")
    await county.act(case_id, "urge", DISPATCHER, {})
    async with county.ledger.reading() as connection:
        events = await history(connection, case_id, 99)
    assert [event["imported"] for event in events] == [True] * (len(events) - 2) + [False] * 2
    assert events[0]["occurred_at"][:10] == events[0]["received_at"][:10] == "2020-03-02"
    assert events[0]["recorded_at"] == events[-3]["recorded_at"] > "2020-04"
    name = await county.value(
        "select name || '/' || outcome from command where case_id = $1 and from_version = 0", case_id
    )
    assert name == "import/imported"
