"""Who acted for somebody absent, as the registers knew it then; and what a delegate may not do to that absence."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.days.instant import Instant
from domain.rules.hat import Actor, Role
from ledger.store.connection import Connection, Writers

OWN = "代理人本人不能登记、更改或作废自己所代理的请假，请由他人办理"

# Whether the scope of a hat lies above a place: a division, or a unit of one.
COVERS = """
select from division d left join unit u on u.id = $1 where d.code = coalesce(u.division, $1)
and ($2 = $1 or $2 in (select value from jsonb_each_text(d.lineage))) limit 1
"""
# A row is known at an instant when it had been loaded and not been voided by then, whatever became of it later.
ABSENCE_KNOWN = "b.loaded_at <= a.at and (b.voided_at is null or b.voided_at > a.at)"
_WORN_THEN = """
select from hat h where (h.person, h.role, h.scope) = ({0}.person, a.role, a.scope)
and h.loaded_at <= a.at and h.valid_from <= a.day
and (h.valid_to is null or h.valid_to > a.day or h.ended_at > a.at)"""
STOOD_IN = f"""
with a as (
  select n, person, role, scope, at, day_of(at) as day
  from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) with ordinality as a(person, role, scope, at, n))
select distinct on (a.n) a.n, b.person, p.name, b.from_on, b.to_on
from a join absence b on (b.delegate, b.role, b.scope) = (a.person, a.role, a.scope)
  and a.day between b.from_on and b.to_on and {ABSENCE_KNOWN}
join person p on p.id = b.person
where exists ({_WORN_THEN.format("b")}) and not exists ({_WORN_THEN.format("a")})
order by a.n, b.from_on, b.person
"""


async def stood_in(connection: AsyncConnection, acts: Sequence[tuple[str, str, Instant]]) -> dict[int, dict[str, Any]]:
    """Of `acts` (person, hat, when) those of a delegate, by place: for whom, and on which days, as known then.

    Whoever wore the hat then acted for nobody else. Who stood in for two at once acted for whose absence began first.
    """
    hats = [hat.partition("@") for _, hat, _ in acts]
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    rows = await driver.fetch(
        STOOD_IN, [act[0] for act in acts], [hat[0] for hat in hats], [hat[2] for hat in hats], [act[2] for act in acts]
    )
    return {
        row["n"] - 1: {
            "id": row["person"], "name": row["name"],
            "from_on": row["from_on"].isoformat(), "to_on": row["to_on"].isoformat(),
        }
        for row in rows
    }  # fmt: skip


def own(row: Mapping[str, Any] | None, person: str) -> bool:
    """Whether this absence is one by which the person acts. Persons are compared, whatever hat they come under."""
    return row is not None and row.get("delegate") == person


async def covers(connection: Connection | Writers, place: str, actor: Actor) -> bool:
    """Whether the actor works at the place, a division or a unit, or above it."""
    return actor.hat.role != Role.RESIDENT and bool(await connection.fetch(COVERS, place, actor.hat.scope))
