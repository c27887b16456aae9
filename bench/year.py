"""A year of the county in minutes, with workers, Temporal and PostgreSQL killed at random: counted afterwards.

`python -m bench.year [--minutes N] [--days N] [--hazards N] [--kills N] [--seed N]`; exit code 1 on any difference.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import asyncpg

import procedures
from application.caller import OPERATOR
from application.furnishing import furnish, sample_county
from application.house import House
from bench import due_days as almanac
from bench import machine, reaper
from bench.account import accounted, keepers, settled
from bench.people import People
from bench.plan import AGENDAS_A_MONTH, PlannedLife, PlannedPlace, agenda, hazards
from bench.reaper import POSTGRES, TEMPORAL, WORKERS, Reaper
from bench.register import upload
from bench.stage import TrialStage
from bench.virtual import VARIABLE, Virtual
from embedded import temporal
from keepers.rounds import Rounds
from ledger.ledger import open_ledger
from ledger.registers.register import RegisteredUnit, load_units
from ledger.registrar.request import case_of, rounds_id
from samples import read
from worker import on_file

# 2025 has 52 Mondays, and the calendar of the year after it is published: no date in it is provisional.
START = datetime(2024, 12, 31, 4, tzinfo=UTC)
FIRST = datetime(2024, 12, 31, 16, tzinfo=UTC)  # 00:00 of 1 January in Shanghai
DAYS = 365
LEAD_SECONDS = 8.0
LAST_HOURS = 30.0  # nobody opens anything so shortly before the end
FAULTS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: so many days of 2025 in so many minutes."""

    minutes: float
    days: int
    hazards: int
    kills: int
    seed: int

    def time(self) -> Virtual:
        """Virtual time, from shortly after now."""
        whole = FIRST + timedelta(days=self.days) - timedelta(minutes=10) - START
        begun = datetime.now(UTC) + timedelta(seconds=LEAD_SECONDS)
        return Virtual(START, begun, whole.total_seconds() / (self.minutes * 60), whole)

    @property
    def end(self) -> datetime:
        """The first instant that is no longer tried."""
        return FIRST + timedelta(days=self.days)


async def stocked(stage: TrialStage) -> list[PlannedPlace]:
    """Divisions, units, procedures and calendars; rounds at work since the start. Where people live."""
    async with open_ledger(stage.url, clock=lambda _: START) as ledger:
        house = House(ledger, stage.state.evidence)
        await furnish(house, OPERATOR, stage.state.accounts, False, print)
        await sample_county(house, OPERATOR)
        units = [RegisteredUnit(unit.id, unit.name, unit.division, unit.kinds) for unit in read().units]
        await load_units(ledger.writers, units)
        await Rounds(on_file(), ledger.registrar, ledger.writers, lambda _: START).look()
        rows = await ledger.writers.fetch("select code, lineage ->> 'township' as township from division"
                                          " where level = 'village' and lineage ? 'county' order by code")  # fmt: skip
    owner = await asyncpg.connect(stage.postgres.owner_url)
    await owner.execute("insert into person (id, name, sample) values ('sample', '样例', true) on conflict do nothing")
    await owner.close()
    own = {unit.division: unit.id for unit in units}
    return [PlannedPlace(row["code"], row["township"], own[row["township"]]) for row in rows]


def lives(trial: Trial, places: Sequence[PlannedPlace], chance: random.Random) -> list[PlannedLife]:
    """Everything that people are going to do."""
    until = trial.end - timedelta(hours=LAST_HOURS)
    planned = hazards(chance, places, trial.hazards, FIRST, until)
    months = [date(2025, month, 1) for month in range(1, 13)]
    for month in months:
        at = datetime(month.year, month.month, month.day, tzinfo=UTC) - timedelta(hours=8)
        for place in chance.sample(list(places), AGENDAS_A_MONTH):
            case_id = case_of(rounds_id("affairs_day", place.village, f"{month:%Y-%m}"))
            if at < until:
                planned.append(agenda(chance, f"{month:%Y-%m}/{place.village}", at, place, case_id))
    return planned


