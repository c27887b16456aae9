"""What the registers do to cases: duty lists hold, delegates act in their own name, codes mean what they meant."""

import csv
from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from typing import Any

import pytest
import pytest_asyncio

from domain.case.command import Open
from domain.rules.hat import Actor, Hat
from domain.rules.refusal import Code, Refusal
from ledger.identity import token as tokens
from ledger.identity.name import names
from ledger.identity.scope import view_of
from ledger.read.listing import Filter
from ledger.read.query import listed
from ledger.registers.division import Division
from ledger.registers.gazetteer import parse
from ledger.registers.loading import load
from ledger.registers.register import Loaded, load_divisions
from ledger.registers.register_kind import KINDS
from ledger.registers.sheet import sheet
from settings import ROOT
from tests.domain.scene import (
    APPROVER,
    COUNTY,
    COUNTY_UNIT,
    DISPATCHER,
    HAZARD,
    PHOTO,
    TOWNSHIP,
    TOWNSHIP_UNIT,
    VILLAGE,
)
from tests.ledger.county import County, Database, inhabited, told

DATA = ROOT.parent / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the tables of divisions are not at hand")
LISTS = "division,list,code,title,basis,matters\n"
LISTED = f"{LISTS}{TOWNSHIP},duty,D1,样例·矛盾纠纷排查,样例依据,dispute\n"
BARRED = f"{LISTS}{TOWNSHIP},negative,N1,样例·不得承担,样例依据,safety\n"


@pytest_asyncio.fixture
async def one(copied: Callable[[], Database]) -> AsyncIterator[County]:
    """A county of the test's own, for what it loads binds all."""
    async with inhabited(copied(), 3) as county:
        yield county


async def put(county: County, kind: str, table: str) -> Loaded:
    return await load(county.ledger.writers, KINDS[kind], sheet(table.encode()))


async def numbers(county: County, hat: str, person: str = "P-0001") -> set[str]:
    """The cases that this hat is shown."""
    return {item.number for item in await shown(county, hat, person)}


async def shown(county: County, hat: str, person: str = "P-0001") -> Any:
    async with county.ledger.reading() as connection:
        view = await view_of(connection, Actor(person, Hat.parse(hat)))
        return (await listed(connection, county.ledger.library, view, Filter(), limit=200)).items


@pytest.mark.parametrize("table", [LISTED, BARRED])
async def test_what_is_not_on_the_list_is_not_pushed_down(one: County, table: str) -> None:
    case_id = await one.open()
    await one.lead(case_id, "triage")
    await put(one, "duties", table)
    refused = await one.act(case_id, "dispatch", DISPATCHER, {"unit": TOWNSHIP_UNIT})
    assert (refused.outcome, "职责清单" in told(refused)["detail"]) == ("requirement_not_met", True)
    assert "职责准入" in told(refused)["detail"]
    refused = await one.act(case_id, "assign", f"dispatcher@{COUNTY}", {"unit": TOWNSHIP_UNIT, "emergency": False})
    assert refused.outcome == "requirement_not_met"
    assert (await one.act(case_id, "dispatch", DISPATCHER, {"unit": COUNTY_UNIT})).outcome == "acted"
    refused = await one.act(case_id, "transfer", DISPATCHER, {"unit": TOWNSHIP_UNIT}, reason="属地")
    assert refused.outcome == "requirement_not_met"
    share = {"unit": TOWNSHIP_UNIT, "instructions": "请配合"}
    refused = await one.act(case_id, "co_handle", DISPATCHER, share)
    assert refused.outcome == "requirement_not_met"
    urgent = await one.act(case_id, "co_handle", DISPATCHER, share | {"emergency": True})
    assert (urgent.outcome, "说明理由" in told(urgent)["detail"]) == ("invalid_fields", True)
    urgent = await one.act(case_id, "co_handle", DISPATCHER, share | {"emergency": True}, reason="险情")
    assert urgent.outcome == "acted", urgent
    passed = await one.act(case_id, "transfer", DISPATCHER, {"unit": TOWNSHIP_UNIT, "emergency": True}, reason="险情")
    assert passed.outcome == "acted", passed
    bodies = await one.rows("select body from event where case_id = $1 and body like '%\"override\"%'", case_id)
    assert ["职责清单" in row["body"] for row in bodies] == [True, True]
    assert await one.faults(case_id) == []


