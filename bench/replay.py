"""Reading the ledger back: a long case as it was, and everything rebuilt and verified from events."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from uuid import UUID

from bench.ground import Ground
from bench.life import HAZARD, accepted, lives_together
from bench.row import FigureRow, Pace, Spread, Target, by_callers, interleaved, percentile
from domain.case.view import present
from ledger.audit.rebuild import rebuild
from ledger.audit.verify import verify
from ledger.ledger import Ledger, open_ledger
from ledger.read.history import replayed
from ledger.registrar.registrar import Registrar
from ledger.store.connection import connect

TITLE = "回放与重建"
TEMPORAL = False
EVENTS = 1_000  # of the long case
REPLAYS = 60  # in a round
LIVES = 1_500
TOGETHER = 100
PROGRESS = 4  # the step that may be repeated


async def measure(ground: Ground, pace: Pace) -> AsyncIterator[FigureRow]:
    """Replays of one long case to random versions and to its last, then the whole ledger."""
    url = ground.fresh("replay")
    async with open_ledger(url) as ledger:
        case_id = await long_case(ledger.registrar)
        chance = random.Random(1)
        whole = [await _replays(ledger, case_id, [EVENTS] * pace.of(REPLAYS, 20)) for _ in range(pace.rounds)]
        picked = [chance.randint(1, EVENTS) for _ in range(pace.of(REPLAYS, 20))]
        anywhere = Spread.over([percentile(await _replays(ledger, case_id, picked), 0.5) for _ in range(pace.rounds)])
        yield FigureRow(
            f"{EVENTS:,} 条事件的事项回放到末版 p99",
            Spread.over([percentile(each, 0.99) for each in whole]),
            " ms",
            Target("≤", 20),
            (
                f"p50 {Spread.over([percentile(each, 0.5) for each in whole]).shown(' ms')}；任意版本 p50 "
                f"{anywhere.shown(' ms')}；含读库、折叠与成形，不含 HTTP",
            ),
        )
        await by_callers(4, [lives_together(ledger.registrar, TOGETHER)] * pace.of(LIVES // TOGETHER, 2))
    async for row in _whole_ledger(url, pace):
        yield row


async def long_case(registrar: Registrar) -> UUID:
    """A hazard under handling with EVENTS events, nearly all of them progress."""
    case_id: UUID | None = None
    for step in range(PROGRESS):
        case_id = accepted(await registrar.rule(HAZARD.request(step, case_id)))
    assert case_id is not None
    for _ in range(4):
        some = (EVENTS - PROGRESS) // 4
        for ruling in await registrar.rule_many([HAZARD.request(PROGRESS, case_id) for _ in range(some)]):
            accepted(ruling)
    return case_id


async def _replays(ledger: Ledger, case_id: UUID, versions: list[int]) -> list[float]:
    """Milliseconds of each."""
    taken = []
    async with ledger.reading() as connection:
        await replayed(connection, case_id, 1)  # the connection and its statement
        for version in versions:
            began = time.perf_counter()
            case = await replayed(connection, case_id, version)
            assert case is not None
            present(str(case_id), case)
            taken.append((time.perf_counter() - began) * 1000)
    return taken


async def _whole_ledger(url: str, pace: Pace) -> AsyncIterator[FigureRow]:
    reading, writing = await connect(url), await connect(url)
    events: int = await reading.fetchval("select count(*) from event")
    cases: int = await reading.fetchval('select count(*) from "case"')

    async def mend() -> float:
        await writing.execute('update "case" set fold = 0')  # as after a change of the fold: every row is stale
        began = time.perf_counter()
        found = await rebuild(reading, writing)
        return _rate(events, began, found[1])

    async def look() -> float:
        began = time.perf_counter()
        found = await rebuild(reading, None)
        return _rate(events, began, found[1])

    async def check() -> float:
        began = time.perf_counter()
        return _rate(events, began, [fault async for fault in verify(reading)])

    rates = await interleaved({"mend": mend, "look": look, "check": check}, pace.rounds)
    await asyncio.gather(reading.close(), writing.close())
    shape = f"{cases:,} 个事项、{events:,} 条事件，单进程"
    yield FigureRow(
        "重建全部投影", Spread.over(rates["mend"]), " 条/秒", Target("≥", 50_000), (f"{shape}，每行都重写",)
    )
    yield FigureRow("重建核对（rebuild --check）", Spread.over(rates["look"]), " 条/秒", None, (shape,))
    yield FigureRow("核验（ledger verify）", Spread.over(rates["check"]), " 条/秒", None, (f"{shape}；链、密度与折叠",))


def _rate(events: int, began: float, faults: list[str]) -> float:
    """Events a second. Raises RuntimeError: a ledger with faults is another matter."""
    taken = time.perf_counter() - began
    if faults:
        raise RuntimeError(f"台账有误：{faults[:3]}")
    return events / taken
