"""Two APIs and two workers on 20 hot cases: versions stay dense, nobody deadlocks, no rung fires twice.

`python -m bench.hot [--seconds N] [--seed N]`; exit code 1 when a promise was broken.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import time
from typing import Any

from bench import private
from bench.audit import Finding, audited
from embedded import temporal
from embedded.instance import Instance
from ledger.store.connection import connect

CASES = 20
CLIENTS = 16
SECONDS = 25.0  # the drill's ladder ends after twenty
GIVE_UP_SECONDS = 120.0
DEADLOCKS = "select deadlocks from pg_stat_database where datname = current_database()"
SHAPE = "select count(*), count(distinct case_id), max(version) from event"
FIRED = "select count(*) from event where name not in ('CaseOpened', 'ActionTaken')"


async def one(url: str, query: str) -> tuple[int, ...]:
    """The one row of `query`, on a connection of its own, so that statistics are fresh."""
    connection = await connect(url)
    row = await connection.fetchrow(query)
    await connection.close()
    assert row is not None
    return tuple(row)


async def _audit(url: str, acknowledged: list[dict[str, Any]]) -> Finding:
    connection = await connect(url, statement_timeout="60000")
    try:
        return await audited(connection, acknowledged)
    finally:
        await connection.close()


def watched(running: Instance, process: "subprocess.Popen[bytes]") -> None:
    """Keep everything alive until the clients are done."""
    while process.poll() is None:
        running.supervisor.tick()
        time.sleep(0.05)


def main() -> int:
    """Exit code 1 when versions have gaps, something happened twice, or PostgreSQL saw a deadlock."""
    parser = argparse.ArgumentParser(prog="python -m bench.hot", description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    asked = parser.parse_args()
    with private.instance(lambda _: None) as running:
        port, url = temporal.free_port(), private.url(running)
        api = private.second(running, "接口二", "api", BIHUAN_PORT=str(port))
        private.second(running, "后台二", "worker")
        running.supervisor.wait(api, lambda: temporal.listening(port), 60)
        (before,) = asyncio.run(one(url, DEADLOCKS))
        process, report = private.clients(
            running, [running.address, f"http://{temporal.HOST}:{port}"], cases=CASES, count=CLIENTS, seed=asked.seed,
            think_seconds=0.0, give_up_seconds=GIVE_UP_SECONDS, hot_seconds=asked.seconds,
        )  # fmt: skip
        watched(running, process)
        answer = private.reported(process, report, running.plan.state.log / "clients.log")
        time.sleep(1.5)  # backends report their statistics once a second
        (after,), shape, (fired,) = (asyncio.run(one(url, query)) for query in (DEADLOCKS, SHAPE, FIRED))
        finding = asyncio.run(_audit(url, answer["acknowledged"]))
    events, cases, most = shape
    print(f"2 个接口、2 个后台、{CLIENTS} 个客户端，{asked.seconds:.0f} 秒，种子 {asked.seed}")
    print(f"{cases} 件热点事项共 {events:,} 条事件（最多一件 {most} 版），时限触发 {fired} 次")
    print("\n".join(finding.lines))
    print(f"pg_stat_database.deadlocks +{after - before}")
    wrong = [*answer["refused"], *answer["unlike"]]
    for line in wrong[:20]:
        print(f"未守住：{line}")
    return 1 if finding.broken or wrong or answer["unfinished"] or after != before else 0


if __name__ == "__main__":
    sys.exit(main())
