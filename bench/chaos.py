"""500 cases handled over HTTP while worker, Temporal, PostgreSQL and API are killed in turn, at random moments.

`python -m bench.chaos [--cases N] [--seed N]`: prints what was counted; exit code 1 when a promise was broken.
"""

import argparse
import asyncio
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from bench import private
from bench.audit import audited
from bench.life import DRILL
from embedded.child import Child
from embedded.instance import Instance
from ledger.store.connection import LOST, connect

VICTIMS = ("后台", "Temporal", "PostgreSQL", "接口")
INTERVAL_SECONDS = 2.0, 4.5  # each dies about every 13 s: longer than the supervisor takes to call one steady
CLIENTS = 8
THINK_SECONDS = 0.05
GIVE_UP_SECONDS = 240.0
SETTLE_SECONDS = 60.0
TICK_SECONDS = 0.02


class Killer:
    """Kills one child after another, each by the process id of its present incarnation."""

    def __init__(self, running: Instance, seed: int) -> None:
        self._running = running
        self._chance = random.Random(seed)
        self._next_at = time.monotonic() + self._chance.uniform(*INTERVAL_SECONDS)
        self.killed: Counter[str] = Counter()

    def tick(self) -> None:
        """Kill whose turn it is, once the time has come and it lives."""
        if time.monotonic() < self._next_at:
            return
        victim = self._child(VICTIMS[self.killed.total() % len(VICTIMS)])
        if victim.alive:
            victim.send(signal.SIGKILL)
            self.killed[victim.name] += 1
            self._next_at = time.monotonic() + self._chance.uniform(*INTERVAL_SECONDS)

    def _child(self, name: str) -> Child:
        return next(ward.child for ward in self._running.supervisor.wards if ward.child.name == name)


def storm(running: Instance, process: "subprocess.Popen[bytes]", killer: Killer) -> None:
    """Kill and restart until the clients have done their work."""
    while process.poll() is None:
        running.supervisor.tick()
        killer.tick()
        time.sleep(TICK_SECONDS)


def settle(running: Instance) -> bool:
    """Whether, left alone, everything came back: the API ready, and nothing left that Temporal has not heard."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        running.supervisor.tick()
        if running.answers() and asyncio.run(_waiting(private.url(running))) == 0:
            return True
        time.sleep(0.2)
    return False


async def _waiting(url: str) -> int:
    try:
        connection = await connect(url)
    except LOST:
        return -1
    waiting: int = await connection.fetchval("select count(*) from outbox")
    await connection.close()
    return waiting


async def judged(url: str, report: Mapping[str, Any], cases: int) -> list[str] | None:
    """Print the audit; the promises that were not kept, None when all were."""
    connection = await connect(url, statement_timeout="60000")
    finding = await audited(connection, report["acknowledged"])
    stored: int = await connection.fetchval('select count(*) from "case"')
    closed: int = await connection.fetchval('select count(*) from "case" where closed')
    fired: int = await connection.fetchval("select count(*) from event where name not in ('CaseOpened', 'ActionTaken')")
    await connection.close()
    print(f"事项 {stored} 件（应为 {cases}），办结 {closed} 件，期间时限触发 {fired} 次")
    print("\n".join(finding.lines))
    broken = [*report["refused"], *report["unlike"]]
    broken += [f"事项 {stored} 件，应为 {cases}"] if stored != cases else []
    broken += [f"{report['unfinished']} 件没有办完"] if report["unfinished"] else []
    return [*broken, *(["台账与答复不一致"] if finding.broken else [])] or None


def main() -> int:
    """Exit code 1 when anything acknowledged was lost or done twice, or the ledger does not verify."""
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    asked = parser.parse_args()
    with private.instance(lambda _: None) as running:
        process, report = private.clients(
            running, [running.address], cases=asked.cases, count=CLIENTS, seed=asked.seed,
            think_seconds=THINK_SECONDS, give_up_seconds=GIVE_UP_SECONDS,
        )  # fmt: skip
        killer, began = Killer(running, asked.seed), time.monotonic()
        storm(running, process, killer)
        taken = time.monotonic() - began
        answer = private.reported(process, report, running.plan.state.log / "clients.log")
        print(f"{asked.cases} 件 × {len(DRILL.steps)} 步，{CLIENTS} 个客户端，用时 {taken:.0f} 秒，种子 {asked.seed}")
        print("SIGKILL：" + "，".join(f"{name} {count} 次" for name, count in killer.killed.items()))
        repeats = f"未送达而重发 {answer['undelivered']} 次；有意重发 {answer['repeated']} 次"
        print(f"{repeats}，答复不同 {len(answer['unlike'])} 次")
        settled = settle(running)
        broken = asyncio.run(judged(private.url(running), answer, asked.cases))
        print("风暴过后一切自行恢复" if settled else "风暴过后没有恢复")
        for line in (broken or [])[:20]:
            print(f"未守住：{line}")
    return 1 if broken or not settled else 0


if __name__ == "__main__":
    sys.exit(main())
