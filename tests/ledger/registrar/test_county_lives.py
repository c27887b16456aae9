"""What people expect on day one, on the real ledger: one order from three channels, a reward that nobody smells."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest_asyncio

from domain.case.command import Act, Open
from domain.rules.reward import Table
from keepers.courier import Courier
from ledger.identity.scope import view_of
from ledger.ledger import Ledger
from ledger.read.listing import Filter
from ledger.read.query import case_by_id, listed
from ledger.registrar.request import Reporter, Ruling
from ledger.store.connection import Connection, connect
from tests.domain.scene import COUNTY, DISPATCHER, GRID_WORKER, HANDLER, HAZARD, TOWNSHIP, VILLAGE
from tests.ledger.county import County, told
from tests.procedures import hazard as lives
from tests.procedures import reward
from tests.procedures.script import Step

CHANNELS = {"grid": GRID_WORKER, "hotline": f"integration@{COUNTY}", "visit": f"petition_officer@{TOWNSHIP}"}


@pytest_asyncio.fixture(loop_scope="session")
async def post(county: County) -> AsyncIterator[Connection]:
    connection = await connect(county.database.app_url)
    yield connection
    await connection.close()


async def carried(county: County, post: Connection) -> None:
    courier = Courier(county.ledger.registrar)
    while await courier.round(post):
        pass


async def taken(county: County, case_id: UUID, *steps: Step) -> Ruling:
    ruling = None
    for step in steps:
        ruling = await county.act(case_id, step.action, step.hat, step.fields, person=step.person, reason=step.reason)
        assert ruling.outcome == (step.refused or "acted"), (step.action, ruling.body.decode())
    assert ruling is not None
    return ruling


async def test_three_channels_one_order_a_lead_and_two_co_handlers(county: County, post: Connection) -> None:
    cases: dict[str, UUID] = {}
    for channel, hat in CHANNELS.items():
        command = Open("hazard", VILLAGE, "村口挡墙开裂", {**HAZARD, "channel": channel}, has_reporter=True)
        opening = county.request(command, hat, reporter=Reporter(f"样例·{channel}", "10000000001"))
        ruling = await county.ledger.registrar.rule(opening)
        assert ruling.case_id
        cases[channel] = ruling.case_id
    main = cases.pop("grid")
    for other in cases.values():
        await taken(county, other, Step("merge", DISPATCHER, {"into": str(main)}))
    await carried(county, post)
    share = [
        Step("co_handle", DISPATCHER, {"unit": unit, "instructions": "协助"}) for unit in ("U-141025-01", "U-141025-02")
    ]
    await taken(county, main, lives.TRIAGE, lives.DISPATCH, *share, lives.SIGN)
    await taken(county, main, Step("feed_back", "handler@U-141025-01", {"item": "co_handling.1", "result": "已到场"}))
    await taken(county, main, lives.SUBMIT, lives.APPROVE, lives.ASK)
    county.clock.advance(days=9)
    late = told(await county.act(main, "urge", DISPATCHER, {"message": "请抓紧"}))
    red = {clock["id"] for clock in late["clocks"] if "red" in clock["fired"] and clock["item"]}
    assert red == {"co_handling.2"}  # of the three units only the late one is carded
    await taken(county, main, Step("feed_back", "handler@U-141025-02", {"item": "co_handling.2", "result": "已加固"}))
    answer = {"answer": "已修好", "satisfaction": "satisfied"}
    caller = lives.ASK.hat
    await taken(county, main, *(Step("answer_source", caller, {"item": f"source.{n}", **answer}) for n in (1, 2)))
    closed = told(await taken(county, main, lives.CLOSE))
    states = {item["id"]: item["state"] for item in closed["items"]}
    assert (closed["stage"], states["source.1"], states["source.2"]) == ("closed", "answered", "answered")
    county.clock.advance(days=-9)


# Rewards ------------------------------------------------------------------------------------------------------------


async def report(county: County, received: int) -> UUID:
    """A report of illegal mining, received so many seconds before now."""
    script = reward.SCRIPTS["main"]
    now = await county.value("select clock_timestamp()")

    at = county.clock(now) - timedelta(seconds=received)
    fields = {**script.fields, "kind": "illegal_mining", "subject": "样例煤矿"}
    command = Open("reward", script.division, script.title, fields, received_at=at)
    hotline = f"integration@{COUNTY}"  # a channel that says when it was called
    ruling = await county.ledger.registrar.rule(county.request(command, hotline))
    assert ruling.outcome == "opened", ruling
    assert ruling.case_id
    return ruling.case_id


def judging() -> tuple[Step, ...]:
    """The steps of the main line up to judging who was first."""
    steps = [step for step in reward.SCRIPTS["main"].steps if isinstance(step, Step)]
    place = next(n for n, step in enumerate(steps) if step.action == "judge_first")
    return tuple(steps[: place + 1])


async def test_of_two_reports_seconds_apart_the_first_wins(county: County) -> None:
    later, sooner = await report(county, 3), await report(county, 8)  # the one received first is recorded last
    stages = {case_id: told(await taken(county, case_id, *judging()))["stage"] for case_id in (later, sooner)}
    assert stages[later] != stages[sooner]
    rows = await county.rows('select id, closed from "case" where procedure = $1', "reward")
    closed = {row["id"]: row["closed"] for row in rows}
    assert (closed[later], closed[sooner]) == (True, False)


async def visible(ledger: Ledger, county: County, hat: str, case_id: UUID) -> bool:
    actor = county.request(Act("x"), hat, case_id).actor
    async with ledger.reading() as connection:
        view = await view_of(connection, actor)
        case = await case_by_id(connection, case_id, view)
        page = await listed(connection, ledger.library, view, Filter(), limit=200)
    found = case is not None
    assert found == any(item.case_id == case_id for item in page.items)
    return found


async def test_the_dispatcher_finds_nothing_of_a_reward(county: County) -> None:
    case_id = await report(county, 0)
    for hat in (f"dispatcher@{COUNTY}", DISPATCHER, f"administrator@{COUNTY}", HANDLER, f"clerk@{VILLAGE}"):
        assert not await visible(county.ledger, county, hat, case_id), hat
        ruling = await county.act(case_id, "urge", hat, {"message": "?"})
        assert ruling.outcome == "case_outside_scope"
    assert await visible(county.ledger, county, f"petition_officer@{COUNTY}", case_id)
    number = await county.value('select number from "case" where id = $1', case_id)
    hazard = await county.open()
    asked = await county.act(hazard, "link", DISPATCHER, {"other": number, "relation": "?"})
    assert asked.outcome == "invalid_fields"  # as if there were no such number


def test_the_sums_are_exact_in_fen() -> None:
    table = Table(title="t", authority="a", percent=15, floor_fen=300_000, cap_fen=30_000_000)
    sums = [table.amount(fine) for fine in (1_999_900, 2_000_000, 200_000_100, 0, 2_000_003)]
    assert sums == [300_000, 300_000, 30_000_000, 300_000, 300_000]
    assert table.amount(2_000_010) == 300_002  # 300,001.5 fen: half a fen is rounded up
