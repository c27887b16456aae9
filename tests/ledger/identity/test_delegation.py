"""An act of a delegate says for whom, by what the registers knew when it was recorded, whatever they learn later."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import pytest_asyncio

from domain.days.instant import ONE_DAY
from domain.rules.hat import Actor, Hat
from ledger.identity.incumbent import answering
from ledger.read.history import MASKED, history, refusals
from ledger.registers.loading import load
from ledger.registers.register import Loaded
from ledger.registers.register_kind import KINDS
from ledger.registers.sheet import sheet
from ledger.registers.voiding import void
from tests.domain.scene import TOWNSHIP
from tests.ledger.county import County

HAT = Hat("dispatcher", TOWNSHIP)
HEAD = Actor("P-0001", Hat("head", TOWNSHIP))
TITLES = "person,hat,from_on,to_on,delegate\n"


@pytest_asyncio.fixture(loop_scope="session")
async def one(county: County) -> AsyncIterator[County]:
    await put(county, "people", "id,name\nG-1,样例·代理甲\nG-2,样例·朱调度\nG-3,样例·代理丙\n")
    await put(county, "posts", f"person,hat\nG-2,{HAT}\n")
    yield county
    for what in ("absence", "hat where person like 'G-%'"):
        await county.superuser.execute(f"delete from {what}")


async def put(county: County, kind: str, table: str) -> Loaded:
    return await load(county.ledger.writers, KINDS[kind], sheet(table.encode()))


async def acted(county: County, person: str) -> UUID:
    case_id = await county.open()
    done = await county.act(case_id, "triage", str(HAT), {"grade": "general"}, person=person)
    assert done.outcome == "acted"
    return case_id


async def told(county: County, case_id: UUID, masked: str | None = None) -> dict[str, object] | None:
    """For whom the triage was done."""
    async with county.ledger.reading() as connection:
        events = await history(connection, case_id, 99, masked)
    found: dict[str, object] | None = next(e for e in events if e["version"] == 2)["actor"].get("for")
    assert all("for" not in each["actor"] for each in events if each["version"] != 2)
    return found


async def today(county: County) -> date:
    day: date = await county.value("select today()")
    return day


async def test_an_act_for_somebody_absent_says_so_for_ever(one: County) -> None:
    day = await today(one)
    before = await acted(one, "G-1")
    await put(one, "absences", f"{TITLES}G-2,{HAT},{day},{day + ONE_DAY},G-1\n")
    during = await acted(one, "G-1")
    absent = {"id": "G-2", "name": "样例·朱调度", "from_on": str(day), "to_on": str(day + ONE_DAY)}
    assert await told(one, during) == absent
    assert await told(one, before) is None  # an absence loaded afterwards is not what he acted by
    assert await told(one, await acted(one, "G-2")) is None  # who wears the hat acts for himself
    assert await told(one, await acted(one, "G-3")) is None
    # Loaded again otherwise, then void: before, between and after are each told as they were.
    longer = day + 365 * ONE_DAY
    assert await put(one, "absences", f"{TITLES}G-2,{HAT},{day},{longer},G-1\n") == Loaded(0, 1, 0)
    later = await acted(one, "G-1")
    await void(one.ledger.writers, KINDS["absences"], ["G-2", str(HAT), str(day)], HEAD, "销假")
    after = await acted(one, "G-1")
    await put(one, "absences", f"{TITLES}G-2,{HAT},{day},{day + ONE_DAY},G-3\n")
    assert [await told(one, each) for each in (before, during, later, after)] == [
        None, absent, absent | {"to_on": str(longer)}, None,
    ]  # fmt: skip


async def test_a_delegate_who_gets_the_post_acts_for_himself_from_then_on(one: County) -> None:
    day = await today(one)
    await put(one, "absences", f"{TITLES}G-2,{HAT},{day},{day + ONE_DAY},G-1\n")
    first = await acted(one, "G-1")
    await put(one, "posts", f"person,hat,valid_from\nG-1,{HAT},2020-01-01\n")  # as of long ago, known since now
    second = await acted(one, "G-1")
    assert [(await told(one, each)) is not None for each in (first, second)] == [True, False]


async def test_a_refused_attempt_says_so_too_and_whoever_is_masked_is_not_named(one: County) -> None:
    day = await today(one)
    await put(one, "absences", f"{TITLES}G-2,{HAT},{day},{day + ONE_DAY},G-1\n")
    case_id = await acted(one, "G-1")
    assert (await one.act(case_id, "triage", str(HAT), {"grade": "general"}, person="G-1")).refused
    async with one.ledger.reading() as connection:
        (refused,) = await refusals(connection, case_id)
    assert refused["actor"]["for"]["name"] == "样例·朱调度"
    assert (await told(one, case_id, "G-2") or {})["id"] == (await told(one, case_id, "G-2") or {})["name"] == MASKED
    assert await told(one, case_id, "G-1") is None


async def test_who_answered_then_is_told_by_what_was_known_then(one: County) -> None:
    writers, library = one.ledger.writers, one.ledger.library
    day, hat = await today(one), Hat("cashier", TOWNSHIP)

    async def instant() -> object:
        return await one.value("select clock_timestamp()")

    async def who(at: object) -> list[tuple[str, str]]:
        found = await answering(writers, library, [hat], at, at)  # type: ignore[arg-type]
        return [(each.person, each.basis) for each in found[hat]]

    moments = [await instant()]
    await put(one, "posts", f"person,hat,valid_from\nG-1,{hat},2020-01-01\n")
    moments.append(await instant())
    await put(one, "absences", f"{TITLES}G-1,{hat},{day},{day + ONE_DAY},G-3\n")
    moments.append(await instant())
    await void(writers, KINDS["absences"], ["G-1", str(hat), str(day)], HEAD, "填错")
    moments.append(await instant())
    await put(one, "posts", f"person,hat,valid_to\nG-1,{hat},2020-02-01\n")  # over since long ago, as is learnt now
    moments.append(await instant())
    holder, delegate = [("G-1", "holder")], [("G-3", "delegate")]
    assert [await who(at) for at in moments] == [[], holder, delegate, holder, []]
