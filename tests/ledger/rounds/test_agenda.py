"""One month of a village: its agenda, the cases that come of it, what is carried over, and the agendas after."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from ledger.registrar.request import case_of, rounds_id
from ledger.store.connection import Connection, connect
from tests.domain.scene import HAZARD, MAIN_LINE, VILLAGE
from tests.ledger.county import County, Database, carried, told
from tests.ledger.rounds.county_rounds import a_county, opened, rounds_of, to
from tests.procedures import affairs_day as day
from tests.procedures import commitment, decision
from tests.procedures.script import Step

VILLAGES = 79


def agenda(month: str, village: str = VILLAGE) -> UUID:
    return case_of(rounds_id("affairs_day", village, month))


@dataclass
class Village:
    """A village whose people act at the times that the test says."""

    county: County
    post: Connection

    async def take(self, case_id: UUID, step: Step, at: str | None = None) -> dict[str, Any]:
        """The step, which must come out as it says, and every letter that it writes."""
        if at:
            to(self.county, at)
        ruling = await self.county.act(
            case_id, step.action, step.hat, step.fields, reason=step.reason, person=step.person
        )
        assert ruling.outcome == (step.refused or "acted"), (step.action, ruling)
        await carried(self.county, self.post)
        return told(ruling)

    async def shown(self, case_id: UUID) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(await self.county.value('select state from "case" where id = $1', case_id))
        return state

    async def month(self, month: str) -> None:
        """The agendas of a month open a minute after it begins."""
        to(self.county, f"{month}-01 00:01")
        await rounds_of(self.county, "affairs_day").look()


@pytest_asyncio.fixture(loop_scope="session")
async def village(copied: Callable[[], Database]) -> AsyncIterator[Village]:
    """Rounds are at work since the middle of February."""
    async with a_county(copied, "2026-02-15 10:00") as county:
        post = await connect(county.database.app_url)
        yield Village(county, post)
        await post.close()


def children(shown: Mapping[str, Any]) -> dict[str, UUID]:
    """The child cases of an agenda by procedure."""
    items = [item for item in shown["items"].values() if item["kind"] == "child"]
    return {item["data"]["procedure"]: UUID(item["data"]["case"]) for item in items}


LAMP, HOLE, ROAD, RIVER = day.LAMP, day.topic("村口塌陷"), day.topic("硬化村内道路", "village"), day.topic("清理河道")
AS_HAZARD = {"handled_as": "hazard", "more": {"kind": HAZARD["kind"], "place": HAZARD["place"]}}
AS_DECISION = {"handled_as": "decision", "more": {"kind": "representatives"}}


async def decided(village: Village, case_id: UUID) -> None:
    """The meeting of 15 March: four topics, three of them decided, one put off."""
    for topic in (LAMP, HOLE, ROAD, RIVER):
        await village.take(case_id, topic, "2026-03-03 09:00")
    await village.take(case_id, day.FIX, "2026-03-08 16:00")
    await village.take(case_id, day.ANNOUNCE, "2026-03-10 09:00")
    await village.take(case_id, day.OPEN, "2026-03-15 09:00")
    await village.take(case_id, day.decide("topic.1"))
    await village.take(case_id, day.decide("topic.2", **AS_HAZARD))
    await village.take(case_id, day.decide("topic.3", **AS_DECISION))
    await village.take(case_id, Step("carry_over", day.CLERK, {"item": "topic.4"}, reason="等汛期过后"))
    await village.take(case_id, day.PUBLISH)
    await village.take(case_id, day.IMPLEMENT, "2026-03-23 09:00")


async def voted(village: Village, case_id: UUID) -> list[str]:
    """Four deliberations: the representatives are too few at first. The stages after each vote."""
    for step in (decision.PROPOSE, decision.CONSULT, decision.PARTY):
        await village.take(case_id, step, "2026-03-16 09:00")
    await village.take(case_id, decision.CALL)
    few = decision.representatives(30, 19, 19)
    stages = [(await village.take(case_id, few, "2026-03-20 15:00"))["stage"]]
    again = {**decision.CALL.fields, "meeting_on": "2026-03-25"}
    await village.take(case_id, Step("call_meeting", day.CLERK, again))
    stages.append((await village.take(case_id, decision.VOTE, "2026-03-25 15:00"))["stage"])
    return stages


async def test_a_month_from_its_opening_to_its_end(village: Village, capsys: pytest.CaptureFixture[str]) -> None:
    county = village.county
    to(county, "2026-03-02 10:00")  # worker and Temporal were down on the 1st
    assert await rounds_of(county, "affairs_day").look() == VILLAGES
    assert await rounds_of(county, "affairs_day").open("affairs_day") == 0  # Temporal is back, and asks as well
    assert await opened(county) == {"affairs_day": VILLAGES}
    case_id = agenda("2026-03")
    await decided(village, case_id)
    cases = children(await village.shown(case_id))
    assert set(cases) == {"commitment", "hazard", "decision"}
    stages = {name: (await village.shown(child))["stage"] for name, child in cases.items()}
    assert stages == {"commitment": "implementing", "hazard": "reported", "decision": "proposed"}
    assert await voted(village, cases["decision"]) == ["calling", "resolved"]
    early = Step("submit", day.CLERK, day.SUBMIT.fields, refused="requirement_not_met")
    await village.take(case_id, early, "2026-03-26 09:00")
    for step in (commitment.SUBMIT, commitment.VERIFY):
        await village.take(cases["commitment"], step)
    for name, hat, fields in MAIN_LINE:
        await village.take(cases["hazard"], Step(name, hat, fields))
    await village.take(case_id, early)
    await village.take(cases["decision"], decision.PUBLISH)
    await village.take(cases["decision"], decision.IMPLEMENT, "2026-04-03 09:00")
    await village.take(cases["decision"], decision.RESULT, "2026-04-20 09:00")
    await village.take(cases["decision"], decision.VERIFY, "2026-05-06 09:00")
    for step in (day.SUBMIT, day.VERIFY):
        await village.take(case_id, step)
    final = await village.shown(case_id)
    counted = await county.rows(
        "select body::jsonb -> 'tally' ->> 'gate' as gate, (body::jsonb -> 'tally' ->> 'quorate')::boolean as quorate"
        " from event where name = 'GateCounted' and case_id = $1 order by version",
        cases["decision"],
    )
    with capsys.disabled():
        print("\n2026年3月，阁下一个村的议程：", final["stage_title"])
        for item in final["items"].values():
            said = item["data"].get("topic_title") or item["data"].get("title")
            print(f"  {item['id']:<8} {item['data'].get('procedure', ''):<11} {item['state_title']:<5} {said}")
        print("  四议两公开表决：", [(row["gate"], "够" if row["quorate"] else "不足") for row in counted])
    assert final["closed"]
    assert {item["id"]: item["state"] for item in final["items"].values()} == {
        "topic.1": "decided", "child.1": "closed", "topic.2": "decided", "child.2": "closed",
        "topic.3": "decided", "child.3": "closed", "topic.4": "carried_over",
    }  # fmt: skip
    assert [row["quorate"] for row in counted] == [True, False, True]
    assert await county.faults() == []


async def test_the_agendas_after_hold_what_is_not_done(village: Village) -> None:
    county = village.county
    await village.month("2026-03")
    await decided(village, agenda("2026-03"))
    cases = children(await village.shown(agenda("2026-03")))
    for child in ("child.1", "child.2", "child.3"):
        await village.take(agenda("2026-03"), Step("carry_over", day.CLERK, {"item": child}, reason="还在办"))
    for step in (day.SUBMIT, day.VERIFY):
        await village.take(agenda("2026-03"), step)
    for step in (commitment.SUBMIT, commitment.VERIFY):
        await village.take(cases["commitment"], step)
    number = (await village.shown(agenda("2026-03")))["number"]
    for month in ("2026-04", "2026-05"):  # until it is done, not for one month only
        await village.month(month)
        shown = await village.shown(agenda(month))
        river, hole, road = shown["fields"]["carried"].splitlines()
        assert river == f"1. 清理河道（{number}，转入下月）"
        assert hole.startswith("2. 村口塌陷（YH-2026-")
        assert hole.endswith("，已上报）")
        assert road.startswith("3. 硬化村内道路（SY-2026-")
        taken = shown["items"]["topic.1"]
        assert (taken["data"]["topic_title"], taken["data"]["carried_from"]) == ("清理河道", number)
        assert "state" not in taken  # it is open
        await village.take(agenda(month), Step("carry_over", day.CLERK, {"item": "topic.1"}, reason="再等"))
        number = shown["number"]
    others = await county.value(
        "select count(*) from \"case\" where procedure = 'affairs_day' and division <> $1"
        " and (state::jsonb -> 'fields' ? 'carried' or state::jsonb ? 'items')",
        VILLAGE,
    )
    assert others == 0
    assert await county.faults() == []


async def test_a_topic_of_a_day_that_was_never_held_is_taken_over(village: Village) -> None:
    await village.month("2026-03")
    case_id = agenda("2026-03")
    for step, at in ((LAMP, "2026-03-03 09:00"), (day.FIX, "2026-03-08 16:00"), (day.ANNOUNCE, "2026-03-10 09:00")):
        await village.take(case_id, step, at)
    few = Step("open_meeting", day.CLERK, day.there(10))
    await village.take(case_id, few, "2026-03-15 09:00")
    put_off = Step("postpone", day.CLERK, {"postponed_to": "2026-03-19"}, reason="人不齐")
    await village.take(case_id, put_off)
    await village.take(case_id, few, "2026-03-19 09:00")
    off = Step("call_off", f"dispatcher@{VILLAGE[:9]}000", reason="两次人数不足")
    assert (await village.take(case_id, off))["stage"] == "called_off"
    await village.month("2026-04")
    taken = (await village.shown(agenda("2026-04")))["items"]["topic.1"]
    assert (taken["data"]["topic_title"], taken["to"]) == ("村口路灯不亮", day.CLERK)
