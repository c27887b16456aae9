"""Every open stage of every released procedure at every village: who holds it, by when, and who is told (a table)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.clocks.demand import UNIT, Demand, needs, posts
from domain.days.instant import Instant
from domain.rules.hat import Hat, Post
from domain.rules.procedure import Procedure
from ledger.identity.incumbent import Incumbent, answering
from ledger.registers.division import RegisterFault
from ledger.store.connection import Writers
from ledger.store.library import Library

UNITS = "select id, division, level from unit order by id"

VILLAGES = """
select code, name, lineage from division where valid_to is null and level = 'village'
and ($1::text is null or $1 in (select value from jsonb_each_text(lineage))) order by code
"""


@dataclass(frozen=True, slots=True)
class Village:
    """A village with its lineage and the units that are competent there: id → level."""

    code: str
    name: str
    lineage: Mapping[str, str]
    units: Mapping[str, str]

    @property
    def county(self) -> str:
        """The county where it lies."""
        return self.lineage["county"]


@dataclass(frozen=True, slots=True)
class StaffingRow:
    """What one need comes to at a place; `unit`: for a case that is there with this unit."""

    procedure: Procedure
    place: Village
    need: Demand
    unit: str | None
    holder: Hat | None
    rungs: Sequence[tuple[Hat, Instant]]


@dataclass(frozen=True, slots=True)
class Staffing:
    """`posts`: every hat that is needed, and for what; `occupants`: who answers for it, () for nobody."""

    at: Instant
    procedures: Sequence[Procedure]
    places: Sequence[Village]
    released: Mapping[str, frozenset[str]]  # county → the hashes in force there
    needs: Mapping[str, Sequence[Demand]]  # by hash
    posts: Mapping[Hat, Sequence[str]]
    occupants: Mapping[Hat, Sequence[Incumbent]]

    @property
    def unresolved(self) -> list[Hat]:
        """The posts for which nobody answers."""
        return [hat for hat in self.posts if not self.occupants[hat]]

    @property
    def stages(self) -> int:
        """How many open stages the procedures have."""
        return sum(not stage.closed for procedure in self.procedures for stage in procedure.stages.values())

    def rows(self) -> Iterator[StaffingRow]:
        """The table; a stage of a unit once for every unit that is competent there."""
        for procedure in self.procedures:
            for place in self.places:
                if procedure.sha256 not in self.released[place.county]:
                    continue
                for need in self.needs[procedure.sha256]:
                    for unit in _units(need.unit_level, place):
                        named = [(_hat(rung.post, place, unit), rung.at) for rung in need.rungs]
                        rungs = [(hat, at) for hat, at in named if hat]
                        yield StaffingRow(procedure, place, need, unit, _hat(need.holder, place, unit), rungs)


async def staffing(
    writers: Writers, library: Library, at: Instant, procedure: str | None = None, division: str | None = None
) -> Staffing:
    """The table at `at`, of one procedure or all, for the villages of a division or all. Raises RegisterFault."""
    places = await _places(writers, division)
    by_county = {county: await library.released(county) for county in sorted({place.county for place in places})}
    common = by_county or {"": await library.released()}
    if procedure is not None and not any(procedure in released for released in common.values()):
        raise RegisterFault([f"没有启用“{procedure}”这一流程"])
    found = {each.sha256: each for released in common.values() for each in released.values()}
    chosen = sorted((e for e in found.values() if procedure in (None, e.id)), key=lambda each: (each.id, each.sha256))
    calendar = await library.current_calendar()
    in_force = {county: frozenset(each.sha256 for each in released.values()) for county, released in by_county.items()}
    wanted = _wanted(chosen, places, in_force)
    return Staffing(
        at, chosen, places, in_force, {each.sha256: list(needs(each, calendar, at)) for each in chosen},
        wanted, await answering(writers, library, wanted, at),
    )  # fmt: skip


async def _places(writers: Writers, division: str | None) -> list[Village]:
    units = await writers.fetch(UNITS)
    return [
        Village(
            row["code"], row["name"], lineage := json.loads(row["lineage"]),
            {unit["id"]: unit["level"] for unit in units if unit["division"] in lineage.values()},
        )
        for row in await writers.fetch(VILLAGES, division)
    ]  # fmt: skip


def _wanted(
    procedures: Sequence[Procedure], places: Sequence[Village], in_force: Mapping[str, frozenset[str]]
) -> dict[Hat, list[str]]:
    """Every hat that somebody must wear, and for what. A unit post where there is no unit is wanted all the same."""
    wanted = dict[Hat, list[str]]()
    for procedure in procedures:
        for text, uses in posts(procedure).items():
            post, use = Post.parse(text), f"{procedure.title}：{'、'.join(uses)}"
            hats = dict[Hat, None]()
            for place in places:
                if procedure.sha256 not in in_force[place.county]:
                    continue
                if post.level == UNIT and not place.units:
                    hats[Hat(post.role, f"（{place.name}没有承办单位）")] = None
                for unit in place.units if post.level == UNIT else (None,):
                    if hat := _hat(text, place, unit):
                        hats[hat] = None
            for hat in hats:
                wanted.setdefault(hat, []).append(use)
    return wanted


def _units(level: str | None, place: Village) -> list[str] | list[None]:
    return [None] if level is None else [unit for unit, its in place.units.items() if its == level]


def _hat(post: str, place: Village, unit: str | None) -> Hat | None:
    return Post.parse(post).at(place.lineage, unit)
