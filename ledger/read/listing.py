"""Lists of cases by due date, page by page: the row of a list, and the one query behind every list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, RowMapping, Select, and_, func, literal_column, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.days.instant import Instant
from domain.rules.procedure import Procedure, ProcedureFault
from ledger.identity.name import division_name
from ledger.identity.scope import Scope
from ledger.read.cursor import Cursor
from ledger.store.keyset import cut
from ledger.store.library import Library
from ledger.store.register_table import division, unit
from ledger.store.table import case


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; None leaves it as it is. `words`: in a title, or at the start of a number."""

    within: Scope | None = None
    procedure: str | None = None
    stage: str | None = None
    due_before: Instant | None = None
    overdue: bool | None = None
    words: str | None = None
    closed: bool | None = None

    def conditions(self, now: Instant) -> list[ColumnElement[bool]]:
        """Each as SQL; an overdue case is one whose first late instant has come."""
        c = case.c
        late = and_(c.due_at.is_not(None), c.due_at <= now, ~c.closed)
        given: list[ColumnElement[bool]] = []
        if self.within is not None:
            given.append(self.within.condition)
        if self.procedure is not None:
            given.append(c.procedure == self.procedure)
        if self.stage is not None:
            given.append(c.stage == self.stage)
        if self.due_before is not None:
            given.append(c.due_at < self.due_before)
        if self.overdue is not None:
            given.append(late if self.overdue else or_(c.due_at.is_(None), c.due_at > now, c.closed))
        if self.words is not None:
            given.append(_contains(self.words))
        if self.closed is not None:
            given.append(c.closed if self.closed else ~c.closed)
        return given


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A case as a list shows it, with the names of what it refers to."""

    case_id: UUID
    number: str
    procedure: str
    procedure_version: int
    procedure_sha256: str
    procedure_title: str
    title: str
    division: str
    division_name: str
    stage: str
    stage_title: str
    level: str | None
    holder: str | None
    holder_name: str | None
    version: int
    closed: bool
    due_at: Instant | None
    yellow: int
    red: int
    escalations: int
    emergency: bool
    opened_at: Instant
    recorded_at: Instant
    sealed: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order, and the cursor after the last of them (None: there are no more)."""

    items: Sequence[ListedCase]
    next: str | None

    @property
    def sealed(self) -> int:
        """How many of the rows are of sealed cases."""
        return sum(row.sealed for row in self.items)


# Whether the form says that it is one. A state that cannot be parsed does not spoil the list.
EMERGENCY = """coalesce(
    case when "case".state is json then "case".state::jsonb #> '{fields,emergency}' = 'true' end, false)"""
NAMED = {"case_id", "procedure_version", "procedure_title", "division_name", "stage_title", "sealed"}
AS_STORED = [field.name for field in fields(ListedCase) if field.name not in NAMED]


async def page(
    connection: AsyncConnection,
    library: Library,
    conditions: Sequence[ColumnElement[bool]],
    after: Cursor | None,
    limit: int,
) -> Page:
    """The first `limit` cases after `after` that meet all `conditions`, by (due_at nulls last, id)."""
    rows: list[RowMapping] = []
    for keys in _ranges(conditions, after):
        if len(rows) <= limit:
            rows += (await connection.execute(_named(keys.limit(limit + 1 - len(rows))))).mappings()
    chosen, last = cut(rows, limit)
    items = [_listed(row, await _procedure(library, row["procedure_sha256"])) for row in chosen]
    return Page(items, str(Cursor(last["due_at"], last["id"])) if last else None)


def _ranges(conditions: Sequence[ColumnElement[bool]], after: Cursor | None) -> Iterator[Select[tuple[UUID]]]:
    """The ids still to come: those with a due date, then those without. An index gives each range in order."""
    c = case.c
    ids = select(c.id).where(*conditions)
    due, undue = ids.where(c.due_at.is_not(None)), ids.where(c.due_at.is_(None))
    if after is None:
        yield due.order_by(c.due_at, c.id)
        yield undue.order_by(c.id)
    elif after.due_at is None:
        yield undue.where(c.id > after.id).order_by(c.id)
    else:
        yield due.where(tuple_(c.due_at, c.id) > tuple_(after.due_at, after.id)).order_by(c.due_at, c.id)
        yield undue.order_by(c.id)


def _named(keys: Select[tuple[UUID]]) -> Select[tuple[object, ...]]:
    """Whole rows of a page's ids, in order, with names."""
    chosen = keys.subquery()
    scope = func.split_part(case.c.holder, "@", 2)
    meant = division_name(case.c.division, case.c.opened_at)
    holder, holding = division.alias(), unit.alias()
    emergency = literal_column(EMERGENCY, Boolean)
    return (
        select(case, meant.label("division_name"), emergency.label("emergency"),
               func.coalesce(holding.c.name, holder.c.name).label("holder_name"))
        .join(chosen, chosen.c.id == case.c.id)
        .outerjoin(holder, and_(holder.c.code == scope, holder.c.valid_to.is_(None)))
        .outerjoin(holding, holding.c.id == scope)
        .order_by(case.c.due_at.nulls_last(), case.c.id)
    )  # fmt: skip


def _contains(words: str) -> ColumnElement[bool]:
    return or_(case.c.title.icontains(words, autoescape=True), case.c.number.istartswith(words, autoescape=True))


async def _procedure(library: Library, sha256: str) -> Procedure | None:
    try:
        return await library.procedure(sha256)
    except (LookupError, ProcedureFault):
        return None  # a list goes on without the words of one procedure


def _listed(row: RowMapping, procedure: Procedure | None) -> ListedCase:
    stage = procedure.stages.get(row["stage"]) if procedure else None
    return ListedCase(
        case_id=row["id"],
        procedure_version=procedure.version if procedure else 0,
        procedure_title=procedure.title if procedure else row["procedure"],
        division_name=row["division_name"] or row["division"],
        stage_title=stage.title if stage else row["stage"],
        sealed=row["sealed"] is not None,
        **{name: row[name] for name in AS_STORED},
    )
