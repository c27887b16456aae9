"""Cases that are likely about the same matter, as far as the one who asks may look."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Select, any_, func, literal, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Text

from domain.case.similarity import Matter, Weights, compare, grams, matter_of
from domain.case.state import Case
from ledger.identity.scope import Scope
from ledger.read.query import driver, standing
from ledger.registrar.request import PoisonedCase
from ledger.store.connection import Connection, Writers
from ledger.store.shingle import BLOCKS, block
from ledger.store.table import INSTANT, case, shingle

# The county's own weights and threshold: those that were set last.
WEIGHTS = "select weights from weight_change order by seq desc limit 1"
# When a case was last closed: by somebody's act or by a window that lapsed. What cannot be parsed says nothing.
CLOSED_AT = """(select max(e.recorded_at) from event e where e.case_id = "case".id and case when e.body is json
    then coalesce(e.body::jsonb #> '{move,closed}', e.body::jsonb #> '{then,move,closed}') = 'true' end)"""
CANDIDATES_MAX = 60
HITS_MAX = 10
CLOSED_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SimilarCase:
    """A case that is likely about the same matter: how likely (0 to 100), and why."""

    case_id: UUID
    number: str
    title: str
    stage_title: str
    closed: bool
    score: int
    reason: str
    sealed: bool

    @property
    def told(self) -> dict[str, Any]:
        """The hit as people are shown it."""
        return {name: value for name, value in asdict(self).items() if name != "sealed"} | {
            "case_id": str(self.case_id)
        }


async def weights(connection: Connection | Writers) -> Weights:
    """What the county says counts; the defaults where it says nothing."""
    rows = await connection.fetch(WEIGHTS)
    return read_weights(rows[0]["weights"]) if rows else Weights()


def read_weights(text: str) -> Weights:
    """Weights as they were kept; the defaults where they cannot be read any more."""
    try:
        return Weights.model_validate_json(text)
    except ValidationError:
        return Weights()


async def similar(
    connection: AsyncConnection,
    view: Scope,
    procedure: str,
    lineage: Mapping[str, str],
    matter: Matter,
    but: UUID | None = None,
) -> list[SimilarCase]:
    """Open and lately closed cases of `procedure` around `lineage`, the likeliest first; `but`: the case itself."""
    weighed = await weights(await driver(connection))
    asked = candidates(view, procedure, lineage, matter)
    found: list[SimilarCase] = []
    for row in (await connection.execute(asked.where(case.c.id != but) if but else asked)).mappings():
        try:
            other = await standing(connection, row)
        except PoisonedCase:
            continue  # Patrol and `ledger verify` tell of it
        if other.merged_into is None:  # it stands under another one now
            hit = _hit(row["id"], other, matter, weighed)
            found += [hit] if hit.score >= weighed.threshold else []
    return sorted(found, key=lambda hit: (-hit.score, hit.number))[:HITS_MAX]


def candidates(
    view: Scope, procedure: str, lineage: Mapping[str, str], matter: Matter
) -> Select[tuple[UUID, int, int, str]]:
    """The cases in sight that share most bigrams, within the township, or the county where there is none."""
    level = next((each for each in BLOCKS if each in lineage), "county")
    around = literal([block(procedure, lineage.get(level, ""))], ARRAY(Text))
    said = literal(sorted(grams(matter)), ARRAY(Text))
    gram = func.unnest(shingle.c.grams).column_valued("gram")
    common = select(func.count(gram)).where(gram == any_(said)).correlate(shingle).scalar_subquery()
    return (
        select(case.c.id, case.c.version, case.c.fold, case.c.state)
        .join(shingle, shingle.c.case_id == case.c.id)
        .where(shingle.c.grams.contains(around), shingle.c.grams.overlap(said))
        .where(view.condition, view.sight, or_(~case.c.closed, _lately()))
        .order_by(common.desc(), case.c.id)
        .limit(CANDIDATES_MAX)
    )


def _lately() -> ColumnElement[bool]:
    """Whether a case was closed lately: what it recorded afterwards, a window that lapsed, does not count."""
    return literal_column(CLOSED_AT, INSTANT) > func.clock_timestamp() - CLOSED_WITHIN


def _hit(case_id: UUID, other: Case, matter: Matter, weighed: Weights) -> SimilarCase:
    likeness = compare(matter, matter_of(other), weighed)
    where = other.stage_title, other.closed
    return SimilarCase(case_id, other.number, other.title, *where, likeness.score, likeness.reason, bool(other.sealed))
