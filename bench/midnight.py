"""A midnight: many clocks due at one instant. Missed, early or twice is a broken promise (exit code 1)."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from bench import matter
from bench.stage import TrialStage
from domain.days.instant import Instant
from ledger.ledger import open_ledger
from ledger.registrar.registrar import Registrar
from ledger.registrar.request import Ruling
from ledger.store.connection import Connection, Writers, connect
from ledger.store.library import Library

CASES = 10_000
LAST_SECONDS_MAX = 30.0
OPENED_AT_ONCE = 500
STATE = """
select count(*) filter (where wake_at is not null) as asleep, (select count(*) from outbox) as untold from "case"
"""


async def open_many(url: str, cases: int) -> list[UUID]:
    """Cases opened at one recorded instant, so that all are due at one instant."""
    writers = Writers(url, 2)
    (row,) = await writers.fetch("select clock_timestamp() as at")
    frozen: Instant = row["at"]
    registrar = Registrar(writers, Library(writers), lambda _: frozen)
    case_ids: list[UUID] = []
    for start in range(0, cases, OPENED_AT_ONCE):
        requests = [matter.opening() for _ in range(min(OPENED_AT_ONCE, cases - start))]
        for ruling in await registrar.rule_many(requests):
            assert isinstance(ruling, Ruling), ruling
            assert ruling.case_id, ruling
            case_ids.append(ruling.case_id)
    await writers.close()
    return case_ids


async def until_all_fired(connection: Connection, patience_seconds: float) -> None:
    """Wait until nothing sleeps any more, telling how it goes."""
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline:
        row = await connection.fetchrow(STATE)
        assert row
        if row["asleep"] == 0:
            return
        print(f"  still asleep {row['asleep']}, untold {row['untold']}", flush=True)
        await asyncio.sleep(2)


def kept_all(fired: Sequence[matter.Fired], case_ids: Sequence[UUID], but: Sequence[UUID] = ()) -> bool:
    """Print the account; whether every promise was kept. `but`: cases that cannot fire."""
    times = Counter(each.case_id for each in fired)
    missed = len(set(case_ids) - set(but) - set(times))
    early = sum(each.late_seconds < 0 for each in fired)
    twice = sum(number > 1 for number in times.values())
    late = sorted(each.late_seconds for each in fired)
    last, median = (late[-1], late[len(late) // 2]) if late else (0.0, 0.0)
    print(f"cases {len(case_ids)}  missed {missed}  early {early}  twice {twice}")
    print(f"seconds after due: median {median:.2f}, last {last:.2f}")
    return not (missed or early or twice) and last <= LAST_SECONDS_MAX


async def run(stage: TrialStage, cases: int, lead_seconds: int) -> bool:
    """The whole trial."""
    async with open_ledger(stage.url) as ledger:
        await matter.furnish(ledger, matter.drill(lead_seconds, bare=True))
    connection = await connect(stage.url)
    stage.start_worker()
    started = time.monotonic()
    case_ids = await open_many(stage.url, cases)
    due_at = await connection.fetchval('select max(wake_at) from "case"')
    print(f"{cases} cases opened in {time.monotonic() - started:.1f} s", flush=True)
    while await connection.fetchval("select count(*) from outbox"):  # noqa: ASYNC110 - emptied by another process
        await asyncio.sleep(0.5)
    print(f"all keepers told after {time.monotonic() - started:.1f} s, due after {lead_seconds} s", flush=True)
    due_in = await connection.fetchval("select $1::timestamptz - clock_timestamp()", due_at)
    await asyncio.sleep(max(0.0, due_in / timedelta(seconds=1)))
    await until_all_fired(connection, 300)
    await asyncio.sleep(5)  # would anything happen twice?
    fired = await matter.fired(connection)
    await connection.close()
    return kept_all(fired, case_ids)


def main() -> int:
    """Exit code 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--lead", type=int, default=300, metavar="SECONDS", help="from opening to due")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bihuan-midnight-") as root, TrialStage(Path(root)) as stage:
        return 0 if asyncio.run(run(stage, asked.cases, asked.lead)) else 1


if __name__ == "__main__":
    sys.exit(main())
