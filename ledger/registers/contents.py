"""The registers read back: rows of a division, gaps, who is on duty, and what one shift tells the next."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import asyncpg

from domain.rules.form import control_free
from ledger.registers.division import RegisterFault
from ledger.registers.register_kind import RegisterKind
from ledger.store.connection import Writers

# Who is on duty at a division now.
ON_DUTY = """
select r.person, p.name, r.from_at, r.to_at from roster r join person p on p.id = r.person where r.division = $1
and r.from_at <= clock_timestamp() and clock_timestamp() < r.to_at and r.voided_at is null
order by r.from_at, r.person
"""
HAND_OVER = "insert into handover (id, division, giver, taker, words) values ($1, $2, $3, $4, $5)"
PERSON = "select 1 from person where id = $1"
# The last notes of a division, the newest first.
HANDOVERS = """
select h.written_at, h.giver, g.name as giver_name, h.taker, t.name as taker_name, h.words from handover h
join person g on g.id = h.giver join person t on t.id = h.taker where h.division = $1 order by h.written_at desc
limit $2
"""
DIVISION = "select 1 from division where code = $1 and valid_to is null"

WORDS_LENGTH_MAX = 2000
IN_FORCE = "valid_from <= today() and (valid_to is null or valid_to > today())"
BELOW = (
    "select code from division where valid_to is null"
    " and (code = $1 or $1 in (lineage ->> 'village', lineage ->> 'township', lineage ->> 'county'))"
)
SCOPES = f"{BELOW} union all select id from unit where division in ({BELOW})"

# What a division lacks: villages without a grid or contacts, grids and households without a person.
GAPS = f"""
select 1 as part, '村无网格' as gap, d.code, d.name from division d
  where d.valid_to is null and d.level = 'village' and d.code in ({BELOW})
  and not exists (select from grid g where g.division = d.code and {IN_FORCE.replace("valid", "g.valid")})
union all
select 2, '村无联系户登记', d.code, d.name from division d
  where d.valid_to is null and d.level = 'village' and d.code in ({BELOW})
  and not exists (select from contact c where c.village = d.code and {IN_FORCE.replace("valid", "c.valid")})
union all
select 3, '网格无网格员', code, name from grid where worker is null and division in ({BELOW}) and {IN_FORCE}
union all
select 4, '户无联系人', village || ' ' || household, '' from contact
  where person is null and village in ({BELOW}) and {IN_FORCE}
order by 1, 3
"""


async def rows(
    writers: Writers, kind: RegisterKind, division: str | None = None, voided: bool = False
) -> Sequence[dict[str, Any]]:
    """What is in force, or was `voided`, of a division and those below it, or of all. Raises RegisterFault."""
    conditions = [f"not ({kind.stands})" if voided else kind.stands, *([IN_FORCE] if kind.dated else [])]
    if division is not None:
        await _known(writers, division)
        within = SCOPES if kind.scope else BELOW
        if kind.table == "person":
            within = f"select person from hat where scope in ({SCOPES})"
        conditions.append(f"{kind.at} in ({within})")
    query = f'select * from "{kind.table}" where {" and ".join(conditions)} order by {", ".join(kind.key)}'
    found = await writers.fetch(query, *([division] if division is not None else []))
    return [dict(row) for row in found]


async def gaps(writers: Writers, division: str) -> list[tuple[str, str, str]]:
    """(what is missing, code, name): villages and grids without a worker, households without a contact."""
    await _known(writers, division)
    found = await writers.fetch(
        GAPS,
        division,
    )
    return [(row["gap"], row["code"], row["name"]) for row in found]


async def on_duty(writers: Writers, division: str) -> Sequence[asyncpg.Record]:
    """Who is on duty at a division now."""
    return await writers.fetch(
        ON_DUTY,
        division,
    )


async def hand_over(writers: Writers, division: str, giver: str, taker: str, words: str) -> None:
    """Keep what one shift tells the next. Raises RegisterFault."""
    text = words.strip()
    if not text or len(text) > WORDS_LENGTH_MAX or not control_free(text):
        raise RegisterFault([f"交接内容应为 1 至 {WORDS_LENGTH_MAX} 字"])
    if giver == taker:
        raise RegisterFault(["交班人和接班人不能是同一人"])
    await _known(writers, division)
    if not await writers.fetch(PERSON, taker):
        raise RegisterFault([f"没有编号为 {taker} 的人员"])
    await writers.fetch(
        HAND_OVER,
        uuid4(), division, giver, taker, text,
    )  # fmt: skip


async def handovers(writers: Writers, division: str, limit: int = 50) -> Sequence[asyncpg.Record]:
    """The last notes of a division, the newest first, with names."""
    return await writers.fetch(
        HANDOVERS,
        division,
        limit,
    )


async def _known(writers: Writers, division: str) -> None:
    if not await writers.fetch(DIVISION, division):
        raise RegisterFault([f"没有区划 {division}"])
