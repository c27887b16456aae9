"""Lots of a round: drawn once a period from what the ledger held when it fell due, kept for ever, worked out again."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from domain.days.instant import Instant
from domain.rules.cadence import Period
from domain.rules.lot import drawn, orders, seed
from domain.rules.round import Round
from ledger.store.connection import Connection
from ledger.store.journal import hash_of

# What was drawn first stays.
KEEP = """
insert into lot (round, period, due_at, source, seed, count, groups) values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing
"""
KEPT = "select due_at, source, seed, count, groups from lot where round = $1 and period = $2"
# Every edition of a division, the latest last.
PLACES = "select code, name, lineage from division where code = any($1) order by valid_from"
ALL = "select round, period from lot order by due_at, round"

# The newest event before an instant is looked for ever further back, so that few rows are read as a rule.
BACK = (timedelta(hours=1), timedelta(days=1), timedelta(days=31), timedelta(days=36_500))
NEWEST = """
select case_id, version, leaf, salt, recorded_at from event
where recorded_at >= $1 and recorded_at < $2 order by recorded_at desc, case_id, version desc limit 1
"""


@dataclass(frozen=True, slots=True)
class Lots:
    """The lots of one period. `groups`: division above → those below it, the lowest lot first; the first are drawn."""

    round_id: str
    period: str
    due_at: Instant
    source: str  # the event that gave the seed: its case and version
    seed: str
    count: int
    groups: Mapping[str, Sequence[str]]

    @property
    def drawn(self) -> set[str]:
        """The divisions that were drawn."""
        return drawn(self.groups, self.count)


@dataclass(frozen=True, slots=True)
class Place:
    """A division's name, and the codes from itself up to the county."""

    name: str
    lineage: Sequence[str]


@dataclass(frozen=True, slots=True)
class SeedSource:
    """The event that gives a seed: where it stands, its leaf's SHA-256 (hex), when it was recorded, the seed."""

    name: str
    leaf_sha256: str
    recorded_at: Instant
    seed: str


async def source(connection: Connection, due_at: Instant) -> SeedSource | None:
    """The newest event recorded before `due_at`: a function of the ledger as soon as all of that time is committed."""
    for back in BACK:
        if row := await connection.fetchrow(NEWEST, due_at - back, due_at):
            name = f"{row['case_id']}/{row['version']}"
            return SeedSource(name, hash_of(row["leaf"]).hex(), row["recorded_at"], seed(row["leaf"], row["salt"]))
    return None


async def draw(
    connection: Connection, one: Round, period: Period, lineages: Mapping[str, Mapping[str, str]]
) -> Lots | None:
    """The lots of a period for divisions with their lineages: those that were drawn first, whoever asks again.

    None: nothing was recorded in time, so there is nothing to draw from.
    """
    assert one.draws is not None
    if kept := await lots(connection, one.id, period.key):
        return kept
    found = await source(connection, period.due_at)
    if found is None:
        return None
    groups: dict[str, list[str]] = {}
    for code, lineage in lineages.items():
        if above := lineage.get(one.draws.of):
            groups.setdefault(above, []).append(code)
    await connection.execute(
        KEEP,
        one.id, period.key, period.due_at, found.name, found.seed, one.draws.count,
        json.dumps(orders(found.seed, one.id, period.key, groups)),
    )  # fmt: skip
    return await lots(connection, one.id, period.key)


async def lots(connection: Connection, round_id: str, period: str) -> Lots | None:
    """What was drawn, as it is kept."""
    row = await connection.fetchrow(KEPT, round_id, period)
    if row is None:
        return None
    groups = json.loads(row["groups"])
    return Lots(round_id, period, row["due_at"], row["source"], row["seed"], row["count"], groups)


async def places(connection: Connection, kept: Lots) -> Mapping[str, Place]:
    """The divisions that lots name, as the register has them now."""
    codes = [code for above, order in kept.groups.items() for code in (above, *order)]
    rows = await connection.fetch(PLACES, codes)
    return {row["code"]: Place(row["name"], tuple(json.loads(row["lineage"]).values())) for row in rows}


async def faults(connection: Connection) -> AsyncIterator[str]:
    """Every draw that cannot be worked out again, in Chinese."""
    for row in await connection.fetch(ALL):
        kept = await lots(connection, row["round"], row["period"])
        assert kept is not None
        for fault in differences(kept, await source(connection, kept.due_at)):
            yield f"抽取 {kept.round_id} {kept.period}：{fault}"


def differences(kept: Lots, found: SeedSource | None) -> list[str]:
    """What working the lots out again comes to otherwise, in Chinese; [] when all of it is as it was drawn."""
    wrong = []
    if found is None or (found.name, found.seed) != (kept.source, kept.seed):
        wrong.append("种子与台账不符")
    again = orders(kept.seed, kept.round_id, kept.period, kept.groups)
    wrong += [f"{above} 的次序与种子不符" for above, order in kept.groups.items() if again[above] != list(order)]
    return wrong
