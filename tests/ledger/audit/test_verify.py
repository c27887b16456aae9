"""Somebody with full rights has been at the ledger: `verify` names each place."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from uuid import UUID

import pytest
import pytest_asyncio

from ledger.store.row import CASE_COLUMNS
from tests.domain.scene import TOWNSHIP_UNIT
from tests.ledger.county import County, Database, inhabited

STRANGER = UUID(int=0)


async def test_an_honest_ledger_has_no_fault(copied: Callable[[], Database]) -> None:
    async with inhabited(copied()) as fresh:
        assert await fresh.faults() == []
        for procedure_id in ("hazard", "drill"):
            case_id = await fresh.open(procedure_id)
            fresh.clock.advance(days=1)
            await fresh.act(case_id, "close", "dispatcher@141025101000")
        await fresh.lead(await fresh.open(), "close")
        assert await fresh.faults() == []


@pytest_asyncio.fixture(autouse=True)
async def burial(county: County) -> AsyncIterator[None]:
    """Take away what a test has spoilt, so that the next begins with an honest ledger."""
    yield
    spoilt = [*county.opened, STRANGER]
    async with county.superuser.transaction():
        await county.superuser.execute("set local session_replication_role = replica")
        for table, column in (("event", "case_id"), ("command", "case_id"), ('"case"', "id")):
            await county.superuser.execute(f"delete from {table} where {column} = any($1)", spoilt)
    county.opened.clear()


async def led(county: County) -> UUID:
    """A case of ten events, of people and of time."""
    case_id = await county.open()
    await county.lead(case_id, "dispatch")
    county.clock.advance(days=30)
    await county.lead(case_id, "sign", start="sign")
    assert len(await county.events(case_id)) == 10
    assert await county.faults(case_id) == []
    return case_id


@pytest.mark.parametrize(
    ("version", "change", "expected"),
    [
        (2, "body = replace(body, 'general', 'simple')", "第 2 版：事件内容与其摘要不符"),
        (10, "body = body || ' '", "第 10 版：事件内容与其摘要不符"),
        (4, "salt = salt || '\\x00'", "第 4 版：事件内容与其摘要不符"),
        (2, "leaf = replace(leaf, 'dispatcher', 'despatcher')", "第 3 版：与上一条事件的哈希链断开"),
        (2, "leaf = leaf || ' '", "第 3 版：与上一条事件的哈希链断开"),
        (10, "leaf = replace(leaf, 'handler', 'hendler')", "事项行的链头与最后一条事件不符"),
        *[
            (3, f"leaf = '{leaf}'", "第 3 版：叶子不是 JSON 对象")
            for leaf in ("", "leaf", "[]", "{}", "null", "7", '"text"')
        ],
        (3, """leaf = '{"command": 5}'""", "第 3 版：没有对应的指令"),
        (5, "name = 'ActionTaken'", "第 5 版：叶子中的 name 与行不符"),
        (5, "schema = 2", "第 5 版：叶子中的 schema 与行不符"),
        (3, "recorded_at = recorded_at + interval '1 day'", "第 3 版：叶子中的 recorded_at 与行不符"),
        (10, "version = 99", "缺第 10 版事件"),
    ],
)
async def test_an_edited_event_is_named(county: County, version: int, change: str, expected: str) -> None:
    case_id = await led(county)
    await county.forge(f"update event set {change} where case_id = $1 and version = $2", case_id, version)
    found = await county.faults(case_id)
    assert any(fault.endswith(expected) for fault in found), found


@pytest.mark.parametrize(
    ("table", "condition", "expected"),
    [
        ("event", "case_id = $1 and version = 10", "末尾事件缺失，应到第 10 版，只有 9 版"),
        ("event", "case_id = $1 and version = 4", "缺第 4 版事件"),
        ("event", "case_id = $1 and version = 1", "缺第 1 版事件"),
        ("event", "case_id = $1", "末尾事件缺失，应到第 10 版，只有 0 版"),
        ("case", "id = $1", "有事件而无事项行"),
        ("command", "case_id = $1 and to_version = 2", "第 2 版：没有对应的指令"),
        ("command", "case_id = $1 and to_version = 5 and outcome = 'expired'", "第 5 版：没有对应的指令"),
    ],
)
async def test_what_is_deleted_is_missed(county: County, table: str, condition: str, expected: str) -> None:
    case_id = await led(county)
    await county.forge(f'delete from "{table}" where {condition}', case_id)
    found = await county.faults(case_id)
    assert any(fault.endswith(expected) for fault in found), found


COLUMNS = {
    "number": "number || 'x'",
    "procedure": "'drill'",
    "procedure_sha256": "'0'",
    "title": "'别的'",
    "division": "'141025100200'",
    "village": "null",
    "township": "'141025100000'",
    "county": "'141026000000'",
    "unit": "null",
    "units": "'{}'",
    "stage": "'closed'",
    "level": "'village'",
    "holder": "null",
    "closed": "true",
    "due_at": "null",
    "wake_at": "wake_at + interval '1 year'",
    "yellow": "9",
    "red": "0",
    "escalations": "0",
    "opened_by": "'P-0001'",
    "opened_at": "opened_at - interval '1 day'",
    "recorded_at": "recorded_at - interval '1 day'",
    "state": "replace(state, '路边', '路中')",
    "received_at": "received_at - interval '1 day'",
    "matter": "'x'",
    "outcome": "'x'",
    "public": "true",
    "provisional": "not provisional",
    "sealed": "array['dispatcher@141025000000']",
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        *[(f"{name} = {value}", f"事项行的 {name} 与事件折叠的结果不符") for name, value in COLUMNS.items()],
        ("state = '[]'", "事项行的 state 与事件折叠的结果不符"),
        ("version = 9", "事项行停在第 9 版，事件已到第 10 版"),
        ("version = 11", "末尾事件缺失，应到第 11 版，只有 10 版"),
        ("head = '\\x00'", "事项行的链头与最后一条事件不符"),
    ],
)
async def test_an_edited_case_is_named(county: County, change: str, expected: str) -> None:
    case_id = await led(county)
    await county.forge(f'update "case" set {change} where id = $1', case_id)
    found = await county.faults(case_id)
    assert any(fault.endswith(expected) for fault in found), found


async def test_every_column_of_a_case_has_been_tried() -> None:
    names = set(CASE_COLUMNS)
    # What the row was built on and by is its own affair; the rest is tried above.
    assert names - set(COLUMNS) == {"id", "previous_version", "version", "head", "fold"}


async def test_an_answer_that_promises_more_than_happened_is_named(county: County) -> None:
    case_id = await led(county)
    await county.forge("update command set to_version = 12 where case_id = $1 and to_version = 10", case_id)
    assert (await county.faults(case_id))[-1].endswith("末尾事件缺失，应到第 12 版，只有 10 版")


async def test_a_case_that_is_wholly_gone_is_missed_by_its_commands(county: County) -> None:
    case_id = await led(county)
    await county.forge('delete from "case" where id = $1', case_id)
    await county.forge("delete from event where case_id = $1", case_id)
    found = await county.faults(case_id)
    assert found
    assert all("已裁定，事项却不存在" in fault for fault in found)


async def test_events_swapped_between_cases_are_named_in_both(county: County) -> None:
    one, two = await led(county), await led(county)
    await county.forge("update event set case_id = $2 where case_id = $1 and version = 10", one, STRANGER)
    await county.forge("update event set case_id = $2 where case_id = $1 and version = 10", two, one)
    assert any("第 10 版：叶子中的 case 与行不符" in fault for fault in await county.faults(one))
    assert any("末尾事件缺失" in fault for fault in await county.faults(two))


async def test_a_forged_chain_is_named_where_it_no_longer_fits_its_state(county: County) -> None:
    """Body, digest, leaves and head are all made anew; only the folded state still tells the truth."""
    case_id = await led(county)
    rows = await county.rows("select version, leaf, body, salt from event where case_id = $1 order by version", case_id)
    previous = bytes(32)
    for row in rows:
        leaf, body = json.loads(row["leaf"]), row["body"].replace(TOWNSHIP_UNIT, "U-141025-01")
        leaf |= {"previous": previous.hex(), "body": hashlib.sha256(row["salt"] + body.encode()).hexdigest()}
        text = json.dumps(leaf, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        await county.forge(
            "update event set leaf = $3, body = $4 where case_id = $1 and version = $2",
            case_id,
            row["version"],
            text,
            body,
        )
        previous = hashlib.sha256(text.encode()).digest()
    await county.forge('update "case" set head = $2 where id = $1', case_id, previous)
    found = await county.faults(case_id)
    assert any("事项行的 state 与事件折叠的结果不符" in fault for fault in found), found
    assert any("事项行的 unit 与事件折叠的结果不符" in fault for fault in found)


async def test_one_case_that_cannot_be_read_hides_no_other(county: County) -> None:
    unreadable, edited = await led(county), await led(county)
    await county.forge("update event set leaf = '[]', body = 'x', schema = 99 where case_id = $1", unreadable)
    await county.forge("update event set body = body || ' ' where case_id = $1 and version = 2", edited)
    assert await county.faults(unreadable)
    assert await county.faults(edited)
