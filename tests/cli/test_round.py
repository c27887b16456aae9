"""`bihuan round draw` on a real ledger: what inspectors are shown, and nobody else."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import procedures
from domain.days.instant import rfc3339
from keepers.rounds import Rounds
from ledger.ledger import open_ledger
from tests import moment
from tests.cli.conftest import Run
from tests.cli.test_case import OPEN
from tests.domain.scene import COUNTY, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE

ROUND = "surprise_check"


def test_an_inspector_sees_the_draw_worked_out_again(county: Run, token: Callable[[str], str], database: str) -> None:
    county_office, office = token(f"inspector@{COUNTY}"), token(f"inspector@{TOWNSHIP}")
    assert county(*OPEN, "--token", token(f"grid_worker@{VILLAGE}"))[0] == 0
    (one,) = [each for each in procedures.rounds() if each.id == ROUND]
    start = moment.now() + timedelta(hours=1)  # after everything that the lots are drawn from
    period = next(one.cadence.periods(start, start + timedelta(days=32)))
    later = period.due_at + timedelta(minutes=1) - moment.now()

    async def drawn() -> int:
        async with open_ledger(database, 4, lambda at: at + later) as ledger:
            await ledger.writers.fetch("insert into setting values ($1, $2)", f"round/{ROUND}/since", rfc3339(start))
            return await Rounds([one], ledger.registrar, ledger.writers, lambda at: at + later).look()

    async def read() -> list[str]:
        async with open_ledger(database, 1) as ledger:
            rows = await ledger.writers.fetch("select * from access order by id")
        return [f"{row['hat']} {row['what']} {row['about']}" for row in rows]

    assert asyncio.run(drawn()) == 12
    code, out, err = county("round", "draw", ROUND, period.key, "--token", county_office)
    assert (code, err) == (0, "")
    assert (out.count("抽中"), out.splitlines()[-1]) == (12, "复算：种子一致，次序一致。")
    assert OTHER_TOWNSHIP in out
    assert asyncio.run(read()) == [f"inspector@{COUNTY} draw {ROUND} {period.key}"]
    own = county("round", "draw", ROUND, period.key, "--token", office)[1]
    assert (own.count("抽中"), OTHER_TOWNSHIP in own) == (2, False)
    for hat in (f"head@{TOWNSHIP}", f"dispatcher@{COUNTY}", f"clerk@{VILLAGE}", f"administrator@{COUNTY}"):
        assert county("round", "draw", ROUND, period.key, "--token", token(hat))[:2] == (3, "")
    assert county("round", "draw", ROUND, "1999-01", "--token", county_office)[0] == 3
    assert county("round", "draw", ROUND, period.key)[0] == 1
    assert len(asyncio.run(read())) == 2  # of whoever was shown something
