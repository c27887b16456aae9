"""The board of a county with a hundred thousand open cases."""

import asyncio
import time
from collections.abc import AsyncIterator

import asyncpg

from bench.ground import Ground
from bench.life import live
from bench.register import COUNTY, TOWNSHIP
from bench.row import FigureRow, Pace, Spread, Target, percentile
from ledger.identity.scope import scope_of
from ledger.ledger import Ledger, open_ledger
from ledger.read.board import board
from ledger.read.cursor import Cursor
from ledger.store.row import CASE_COLUMNS

TITLE = "看板：一个县 100,000 件在办"
TEMPORAL = False
CASES = 100_000
TOWNSHIPS = 6  # Gu County's
QUERIES = 100  # in a round

# One real case, multiplied: due dates over sixty days, a fifth of them past, cards and levels accordingly.
OWN = {
    "id": "gen_random_uuid()",
    "number": "'YH-2027-' || lpad(n::text, 6, '0')",
    "due_at": "now() + (random() * 60 - 12) * interval '1 day'",
    "wake_at": "now() + random() * interval '60 days'",
    "township": f"case n % {TOWNSHIPS} when 0 then '{TOWNSHIP}' else (141025200000 + n % {TOWNSHIPS} * 1000)::text end",
    "yellow": "(random() < 0.3)::int",
    "red": "(random() < 0.2)::int",
    "escalations": "(random() < 0.1)::int",
}
MULTIPLY = 'insert into "case" ({names}) select {values} from "case", generate_series(1, {count}) n'


async def measure(ground: Ground, pace: Pace) -> AsyncIterator[FigureRow]:
    """The county's first page with all counts, its second page, and a township's."""
    url = ground.fresh("board")
    async with open_ledger(url) as ledger:
        await live(ledger.registrar)
        await _multiply(await ground.owner("board"))
        county, second, township = [], [], []
        for _ in range(pace.rounds):
            first = await _waits(ledger, COUNTY, None, pace.of(QUERIES, 40))
            county.append(percentile(first, 0.99))
            second.append(percentile(await _waits(ledger, COUNTY, await _next(ledger), pace.of(QUERIES, 40)), 0.99))
            township.append(percentile(await _waits(ledger, TOWNSHIP, None, pace.of(QUERIES, 40)), 0.99))
    yield FigureRow(
        "县看板首页（计数与 50 行）p99",
        Spread.over(county),
        " ms",
        Target("≤", 50),
        (
            f"同县第二页 p99 {Spread.over(second).shown(' ms')}；乡镇首页（{CASES // TOWNSHIPS:,} 件）p99 "
            f"{Spread.over(township).shown(' ms')}；每轮各 {pace.of(QUERIES, 40)} 次，不含 HTTP",
        ),
    )


async def _multiply(owner: "asyncpg.Connection[asyncpg.Record]") -> None:
    values = ", ".join(OWN.get(name, f'"case".{name}') for name in CASE_COLUMNS)
    await owner.execute(MULTIPLY.format(names=", ".join(CASE_COLUMNS), values=values, count=CASES), timeout=120)
    await owner.execute('vacuum analyze "case"', timeout=120)
    await owner.close()


async def _waits(ledger: Ledger, code: str, after: Cursor | None, count: int) -> list[float]:
    """Milliseconds of each query, on a connection that is held as long as one request needs it."""
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        async with ledger.reading() as connection:
            view = await scope_of(connection, code)
            assert view is not None
            shown = await board(connection, ledger.library, view, after=after)
        taken.append((time.perf_counter() - began) * 1000)
        assert len(shown.page.items) == 50
        await asyncio.sleep(0)
    return taken


async def _next(ledger: Ledger) -> Cursor:
    async with ledger.reading() as connection:
        view = await scope_of(connection, COUNTY)
        assert view is not None
        shown = await board(connection, ledger.library, view)
    assert shown.page.next is not None
    return Cursor.parse(shown.page.next)