async def uploaded(stage: TrialStage, planned: Sequence[PlannedLife]) -> None:
    """Everybody who is going to act has a photo to show."""
    owner = await asyncpg.connect(stage.postgres.owner_url)
    await upload(owner, sorted({life.place.hat(deed.post) for life in planned for deed in life.deeds}))
    await owner.close()


async def run(stage: TrialStage, trial: Trial) -> list[str]:
    """The whole trial; every promise that was not kept."""
    chance = random.Random(trial.seed)
    places = await stocked(stage)
    planned = lives(trial, places, chance)
    await uploaded(stage, planned)
    time = trial.time()
    for _ in WORKERS:
        stage.start_worker({VARIABLE: time.dump()}, "bench.virtual_worker")
    assert stage.temporal is not None
    children = {
        TEMPORAL: stage.temporal,
        POSTGRES: stage.postgres.child,
        **dict(zip(WORKERS, stage.workers, strict=True)),
    }
    ready = {TEMPORAL: lambda: temporal.listening(stage.port), POSTGRES: stage.postgres.ready}
    rounds = almanac.expected(procedures.ROUNDS, START, trial.end)
    by_id = {one.id: one.due for one in rounds}
    blows = reaper.planned(chance, time, trial.kills, by_id["affairs_day"], by_id["weekly_analysis"])
    killer = Reaper(time, children, ready)
    async with open_ledger(stage.url, clock=time) as ledger:
        people = People(ledger.registrar, ledger.writers, time, planned, random.Random(trial.seed))
        async with asyncio.TaskGroup() as group:
            group.create_task(people.work())
            group.create_task(killer.work(blows))
        faults = await settled(stage.url, time, sum(len(one.due) for one in rounds))
    print(f"{trial.days} 天用 {trial.minutes:g} 分钟（快 {time.speed:,.0f} 倍），种子 {trial.seed}")
    faults += mourned(killer, trial.days == DAYS)
    print(f"人的指令 {len(people.acknowledged):,} 条，断线重问 {people.lost} 次，有意重发 {people.repeated} 次；"
          f"最迟动手晚 {people.late / timedelta(days=1):.1f} 日")  # fmt: skip
    print("  " + "，".join(f"{name} {count}" for name, count in people.done.most_common()))
    faults += people.faults
    titles = [f"样例隐患 {life.key}" for life in planned if life.opening is not None]
    faults += await accounted(time, rounds, titles, people.acknowledged, stage.url)
    return faults + await keepers(stage.address, stage.url, [worker.log for worker in stage.workers])


def mourned(killer: Reaper, whole: bool) -> list[str]:
    """Print who died and when. Over a `whole` year every kind of outage that was to span its instant must have."""
    print("杀死：" + "，".join(f"{name} {count} 次" for name, count in killer.killed.items()))
    print("  " + "；".join(killer.deaths))
    for words in (words for spans in killer.spanned.values() for words in spans):
        print(f"  {words}")
    for words in killer.missed:
        print(f"  没有{words}")
    unspanned = ["、".join(victims) for victims, spans in killer.spanned.items() if not spans]
    return [f"全年没有一次停着度过预定时点的：{victims}" for victims in unspanned if whole]


def main() -> int:
    """Exit code 1 when anything is missing, double or otherwise than counted again."""
    parser = argparse.ArgumentParser(prog="python -m bench.year", description=__doc__)
    parser.add_argument("--minutes", type=float, default=12.0, help="how long the days take")
    parser.add_argument("--days", type=int, default=DAYS, help="of 2025, from its first")
    parser.add_argument("--hazards", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=24)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    asked = parser.parse_args()
    trial = Trial(asked.minutes, asked.days, asked.hazards, asked.kills, asked.seed)
    with (
        tempfile.TemporaryDirectory(prefix="bihuan-year-", ignore_cleanup_errors=True) as root,
        TrialStage(Path(root)) as stage,
    ):
        print("\n".join(machine.described(Path(root))), flush=True)
        faults = asyncio.run(run(stage, trial))
        print(f"结束时负载 {os.getloadavg()[0]:.2f}；未守住的承诺 {len(faults)} 处")
        for fault in faults[:FAULTS_SHOWN]:
            print(f"未守住：{fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
