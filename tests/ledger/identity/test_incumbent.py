"""Who answers for a post at an instant."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
import pytest_asyncio

from domain.days.instant import Instant, rfc3339
from domain.days.office_hours import OfficeHours
from domain.rules.hat import Actor, Hat
from ledger.identity.incumbent import Incumbent, answering, office_hours, set_office_hours
from ledger.registers.contents import on_duty, rows
from ledger.registers.division import RegisterFault
from ledger.registers.loading import load
from ledger.registers.register import Loaded
from ledger.registers.register_kind import KINDS
from ledger.registers.sheet import sheet
from ledger.registers.voiding import void
from tests.domain.scene import when
from tests.ledger.county import County

COUNTY, TOWNSHIP, VILLAGE = "141025000000", "141025101000", "141025101200"
OFFICE, CHIEF = Hat("dispatcher", COUNTY), Hat("head", TOWNSHIP)
PEOPLE = "id,name\nH-1,样例·值班甲\nH-2,样例·代理乙\nH-3,样例·代理丙\nH-4,样例·夜班丁\n"
ABSENT, SHIFTS = "person,hat,from_on,to_on,delegate\n", "division,from_at,to_at,person\n"
ACTOR = Actor("P-0001", OFFICE)


@pytest_asyncio.fixture(loop_scope="session")
async def one(county: County) -> AsyncIterator[County]:
    await put(county, "people", PEOPLE)
    yield county
    for what in ("absence", "roster", "setting where name = 'office_hours'", "hat where person like 'H-%'"):
        await county.superuser.execute(f"delete from {what}")


async def put(county: County, kind: str, table: str) -> Loaded:
    return await load(county.ledger.writers, KINDS[kind], sheet(table.encode()))


async def refused(county: County, kind: str, table: str) -> Sequence[str]:
    with pytest.raises(RegisterFault) as caught:
        await put(county, kind, table)
    return caught.value.faults


async def who(county: County, hat: Hat, at: Instant) -> list[tuple[str, str]]:
    found = await answering(county.ledger.writers, county.ledger.library, [hat], at)
    return [(each.person, each.basis) for each in found[hat]]


async def holders_of(county: County, hat: Hat) -> list[str]:
    query = "select person from hat where role = $1 and scope = $2 order by person"
    return [row["person"] for row in await county.rows(query, str(hat.role), hat.scope)]


async def test_by_day_the_holder_answers_and_by_night_the_duty_room(one: County) -> None:
    await put(one, "rosters", f"{SHIFTS}{COUNTY},2026-02-16 18:00,2026-02-17 08:00,H-1\n")
    own = [(person, "holder") for person in await holders_of(one, OFFICE)]
    assert own
    night = when("2026-02-17 02:00")  # the spring festival's
    assert await who(one, OFFICE, night) == [("H-1", "on_duty"), *own]
    found = await answering(one.ledger.writers, one.ledger.library, [OFFICE, CHIEF], night)
    assert found[OFFICE][0] == Incumbent("H-1", "样例·值班甲", "on_duty", when("2026-02-17 08:00"))
    assert [each.basis for each in found[CHIEF]] == ["holder"]  # only the duty room has a roster
    assert await who(one, OFFICE, when("2026-02-17 08:00")) == own  # the shift is over
    await put(one, "rosters", f"{SHIFTS}{COUNTY},2026-11-23 06:00,2026-11-24 06:00,H-1\n")  # a Monday
    for at, by_roster in (("07:59:59", True), ("08:00:00", False), ("17:59:59", False), ("18:00:00", True)):
        expected = [("H-1", "on_duty"), *own] if by_roster else own
        assert await who(one, OFFICE, when(f"2026-11-23 {at}")) == expected, at
    await set_office_hours(one.ledger.writers, OfficeHours.parse("09:00-17:00"))
    assert str(await office_hours(one.ledger.writers)) == "09:00-17:00"
    assert await who(one, OFFICE, when("2026-11-23 08:00")) == [("H-1", "on_duty"), *own]


async def test_a_delegate_stands_in_to_the_second_in_shanghai(one: County) -> None:
    (own,) = await holders_of(one, CHIEF)
    await put(one, "absences", f"{ABSENT}{own},{CHIEF},2026-03-10,2026-03-12,H-2\n")
    for at, expected in [
        ("2026-03-09 23:59:59", (own, "holder")),
        ("2026-03-10 00:00:00", ("H-2", "delegate")),
        ("2026-03-12 23:59:59", ("H-2", "delegate")),
        ("2026-03-13 00:00:00", (own, "holder")),
    ]:
        assert await who(one, CHIEF, when(at)) == [expected], at
    (delegate,) = (await answering(one.ledger.writers, one.ledger.library, [CHIEF], when("2026-03-11 12:00")))[CHIEF]
    assert rfc3339(delegate.until or when("2026-01-01 00:00")) == "2026-03-13T00:00:00+08:00"


async def test_a_post_has_a_first_and_a_last_day(one: County) -> None:
    hat = Hat("cashier", TOWNSHIP)
    assert await who(one, hat, when("2020-05-01 12:00")) == []
    await put(one, "posts", f"person,hat,valid_from,valid_to\nH-3,{hat},2020-05-01,2020-06-01\n")
    assert await who(one, hat, when("2020-04-30 23:59:59")) == []
    assert await who(one, hat, when("2020-05-01 00:00:00")) == [("H-3", "holder")]
    assert await who(one, hat, when("2020-05-31 23:59:59")) == [("H-3", "holder")]
    assert await who(one, hat, when("2020-06-01 00:00:00")) == []


async def test_a_delegate_who_is_away_has_a_delegate_too_and_none_leads_back(one: County) -> None:
    hat, rest = Hat("proxy", VILLAGE), f"proxy@{VILLAGE}"
    await one.forge(f"delete from hat where role = 'proxy' and scope = '{VILLAGE}' and person not like 'H-%'")
    await put(one, "posts", f"person,hat,valid_from\nH-1,{rest},2020-01-01\nH-2,{rest},2020-01-01\n")
    await put(one, "absences", f"{ABSENT}H-1,{rest},2026-03-10,2026-03-20,H-2\nH-2,{rest},2026-03-15,2026-03-16,H-3\n")
    assert await who(one, hat, when("2026-03-12 09:00")) == [("H-2", "holder")]
    assert await who(one, hat, when("2026-03-15 09:00")) == [("H-3", "delegate")]
    back = f"{ABSENT}H-1,{rest},2026-04-01,2026-04-03,H-2\nH-2,{rest},2026-04-03,2026-04-05,H-1\n"
    assert await refused(one, "absences", back) == (
        "第 2 行 代理人：代理绕回本人（H-1 → H-2 → H-1），这些天无人负责",
        "第 3 行 代理人：代理绕回本人（H-2 → H-1 → H-2），这些天无人负责",
    )
    assert (await put(one, "absences", back.replace("04-03,2026-04-05", "04-04,2026-04-05"))).added == 2
    (told,) = await refused(one, "absences", f"{ABSENT}H-2,{rest},2026-03-20,2026-03-21,H-1\n")
    assert told.startswith("第 2 行 代理人：代理绕回本人（H-2 → H-1 → H-2）")


async def test_what_overlaps_is_refused_with_its_row(one: County) -> None:
    (own,) = await holders_of(one, CHIEF)
    away = f"{own},{CHIEF}"
    both = f"{ABSENT}{away},2026-03-01,2026-03-05,H-2\n{away},2026-03-05,2026-03-06,H-3\n"
    assert await refused(one, "absences", both) == ("第 3 行：与第 2 行（2026-03-01 至 2026-03-05）重叠",)
    await put(one, "absences", f"{ABSENT}{away},2026-03-01,2026-03-05,H-2\n")
    assert await refused(one, "absences", f"{ABSENT}{away},2026-02-20,2026-03-01,H-2\n") == (
        "第 2 行：与登记的（2026-03-01 至 2026-03-05）重叠",
    )
    # The same key replaces what stands, and another day follows.
    assert await put(one, "absences", both.replace("03-05,H-2", "03-04,H-2")) == Loaded(1, 1, 0)
    night = f"{COUNTY},2026-03-01 18:00,2026-03-02 08:00"
    await put(one, "rosters", f"{SHIFTS}{night},H-1\n{night},H-4\n{COUNTY},2026-03-02 08:00,2026-03-02 18:00,H-1\n")
    assert await refused(one, "rosters", f"{SHIFTS}{COUNTY},2026-03-02 07:59,2026-03-02 09:00,H-1\n") == (
        "第 2 行：与登记的（2026-03-01 18:00 至 2026-03-02 08:00）重叠",
        "第 2 行：与登记的（2026-03-02 08:00 至 2026-03-02 18:00）重叠",
    )
    assert (await put(one, "rosters", f"{SHIFTS}{TOWNSHIP},2026-03-02 07:59,2026-03-02 09:00,H-1\n")).added == 1


async def test_what_was_wrong_is_void_and_stays_on_record(one: County) -> None:
    (own,) = await holders_of(one, CHIEF)
    writers = one.ledger.writers
    row = f"{ABSENT}{own},{CHIEF},2026-03-01,2026-03-05,H-2\n"
    await put(one, "absences", row)
    key = [own, str(CHIEF), "2026-03-01"]
    for kind, given, actor, reason, words in [
        ("absences", key, ACTOR, " ", "理由"),
        ("absences", key[:2], ACTOR, "填错", "应写明 人员编号、身份、起"),
        ("absences", [*key[:2], "三月"], ACTOR, "填错", "起：应为日期"),
        ("absences", [own, str(CHIEF), "2026-03-02"], ACTOR, "填错", "没有这一条有效的请假与代理"),
        ("absences", key, Actor("P-0001", Hat("resident", VILLAGE)), "填错", "工作身份"),
        ("absences", key, Actor("P-0001", Hat("head", "141025102000")), "填错", "工作身份"),
        ("posts", [own, str(CHIEF)], ACTOR, "填错", "任职不能作废"),
    ]:  # fmt: skip
        with pytest.raises(RegisterFault, match=words):
            await void(writers, KINDS[kind], given, actor, reason)
    assert await who(one, CHIEF, when("2026-03-02 09:00")) == [("H-2", "delegate")]
    await void(writers, KINDS["absences"], key, ACTOR, "填错了人")
    assert await who(one, CHIEF, when("2026-03-02 09:00")) == [(own, "holder")]
    (kept,) = await rows(writers, KINDS["absences"], voided=True)
    assert (kept["voided_by"], kept["voided_hat"], kept["voided_why"]) == ("P-0001", str(OFFICE), "填错了人")
    assert kept["voided_at"] > kept["loaded_at"]
    assert await rows(writers, KINDS["absences"]) == []
    assert await put(one, "absences", row.replace("H-2", "H-3")) == Loaded(1, 0, 0)  # the right one takes its place
    assert await who(one, CHIEF, when("2026-03-02 09:00")) == [("H-3", "delegate")]
    now = await one.value("select clock_timestamp()")
    begins = (now - timedelta(hours=1)).isoformat()
    await put(one, "rosters", f"{SHIFTS}{TOWNSHIP},{begins},{(now + timedelta(hours=1)).isoformat()},H-1\n")
    assert len(await on_duty(writers, TOWNSHIP)) == 1
    await void(writers, KINDS["rosters"], [TOWNSHIP, begins, "H-1"], ACTOR, "换班")
    assert await on_duty(writers, TOWNSHIP) == []
