"""What nobody has: posts that the procedures need, villages, households and days that nobody is there for."""

from datetime import timedelta

from domain.days.instant import Instant, day_of, midnight
from domain.rules.hat import ROLE_TITLES
from ledger.registers import contents as folio
from ledger.registers.staffing import staffing
from ledger.store.connection import Writers
from ledger.store.library import Library

Gap = tuple[str, str, str]  # what is missing, code, name
ROSTER_DAYS = 7
# Villages with neither a grid that somebody walks nor a grid worker of their own.
UNWALKED = """
select d.code, d.name from division d
where d.valid_to is null and d.level = 'village' and $1 in (select value from jsonb_each_text(d.lineage))
and not exists (select from grid g where g.division = d.code and g.worker is not null and g.valid_from <= $2
  and (g.valid_to is null or g.valid_to > $2))
and not exists (select from hat h where h.role = 'grid_worker' and h.scope = d.code and h.valid_from <= $2
  and (h.valid_to is null or h.valid_to > $2))
order by d.code
"""
UNROSTERED = """
select d.code, d.name, day.begins from division d
cross join unnest($2::timestamptz[], $3::timestamptz[]) as day(begins, ends)
where d.valid_to is null and d.level in ('county', 'township') and $1 in (select value from jsonb_each_text(d.lineage))
and not exists (select from roster r where r.division = d.code and r.voided_at is null
  and r.from_at < day.ends and r.to_at > day.begins)
order by d.code, day.begins
"""


async def gaps(writers: Writers, library: Library, division: str, at: Instant) -> list[Gap]:
    """Everything that is missing in a division and below it at `at`; rosters for the seven days that begin with that
    of `at`. Raises RegisterFault.
    """
    found = await folio.gaps(writers, division)
    today = day_of(at)
    unwalked = await writers.fetch(UNWALKED, division, today)
    found += [("村无网格员", row["code"], row["name"]) for row in unwalked]
    found += await vacant(writers, library, division, at)
    days = [midnight(today + timedelta(days=each)) for each in range(ROSTER_DAYS + 1)]
    unrostered = await writers.fetch(UNROSTERED, division, days[:-1], days[1:])
    found += [("当日无人值班", f"{row['code']} {day_of(row['begins'])}", row["name"]) for row in unrostered]
    return found


async def vacant(writers: Writers, library: Library, division: str, at: Instant) -> list[Gap]:
    """The posts that a stage or a rung of a released procedure needs there and nobody answers for."""
    table = await staffing(writers, library, at, division=division)
    return [
        ("岗位空缺", str(hat), f"{ROLE_TITLES[hat.role]}：{'；'.join(table.posts[hat])}") for hat in table.unresolved
    ]