async def test_what_is_on_the_list_and_where_there_is_none_goes_on(one: County) -> None:
    before, after = await one.open(), await one.open(fields={**HAZARD, "kind": "dispute"})
    await one.lead(before, "dispatch")
    await put(one, "duties", LISTED)
    await one.lead(after, "dispatch")
    events = await one.value("select string_agg(body, '') from event where case_id = any($1)", [before, after])
    assert '"override"' not in events


async def test_a_list_that_has_ended_binds_nobody(one: County) -> None:
    case_id = await one.open()
    await put(one, "duties", f"{LISTS[:-1]},valid_from,valid_to\n{LISTED.splitlines()[1]},2020-01-01,2020-02-01\n")
    await one.lead(case_id, "dispatch")


async def test_a_delegate_acts_in_his_own_name_and_only_while_it_lasts(one: County) -> None:
    writers, hat = one.ledger.writers, Hat.parse(DISPATCHER)
    await put(one, "people", "id,name\nD-1,样例·代理人\nD-2,样例·调度\n")
    await put(one, "posts", f"person,hat\nD-2,{DISPATCHER}\n")
    today = await one.value("select today()")
    assert not await tokens.stands_in(writers, "D-1", hat)

    async def away(begins: date, ends: date) -> Loaded:
        return await put(one, "absences", f"person,hat,from_on,to_on,delegate\nD-2,{DISPATCHER},{begins},{ends},D-1\n")

    day = timedelta(days=1)
    token = await tokens.create(writers, "D-1", hat, delegated=True)
    assert await away(today - 3 * day, today - day) == Loaded(1, 0, 0)
    outside = Refusal(Code("delegation_over"), f"代理期限为 {today - 3 * day} 至 {today - day}，现在不能以此身份办理")
    assert (await tokens.stands_in(writers, "D-1", hat), await tokens.bearer(writers, token)) == (False, outside)
    assert await away(today + 2 * day, today + 3 * day) == Loaded(1, 0, 0)
    coming = Refusal(
        Code("delegation_over"), f"代理期限为 {today + 2 * day} 至 {today + 3 * day}，现在不能以此身份办理"
    )
    assert (await tokens.stands_in(writers, "D-1", hat), await tokens.bearer(writers, token)) == (True, coming)
    assert await away(today - 3 * day, today + day) == Loaded(0, 1, 0)
    actor = await tokens.bearer(writers, token)
    assert isinstance(actor, Actor)
    assert actor == Actor("D-1", hat)
    case_id = await one.open()
    done = await one.act(case_id, "triage", DISPATCHER, {"grade": "general"}, person=actor.person)
    assert done.outcome == "acted"
    leaf = await one.value("select leaf from event where case_id = $1 and version = 2", case_id)
    assert ('"actor":"D-1"' in leaf, f'"hat":"{DISPATCHER}"' in leaf) == (True, True)
    # Persons are compared, whatever hat they stand in for: who handled it does not approve it.
    handled = {"measures": "已填平", "evidence": [PHOTO]}
    assert (await one.act(case_id, "fix_on_spot", f"clerk@{VILLAGE}", handled, person="D-1")).outcome == "acted"
    same = await one.act(case_id, "approve", APPROVER, {"approval_opinion": "属实"}, person="D-1")
    assert same.outcome == "same_person"
    assert await away(today - 3 * day, today - day) == Loaded(0, 1, 0)
    assert await tokens.bearer(writers, token) == coming


def editions() -> dict[int, list[Division]]:
    """The five editions, below a county."""
    found: dict[int, list[Division]] = {}
    with (DATA / "guxian_divisions_history_2019_2023.csv").open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            level = "village" if row["level"] == "community" else row["level"]
            found.setdefault(int(row["year"]), []).append(Division(row["code"], row["name"], level, row["parent"]))
    return dict(sorted(found.items()))


