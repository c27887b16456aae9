"""Who answers for a post at an instant: by holding it, by standing in for somebody absent, or by being on duty."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from domain.days.instant import Instant, day_of, end_of, midnight
from domain.days.office_hours import DEFAULT, OfficeHours
from domain.rules.hat import Hat, Role
from ledger.store.connection import Writers
from ledger.store.library import Library
from ledger.store.setting import read_setting, write_setting

OFFICE_HOURS = "office_hours"
EVER = datetime.max.replace(tzinfo=UTC)
Basis = Literal["holder", "delegate", "on_duty"]
# Everybody who wears one of these hats on a day, with whoever stands in; and who is on duty for its division.
# $7: by what was known then. What was loaded, voided or ended later changes no answer about before.
ANSWERING = """
with asked as (select role, scope from unnest($1::text[], $2::text[]) as a(role, scope)),
hat as (select person, role, scope, valid_from, case when ended_at <= $7 then valid_to end as valid_to from hat
  where loaded_at <= $7),
absence as (select * from absence where loaded_at <= $7 and (voided_at is null or voided_at > $7)),
roster as (select * from roster where loaded_at <= $7 and (voided_at is null or voided_at > $7))
select h.role, h.scope, h.person, p.name, h.valid_to, a.delegate, d.name as delegate_name, a.to_on,
  null::timestamptz as to_at
from asked join hat h using (role, scope) join person p on p.id = h.person
left join absence a on (a.person, a.role, a.scope) = (h.person, h.role, h.scope)
  and $3 between a.from_on and a.to_on
left join person d on d.id = a.delegate
where h.valid_from <= $3 and (h.valid_to is null or h.valid_to > $3)
union all
select asked.role, asked.scope, r.person, p.name, null, null, null, null, r.to_at
from asked join roster r on r.division = asked.scope join person p on p.id = r.person
where $5 and asked.role = $6 and r.from_at <= $4 and $4 < r.to_at
order by role, scope, person
"""


@dataclass(frozen=True, slots=True)
class Incumbent:
    """Somebody who answers for a post. `until`: the first instant at which that is over, where it is known."""

    person: str
    name: str
    basis: Basis
    until: Instant | None = None


async def answering(
    writers: Writers, library: Library, hats: Collection[Hat], at: Instant, known_at: Instant = EVER
) -> dict[Hat, tuple[Incumbent, ...]]:
    """For each of `hats` who answers at `at`, whoever does so first before the others; () where the post is vacant.

    `known_at`: by what the registers knew then; as a rule by all that they know.
    """
    found: dict[Hat, tuple[Incumbent, ...]] = dict.fromkeys(hats, ())
    if not found:
        return {}
    night = any(hat.role == Role.DISPATCHER for hat in found) and not await _open(writers, library, at)
    roles, scopes = [str(hat.role) for hat in found], [hat.scope for hat in found]
    rows = await writers.fetch(ANSWERING, roles, scopes, day_of(at), at, night, str(Role.DISPATCHER), known_at)
    by_hat = dict[Hat, list[Mapping[str, Any]]]()
    for row in map(dict, rows):
        by_hat.setdefault(Hat(row["role"], row["scope"]), []).append(row)
    return found | {hat: _of_post(each) for hat, each in by_hat.items()}


async def _open(writers: Writers, library: Library, at: Instant) -> bool:
    return (await office_hours(writers)).open(await library.current_calendar(), at)


async def office_hours(writers: Writers) -> OfficeHours:
    """The hours that this county has set, or 08:00 to 18:00."""
    hours = await read_setting(writers, OFFICE_HOURS)
    return OfficeHours.parse(hours) if hours else DEFAULT


async def set_office_hours(writers: Writers, hours: OfficeHours) -> None:
    """From now on the offices are open at these hours."""
    await write_setting(writers, OFFICE_HOURS, str(hours))


def _of_post(rows: list[Mapping[str, Any]]) -> tuple[Incumbent, ...]:
    """Who is on duty comes first, then the holders who are there, then those who stand in; each person once."""
    away = {row["person"]: row for row in rows if row["delegate"]}
    found = [Incumbent(row["person"], row["name"], "on_duty", row["to_at"]) for row in rows if row["to_at"]]
    found += [
        Incumbent(row["person"], row["name"], "holder", midnight(row["valid_to"]) if row["valid_to"] else None)
        for row in rows
        if not row["to_at"] and not row["delegate"]
    ]
    found += (each for row in away.values() for each in _standing_in(row, away))
    first = dict[str, Incumbent]()
    for each in found:
        first.setdefault(each.person, each)
    return tuple(first.values())


def _standing_in(row: Mapping[str, Any], away: Mapping[str, Mapping[str, Any]]) -> Iterator[Incumbent]:
    """Whoever stands in at the end: a delegate may be away too. The register refuses those who lead back."""
    until, passed = end_of(row["to_on"]), {row["person"]}
    while (delegate := row["delegate"]) in away:
        if delegate in passed:
            return
        passed.add(delegate)
        row = away[delegate]
        until = min(until, end_of(row["to_on"]))
    yield Incumbent(delegate, row["delegate_name"], "delegate", until)
