"""The account of a year in virtual time: wait until it has settled, count everything, print it, name every fault."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from temporalio.client import Client

from bench.due_days import Expected
from bench.tally import YearTally
from bench.virtual import Virtual
from ledger.audit.rebuild import rebuild
from ledger.audit.verify import verify
from ledger.store.connection import LOST, connect

SETTLE_SECONDS = 300.0
KEEPERS_LOOKS = 30
UNDER_WAY = timedelta(seconds=20)  # what fell due so lately may still be on its way
LEFT = """
select (select count(*) from outbox) as outbox, (select count(*) from letter) as letters,
       (select count(*) from "case" where wake_at <= $1) as due, (select count(*) from trouble) as trouble,
       (select count(*) from round) as periods
"""


async def settled(url: str, time: Virtual, periods: int) -> list[str]:
    """Wait until nothing is left to do by itself; what is, when it never comes to that."""
    deadline = asyncio.get_running_loop().time() + SETTLE_SECONDS
    left: dict[str, Any] = {}
    while asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.5)
        try:
            connection = await connect(url)
            left = dict(await connection.fetchrow(LEFT, time.now - UNDER_WAY) or {})
            await connection.close()
        except LOST:
            continue
        if left == {"outbox": 0, "letters": 0, "due": 0, "trouble": 0, "periods": periods}:
            return []
    return [f"没有平息：{left}，应有 {periods} 期"]


async def keepers(address: str, url: str, logs: Sequence[Path]) -> list[str]:
    """Print how much ran in Temporal; the cases that wait for time without a workflow that waits for them."""
    client = await Client.connect(address)
    connection = await connect(url)
    running, waiting = set[str](), set[str]()
    for _ in range(KEEPERS_LOOKS):
        running = {each.id async for each in client.list_workflows("WorkflowType='Case' and ExecutionStatus='Running'")}
        waiting = {str(row["id"]) for row in await connection.fetch('select id from "case" where wake_at is not null')}
        if waiting <= running:
            break
        await asyncio.sleep(1)
    await connection.close()
    done = await client.count_workflows("WorkflowType='Round' and ExecutionStatus='Completed'")
    whole = await client.count_workflows("WorkflowType='Case'")
    woken = sum(map(_patrolled, logs))
    print(f"Temporal：Case 流程 {whole.count:,} 个，仍在等的 {len(running)} 个，在等的事项 {len(waiting)} 件")
    print(f"  Round 流程 {done.count:,} 次；巡查代为唤醒 {woken:,} 件次")
    return [f"{case_id} 没有流程在等" for case_id in waiting - running]


async def accounted(
    time: Virtual, expected: Sequence[Expected], titles: Sequence[str], acknowledged: Mapping[UUID, UUID], url: str
) -> list[str]:
    """Count everything from the events, print it, and say what is wrong."""
    instants = sorted({due for one in expected for due in one.due})
    connection = await connect(url, statement_timeout="120000")
    tally = YearTally()
    await tally.read(connection, instants, time.now - UNDER_WAY)
    await tally.rounds(connection, expected)
    lists, lines = await tally.frozen(connection, expected)
    await tally.hazards(connection, titles, acknowledged)
    chains = [fault async for fault in verify(connection)]
    cases, differences = await rebuild(connection, None)
    await connection.close()
    print("开立（每处每期一件）：")
    for one in expected:
        there, wanted = tally.counts[one.id]
        periods, late = len(one.due), _late(time, tally.spans[one.id])
        print(f"  {one.document['title']}：{there} 件，应为 {wanted} 件（{periods} 期）；{late}")
    print(f"  隐患：{tally.counts['hazard'][0]} 件，应为 {tally.counts['hazard'][1]} 件")
    print(f"清单 {lists} 份，共 {lines:,} 行，逐行与按事件重数的对照")
    rungs = [(rung.due, rung.at) for rung in tally.rungs]
    print(f"时限触发 {len(rungs):,} 次；{_late(time, rungs)}")
    print(f"ledger verify：{len(chains)} 处有误；ledger rebuild --check：{cases} 件，差异 {len(differences)} 处")
    return [*tally.faults, *chains, *differences]


def _late(time: Virtual, spans: Sequence[tuple[datetime, datetime]]) -> str:
    """From due to recorded, in virtual days and real seconds: the middle one and the last."""
    late = sorted((time.real(at) - time.real(due), at - due, due) for due, at in spans)
    if not late:
        return "没有"
    lines = [f"{there / timedelta(days=1):.1f} 日（实际 {here.total_seconds():.1f} 秒）" for here, there, _ in late]
    return f"中位迟 {lines[len(lines) // 2]}，最迟 {lines[-1]}，{late[-1][2]:%m-%d} 到期"


def _days(late: timedelta) -> str:
    return f"{late.total_seconds() / 86400:.1f} 日"


def _patrolled(log: Path) -> int:
    """How many cases Patrol had to wake, by a worker's log."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if "overdue_woken" in line]
    return sum(int(found[1]) for line in lines if (found := re.search(r'"?cases"?[=:] ?(\d+)', line)))
