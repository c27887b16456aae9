"""One poisoned case among many due ones: the others happen in time, it is reported once. Exit code 1 otherwise."""

import argparse
import asyncio
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from bench import matter, midnight
from bench.stage import TrialStage
from ledger.ledger import open_ledger
from ledger.store.connection import connect


async def run(stage: TrialStage, cases: int, lead_seconds: int) -> bool:
    """The whole trial; without Temporal, so that Patrol has everything to do."""
    async with open_ledger(stage.url) as ledger:
        await matter.furnish(ledger, matter.drill(lead_seconds, bare=True))
    connection = await connect(stage.url)
    stage.start_worker()
    case_ids = await midnight.open_many(stage.url, cases)
    sick = case_ids[cases // 3]
    await connection.execute("""update "case" set state = '{}' where id = $1""", sick)
    due_in = await connection.fetchval('select max(wake_at) - clock_timestamp() from "case"')
    await asyncio.sleep(max(0.0, due_in / timedelta(seconds=1)))
    for _ in range(120):
        if await connection.fetchval('select count(*) from "case" where wake_at is not null') == 1:
            break
        await asyncio.sleep(0.5)
    await asyncio.sleep(3)
    reports = [row["case_id"] for row in await connection.fetch("select case_id from trouble")]
    logged = (stage.state.log / "worker0.log").read_text().count("case_troubled")
    fired = await matter.fired(connection)
    await connection.close()
    print(f"fired {len(fired)}, reported {len(reports)}, logged {logged}")
    kept = midnight.kept_all(fired, case_ids, but=[sick])
    return kept and reports == [sick] and logged == 1 and len(fired) == cases - 1


def main() -> int:
    """Exit code 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=midnight.CASES)
    parser.add_argument("--lead", type=int, default=45, metavar="SECONDS", help="from opening to due")
    asked = parser.parse_args()
    temporary = tempfile.TemporaryDirectory(prefix="bihuan-poison-")
    with temporary as root, TrialStage(Path(root), with_temporal=False) as stage:
        return 0 if asyncio.run(run(stage, asked.cases, asked.lead)) else 1


if __name__ == "__main__":
    sys.exit(main())
