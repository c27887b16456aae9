"""What a hat may look at, as conditions on the table of cases.

`one` is `domain.case.sight.sees` in SQL, line by line. Lists are narrower: `condition` and `sight` together are what
lies in the place that the hat looks over, for a list is of a place; what one brought and went elsewhere is followed by
its number. Both go by what the case remembers, and a test compares them with the rule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, and_, distinct, false, func, literal, null, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Text

from domain.days.instant import Instant, utc
from domain.rules.hat import OPENER, Actor, Role
from ledger.store.register_table import division, person, unit
from ledger.store.table import case

UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Scope:
    """A division with its subtree, or a handling unit with the cases that it has had.

    `home`: its division; `lineage`: level → code from itself up to the county, empty for a unit; `townships`: all that
    a village has ever been under, for its cases remember the one of their time (none given: the one of its lineage).
    """

    code: str
    name: str
    level: str
    home: str
    lineage: Mapping[str, str] = field(default_factory=dict)
    townships: Sequence[str] = ()
    opened_by: str | None = None  # a resident looks over what he or she reported
    person: str | None = None  # who looks
    hat: str | None = None  # the hat that looks; None: nobody in particular, to whom nothing sealed is shown

    @property
    def condition(self) -> ColumnElement[bool]:
        """Whether a case lies within, for a list."""
        if self.opened_by is not None:
            return or_(case.c.opened_by == self.opened_by, and_(case.c.public, self._place))
        return self._place

    @property
    def _place(self) -> ColumnElement[bool]:
        if self.level == UNIT:
            return false() if self.opened_by is not None else self._had
        if self.level not in self.lineage:  # above counties nothing is handled
            return false()
        own = case.c[self.level] == self.code
        if self.level != "village":
            return own
        # Villages have no index of their own: it is their township's that knows them.
        return and_(own, case.c.township.in_(self.townships or [self.lineage["township"]]))

    @property
    def _had(self) -> ColumnElement[bool]:
        return case.c.units.contains(literal([self.code], ARRAY(Text)))

    @property
    def one(self) -> ColumnElement[bool]:
        """Whether a single case shows itself to whoever looks, as `sees` says."""
        c, opened = case.c, case.c.opened_by == self.person
        above = literal(self.code).in_([c.village, c.township, c.county])
        if self.opened_by is not None:
            return or_(opened, and_(c.public, c.sealed.is_(None), above))
        return or_(and_(c.sealed.is_(None), or_(opened, self._had, above)), self._sealed_to)

    @property
    def _sealed_to(self) -> ColumnElement[bool]:
        """Whether a sealed case is sealed to this hat, or to whoever opened it and this is who looks."""
        brought = and_(case.c.sealed.contains(literal([OPENER], ARRAY(Text))), case.c.opened_by == self.person)
        return or_(case.c.sealed.contains(literal([self.hat], ARRAY(Text))), brought)

    @property
    def sight(self) -> ColumnElement[bool]:
        """Whether a case within shows itself to the hat that looks."""
        open_ = case.c.sealed.is_(None)
        if self.opened_by is not None:
            return or_(open_, case.c.opened_by == self.opened_by)
        return open_ if self.hat is None else or_(open_, self._sealed_to)

    def covers(self, asked: "Scope") -> bool:
        """Whether a question about `asked` is about this scope. A unit asks about its own cases, wherever."""
        return self.level == UNIT or self.code in asked.lineage.values()


async def scope_of(connection: AsyncConnection, code: str) -> Scope | None:
    """The unit or division (also one that has ended: its cases remain) with this code."""
    ever = division.alias()
    under = select(func.array_agg(distinct(ever.c.lineage["township"].astext))).where(ever.c.code == code)
    known = (
        select(unit.c.name, literal(UNIT), unit.c.division, null().cast(JSONB), null().cast(ARRAY(Text)))
        .where(unit.c.id == code)
        .union_all(
            select(division.c.name, division.c.level, division.c.code, division.c.lineage, under.scalar_subquery())
            .where(division.c.code == code)
            .order_by(division.c.valid_from.desc())
            .limit(1)
        )
    )
    row = (await connection.execute(known)).first()
    return Scope(code, row[0], row[1], row[2], row[3] or {}, row[4] or ()) if row else None


async def view_of(connection: AsyncConnection, actor: Actor) -> Scope:
    """What this actor's hat looks over. A scope that the registers do not know shows nothing."""
    code = actor.hat.scope
    known = await scope_of(connection, code) or Scope(code, code, "", code)
    known = replace(known, hat=str(actor.hat), person=actor.person)
    return replace(known, opened_by=actor.person) if actor.hat.role == Role.RESIDENT else known


async def person_name(connection: AsyncConnection, person_id: str) -> str:
    """The name in the register, or the id itself."""
    name = await connection.scalar(select(person.c.name).where(person.c.id == person_id))
    return name or person_id


async def now(connection: AsyncConnection) -> Instant:
    """PostgreSQL's clock: the one that decides what is due."""
    return utc((await connection.execute(select(func.clock_timestamp()))).scalar_one())
