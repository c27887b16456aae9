"""Commands a second through the registrar beside raw PostgreSQL, and how long an acknowledgement takes."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

from bench import raw
from bench.ground import Ground
from bench.life import HAZARD, STEPS, accepted, live, lives_together
from bench.row import FigureRow, Pace, Spread, Target, Work, by_callers, interleaved, percentile, ratio
from ledger.ledger import open_ledger
from ledger.registrar.registrar import Registrar
from ledger.store.connection import connect

TITLE = "指令：登记处与原生 PostgreSQL（同样的行、同样的连接）"
TEMPORAL = False
CONNECTIONS = 8
LIVES = 400  # of each contender in a round
TOGETHER = 50  # cases in one batch of `rule_many`
HALF_LOAD_SECONDS = 6.0  # in a round


async def measure(ground: Ground, pace: Pace) -> AsyncIterator[FigureRow]:
    """One by one, by `rule_many`, and raw; then acknowledgements at half of what one by one gave."""
    url, lives = ground.fresh("command"), pace.of(LIVES, 8 * CONNECTIONS)
    owner = await ground.owner("command")
    await raw.tables(owner)
    await owner.close()
    connections = [await connect(url) for _ in range(CONNECTIONS)]
    baseline = raw.Raw(connections, await raw.recorded(url))
    async with open_ledger(url, CONNECTIONS) as ledger:
        registrar = ledger.registrar

        spent = Spent()

        async def bare() -> float:
            return await _rate(ground, lives, await baseline.prepare(lives), spent.raw)

        async def one_by_one() -> float:
            return await _rate(
                ground, lives, lambda: by_callers(CONNECTIONS, [lambda: live(registrar)] * lives), spent.one
            )

        async def many() -> float:
            batches = [lives_together(registrar, TOGETHER)] * -(-lives // TOGETHER)
            return await _rate(ground, len(batches) * TOGETHER, lambda: by_callers(CONNECTIONS, batches), spent.many)

        await by_callers(CONNECTIONS, [lambda: live(registrar)] * CONNECTIONS)  # connections and caches
        rates = await interleaved({"raw": bare, "one": one_by_one, "many": many}, pace.rounds)
        rows = {name: Spread.over(values).shown(" 条/秒") for name, values in rates.items()}
        shape = f"{CONNECTIONS} 个连接、{CONNECTIONS} 个并发，每轮 {lives} 件 × {STEPS} 步"
        yield FigureRow(
            "登记处逐条 ÷ 原生单语句",
            ratio(rates["one"], rates["raw"]),
            "×",
            Target("≥", 0.5),
            (f"登记处 {rows['one']}；原生 {rows['raw']}", shape, spent.shown),
        )
        yield FigureRow(
            "登记处 rule_many ÷ 原生单语句",
            ratio(rates["many"], rates["raw"]),
            "×",
            Target("≥", 1.0),
            (f"rule_many {rows['many']}（每批 {TOGETHER} 件的同一步）；原生 {rows['raw']}",),
        )
        half = Spread.over(rates["one"]).median / 2
        seconds = max(3.0, HALF_LOAD_SECONDS * pace.share)
        yield _half_load(half, [await _waits(registrar, half, seconds) for _ in range(pace.rounds)])
    for connection in connections:
        await connection.close()


@dataclass
class Spent:
    """CPU milliseconds of this process per command, round by round: what a busy machine does not change much."""

    raw: list[float] = field(default_factory=list)
    one: list[float] = field(default_factory=list)
    many: list[float] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """For people."""
        raw, one, many = (Spread.over(each).shown(" ms") for each in (self.raw, self.one, self.many))
        return f"本进程每条所用 CPU：登记处逐条 {one}，rule_many {many}，原生 {raw}"


async def _rate(ground: Ground, lives: int, work: Work, spent: list[float]) -> float:
    """Commands a second."""
    await asyncio.to_thread(ground.checkpoint)
    began, used = time.perf_counter(), time.process_time()
    await work()
    spent.append((time.process_time() - used) * 1000 / (lives * STEPS))
    return lives * STEPS / (time.perf_counter() - began)


def _half_load(half: float, waits: list[list[float]]) -> FigureRow:
    middle = Spread.over([percentile(each, 0.5) for each in waits]).shown(" ms")
    count = sum(map(len, waits))
    return FigureRow(
        "半载时受理 p99",
        Spread.over([percentile(each, 0.99) for each in waits]),
        " ms",
        Target("≤", 10),
        (f"p50 {middle}；每秒 {half:,.0f} 条，按时刻表到达，自应到之时计；{len(waits)} 轮共 {count:,} 条",),
    )


async def _waits(registrar: Registrar, rate: float, seconds: float) -> list[float]:
    """Milliseconds from when each command was due to be sent until it was acknowledged: a late start counts too."""
    loop = asyncio.get_running_loop()
    ready: deque[tuple[int, UUID]] = deque()
    waits: list[float] = []

    async def send(due: float, step: int, case_id: UUID | None) -> None:
        answered = accepted(await registrar.rule(HAZARD.request(step, case_id)))
        waits.append((loop.time() - due) * 1000)
        if step + 1 < STEPS:
            ready.append((step + 1, answered))

    began = loop.time()
    async with asyncio.TaskGroup() as group:
        for place in range(int(rate * seconds)):
            due = began + place / rate
            if (early := due - loop.time()) > 0:
                await asyncio.sleep(early)
            step, case_id = ready.popleft() if ready else (0, None)
            group.create_task(send(due, step, case_id))
    return waits