@needs_data
async def test_a_case_means_the_village_of_its_own_time(one: County) -> None:
    await one.forge("delete from division where level in ('township', 'village')")
    rows_of = editions()
    later = {row.code: row.name for row in rows_of[2020]}
    reused = {row.code: row.name for row in rows_of[2019] if later.get(row.code, row.name) != row.name}
    loaded, opened = {}, dict[tuple[str, int], Any]()
    for year, rows in rows_of.items():
        loaded[year] = await load_divisions(one.ledger.writers, rows, year, date(year, 1, 1), whole=True)
        for code in reused if year in (2019, 2020) else ():
            request = one.request(Open("hazard", code, "路边大坑", HAZARD), f"dispatcher@{code[:9]}000")
            opened[code, year] = told(await one.ledger.registrar.rule(request))
    assert len(reused) == 4
    # 24 went and 4 changed in 2020; 18 went and 17 came in 2021.
    assert loaded == {
        2019: Loaded(106, 0, 0),
        2020: Loaded(4, 28, 78),
        2021: Loaded(17, 18, 68),
        2022: Loaded(0, 0, 85),
        2023: Loaded(0, 0, 85),
    }
    assert await one.value("select count(*) from division where valid_to is null and lineage ? 'township'") == 85
    named = {item.number: item.division_name for item in await shown(one, f"dispatcher@{COUNTY}")}
    for (code, year), case in opened.items():
        meant = {2019: reused[code], 2020: later[code]}[year]
        assert named[case["number"]] == meant
        opened_at = await one.value('select opened_at from "case" where number = $1', case["number"])
        async with one.ledger.reading() as connection:
            assert (await names(connection, {"division": code}, at=opened_at)).scope(code) == meant
            assert (await names(connection, {"division": code})).scope(code) == later[code]


async def test_a_dispatch_order_names_the_village_that_was_meant(one: County) -> None:
    case_id = await one.open()
    await one.lead(case_id, "triage")
    name = await one.value("select name from division where code = $1", VILLAGE)
    renamed = [Division(VILLAGE, "样例·改名村", "village", TOWNSHIP)]
    assert await load_divisions(one.ledger.writers, renamed, 2024, date(2024, 1, 1)) == Loaded(0, 1, 0)
    await one.lead(case_id, "dispatch", "dispatch")
    body = await one.value("select body from event where case_id = $1 and name = 'ActionTaken' and body like '%papers%'"
                           " order by version desc limit 1", case_id)  # fmt: skip
    assert (name in body, "样例·改名村" in body) == (True, False)


@needs_data
async def test_two_counties_do_not_see_each_other(one: County) -> None:
    rows = parse((DATA / "shanxi_divisions.csv").read_bytes())
    by_county: dict[str, int] = {}
    for row in rows:
        by_county[row.code[:6]] = by_county.get(row.code[:6], 0) + 1
    other = max(by_county, key=lambda code: by_county[code])
    above = {"140000000000", f"{other[:4]}00000000"}
    chosen = [row for row in rows if row.code[:6] == other or row.code in above]
    assert (await load_divisions(one.ledger.writers, chosen, 2023, date(2023, 1, 1))).added >= by_county[other]
    assert by_county[other] > 500
    township = next(row.code for row in chosen if row.level == "township")
    village = next(row.code for row in chosen if row.parent == township)
    here = await one.open()
    request = one.request(Open("hazard", village, "邻县一处", HAZARD), f"dispatcher@{township}")
    answer = told(await one.ledger.registrar.rule(request))
    number = await one.value('select number from "case" where id = $1', here)
    theirs = f"dispatcher@{other}000000"
    assert await numbers(one, f"dispatcher@{COUNTY}") == {number}
    assert await numbers(one, theirs) == await numbers(one, f"dispatcher@{township}") == {answer["number"]}
    for case_id, hat in ((here, theirs), (answer["case_id"], f"dispatcher@{COUNTY}")):
        assert (await one.act(case_id, "triage", hat, {"grade": "simple"})).outcome == "case_outside_scope"
    wrong = one.request(Open("hazard", village, "越界", HAZARD), f"dispatcher@{COUNTY}")
    assert (await one.ledger.registrar.rule(wrong)).outcome == "division_outside_scope"
