"""What cases say to each other: merging, splitting, linking, spawning; carried once, and brought back when declined."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from domain.case.command import Act
from ledger.registrar.request import Reporter
from ledger.store.connection import Connection, connect
from tests.domain.scene import CALLER, DISPATCHER, HANDLER, HAZARD, MAIN_LINE, TOWNSHIP, TOWNSHIP_UNIT, when
from tests.ledger.county import County, carried, ruled, told

GENERAL = {"grade": "general"}
ANSWER = {"answer": "已填平", "satisfaction": "satisfied"}


@pytest_asyncio.fixture(loop_scope="session")
async def post(county: County) -> AsyncIterator[Connection]:
    """The connection that the courier has its turn on."""
    connection = await connect(county.database.app_url)
    yield connection
    await connection.close()


async def number(county: County, case_id: UUID) -> str:
    return str(await county.value('select number from "case" where id = $1', case_id))


async def stage(county: County, case_id: UUID) -> str:
    return str(await county.value('select stage from "case" where id = $1', case_id))


async def test_three_reports_become_one_order_and_every_reporter_is_answered(county: County, post: Connection) -> None:
    main, *others = [await county.open() for _ in range(3)]
    for other in others:
        merged = await county.act(other, "merge", DISPATCHER, {"into": await number(county, main)})
        assert told(merged)["stage"] == "merged"
    assert await carried(county, post) == 2
    await county.lead(main, "approve")
    await county.act(main, "follow_up", CALLER, {"satisfaction": "satisfied", "follow_up_note": "满意"})
    held = await county.act(main, "close", DISPATCHER)
    assert (held.outcome, "并案来源" in held.body.decode()) == ("closing_gate", True)
    for item in ("source.1", "source.2"):
        assert (await county.act(main, "answer_source", CALLER, {"item": item, **ANSWER})).outcome == "acted"
    assert (await county.act(main, "close", DISPATCHER)).outcome == "acted"
    assert await county.faults() == []


async def test_a_wrong_merge_is_undone_and_both_keep_their_trail(county: County, post: Connection) -> None:
    county.clock.set(when("2026-11-25 10:00"))
    main, other = await county.open(), await county.open()
    await county.act(other, "triage", DISPATCHER, GENERAL)
    due = await county.value('select due_at from "case" where id = $1', other)
    await county.act(other, "merge", DISPATCHER, {"into": str(main)})
    assert await county.value('select due_at from "case" where id = $1', other) is None  # its time stands still
    await carried(county, post)
    county.clock.advance(days=7)  # from one Wednesday to the next
    split = await county.act(main, "split", DISPATCHER, {"item": "source.1"}, reason="不是一回事")
    assert split.outcome == "acted", split
    await carried(county, post)
    assert await stage(county, other) == "triaged"
    assert await county.value('select due_at from "case" where id = $1', other) > due
    events = await county.events(other)
    assert events[-4:] == ["ClocksPaused", "ActionTaken", "ClocksResumed", "NewsReceived"]
    assert "ItemSettled" in await county.events(main)
    assert await county.faults() == []


async def test_a_letter_that_is_declined_comes_back(county: County, post: Connection) -> None:
    main, other = await county.open(), await county.open()
    await county.act(other, "merge", DISPATCHER, {"into": str(main)})
    await county.act(main, "withdraw", f"petition_officer@{DISPATCHER.partition('@')[2]}", reason="误报")
    await carried(county, post)
    assert await stage(county, other) == "reported"
    words = await county.value("select body from event where case_id = $1 and name = 'NewsReceived'", other)
    assert json.loads(words)["kind"] == "declined"


async def test_a_letter_is_carried_once_however_often(county: County, post: Connection) -> None:
    main, other = await county.open(), await county.open()
    await county.act(other, "merge", DISPATCHER, {"into": str(main)})
    letters = await county.rows("select * from letter")
    await carried(county, post)
    before = await county.events(main)
    for row in letters:
        await county.superuser.execute("insert into letter values ($1, $2, $3, $4, $5, $6, $7)", *tuple(row.values()))
    await carried(county, post)
    assert await county.events(main) == before
    assert await county.value("select count(*) from letter") == 0


async def test_a_child_is_opened_and_its_end_is_heard(county: County, post: Connection) -> None:
    main = await county.open()
    fields = {"kind": "safety", "place": "桥头", "description": "护栏缺损"}
    given = {"procedure": "hazard", "title": "另一处隐患", "fields": fields}
    spawned = told(await county.act(main, "spawn", DISPATCHER, given))
    child = UUID(spawned["items"][0]["data"]["case"])
    await carried(county, post)
    assert await stage(county, child) == "reported"
    county.opened.append(child)
    await county.lead(child, "close")
    await carried(county, post)
    shown = json.loads(await county.value('select state from "case" where id = $1', main))
    assert shown["items"]["child.1"]["state"] == "closed"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"procedure": "nothing"}, "没有名为"),
        ({"procedure": "hazard", "fields": {"kind": "safety"}}, "请填写"),
        ({"procedure": "hazard", "division": "141025102000"}, "管辖范围"),
    ],
)
async def test_a_child_that_cannot_be_opened_is_refused_at_once(
    county: County, post: Connection, given: dict[str, Any], words: str
) -> None:
    main = await county.open()
    refused = await county.act(main, "spawn", DISPATCHER, {"title": "另一处", "fields": HAZARD, **given})
    assert (refused.refused, words in refused.body.decode()) == (True, True), refused.body.decode()
    assert await carried(county, post) == 0


async def test_a_child_declined_on_the_way_is_told(county: County, post: Connection) -> None:
    """What was possible when it was asked for, and is no more when the letter arrives."""
    main = await county.open()
    given = {"procedure": "hazard", "title": "另一处", "fields": HAZARD}
    await county.act(main, "spawn", DISPATCHER, given)
    letter = await county.value("select body from letter")
    await county.superuser.execute("update letter set body = $1", letter.replace("hazard", "abolished"))
    await carried(county, post)
    shown = json.loads(await county.value('select state from "case" where id = $1', main))
    item = shown["items"]["child.1"]
    assert (item["state"], "没有名为" in item["answer"]["words"]) == ("declined", True), item


async def test_what_is_sealed_is_neither_spawned_nor_linked(county: County) -> None:
    main = await county.open()
    fields = {"kind": "other", "subject": "样例", "act": "other", "place": "村口", "description": "样例"}
    given = {"procedure": "reward", "title": "举报", "fields": fields}
    spawned = await county.act(main, "spawn", f"petition_officer@{TOWNSHIP}", given)
    assert spawned.outcome == "sealed_elsewhere", spawned.body.decode()


async def test_cases_are_linked_both_ways(county: County, post: Connection) -> None:
    one, two = await county.open(), await county.open()
    linked = await county.act(one, "link", DISPATCHER, {"other": await number(county, two), "relation": "同一路段"})
    assert linked.outcome == "acted"
    await carried(county, post)
    assert (await county.events(two))[-1] == "NewsReceived"


async def test_nobody_names_a_case_he_may_not_see(county: County) -> None:
    mine, theirs = await county.open(), await county.open()
    unit = county.request(Act("link", {"other": str(theirs), "relation": "同"}), HANDLER, mine)
    await county.act(mine, "triage", DISPATCHER, GENERAL)
    await county.act(mine, "dispatch", DISPATCHER, {"unit": TOWNSHIP_UNIT})
    ruling = await county.ledger.registrar.rule(unit)
    assert (ruling.outcome, "没有编号为" in ruling.body.decode()) == ("invalid_fields", True)
    itself = await county.act(mine, "merge", DISPATCHER, {"into": str(mine)})
    assert itself.outcome == "invalid_fields"


async def test_lead_and_co_handlers_have_clocks_of_their_own(county: County) -> None:
    """Only the late unit is carded; the third return is refused; the case cannot close over an open share."""
    case_id = await county.open()
    await county.act(case_id, "triage", DISPATCHER, {"grade": "hard"})
    await county.act(case_id, "dispatch", DISPATCHER, {"unit": TOWNSHIP_UNIT})
    for unit in ("U-141025-01", "U-141025-02"):
        shared = await county.act(case_id, "co_handle", DISPATCHER, {"unit": unit, "instructions": "派人协助"})
        assert shared.outcome == "acted", shared
    await county.act(case_id, "sign", HANDLER)
    done = await county.act(case_id, "feed_back", "handler@U-141025-01", {"item": "co_handling.1", "result": "已到场"})
    assert done.outcome == "acted", done
    county.clock.advance(days=9)
    shown = told(await county.act(case_id, "urge", DISPATCHER, {"message": "请抓紧"}))
    county.clock.advance(days=-9)
    carded = [clock["id"] for clock in shown["clocks"] if "red" in clock["fired"]]
    assert carded == ["co_handling.2"]
    rungs = await county.rows(
        "select body from event where case_id = $1 and name = 'CaseEscalated' order by version", case_id
    )
    assert json.loads(rungs[0]["body"])["to"] == "head@U-141025-02"


async def test_after_two_returns_the_county_assigns_and_nobody_returns(county: County) -> None:
    case_id = await county.open()
    await county.act(case_id, "triage", DISPATCHER, GENERAL)
    for place, unit in enumerate((TOWNSHIP_UNIT, "U-141025-01"), 1):
        await county.act(case_id, "dispatch", DISPATCHER, {"unit": unit})
        asked = await county.act(case_id, "return", f"handler@{unit}", reason="不属我单位职责")
        assert asked.outcome == "acted", asked
        ruling = {"item": f"return.{place}", "ruling": "accepted", "ruling_opinion": "同意"}
        assert (await county.act(case_id, "rule_return", DISPATCHER, ruling)).outcome == "acted"
    refused = await county.act(case_id, "dispatch", DISPATCHER, {"unit": "U-141025-02"})
    assert refused.outcome == "requirement_not_met"
    assigned = await county.act(case_id, "assign", "dispatcher@141025000000", {"unit": "U-141025-02"})
    assert assigned.outcome == "acted", assigned
    third = await county.act(case_id, "return", "handler@U-141025-02", reason="也不属")
    assert third.outcome == "requirement_not_met"
    assert told(assigned)["hops"] == 3


async def test_reporters_of_merged_cases_are_kept_apart(county: County, post: Connection) -> None:
    main = await county.open()
    opening = county.opening(reporter=Reporter("样例·来电人", "10000000002"))
    other = (await county.ledger.registrar.rule(opening)).case_id
    assert other is not None
    county.opened.append(other)
    await county.act(other, "merge", DISPATCHER, {"into": str(main)})
    await carried(county, post)
    assert "10000000002" not in str(await county.rows("select body, leaf from event where case_id = $1", main))


async def test_of_two_merged_into_each_other_at_once_one_stands(county: County, post: Connection) -> None:
    one, two = await county.open(), await county.open()
    crossed = await county.ledger.registrar.rule_many(
        [
            county.request(Act("merge", {"into": str(two)}), DISPATCHER, one),
            county.request(Act("merge", {"into": str(one)}), DISPATCHER, two),
        ]
    )
    assert [ruled(each).outcome for each in crossed] == ["acted", "acted"]
    await carried(county, post)
    # Whichever letter is first comes back declined, so that the other finds its case open again.
    assert sorted([await stage(county, one), await stage(county, two)]) == ["merged", "reported"]


async def test_what_has_sources_or_rests_is_not_merged(county: County, post: Connection) -> None:
    main, source, third = [await county.open() for _ in range(3)]
    await county.act(source, "merge", DISPATCHER, {"into": str(main)})
    await carried(county, post)
    assert (await county.act(main, "merge", DISPATCHER, {"into": str(third)})).outcome == "has_sources"
    for name, hat, fields in MAIN_LINE[:3]:
        await county.act(third, name, hat, fields)
    day = (await county.value("select (now() + interval '9 days')::date")).isoformat()
    await county.act(third, "pause", f"head@{TOWNSHIP}", {"ground": "weather", "until": day}, reason="大雪")
    assert (await county.act(third, "merge", DISPATCHER, {"into": str(main)})).outcome == "case_on_hold"


async def test_an_emergency_or_another_sort_of_case_is_not_merged_away(county: County) -> None:
    main, urgent = await county.open(), await county.open(fields={**HAZARD, "emergency": True})
    refused = await county.act(urgent, "merge", DISPATCHER, {"into": str(main)})
    assert refused.outcome == "requirement_not_met"
    drill = await county.open("drill")
    other = await county.act(main, "merge", DISPATCHER, {"into": str(drill)})
    assert (other.outcome, "同一类" in other.body.decode()) == ("invalid_fields", True)
