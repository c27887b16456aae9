"""The registers as callers read them: divisions below one, units of one."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.identity.scope import Scope
from ledger.store.keyset import KeysetPage, keyset_page
from ledger.store.register_table import contact as contact_
from ledger.store.register_table import division, duty, grid, matter, person, unit


async def divisions(
    connection: AsyncConnection, parent: str | None, after: Sequence[str] = (), limit: int = 500
) -> KeysetPage:
    """Current divisions directly below `parent` by code; without one, the tops of the registered trees."""
    c, above = division.c, division.alias()
    columns = c.code, c.name, c.level, c.parent, c.edition, c.valid_from
    query = select(*columns).where(c.valid_to.is_(None))
    if parent is not None:
        query = query.where(c.parent == parent)
    else:
        known = select(above.c.code).where(above.c.code == c.parent, above.c.valid_to.is_(None))
        query = query.where(or_(c.parent.is_(None), ~known.exists()))
    return await keyset_page(connection, query, [c.code], after, limit)


async def only_county(connection: AsyncConnection) -> str | None:
    """The code of the one county on register; None where there are none or several."""
    query = select(division.c.code).where(division.c.level == "county", division.c.valid_to.is_(None)).limit(2)
    found = (await connection.execute(query)).scalars().all()
    return found[0] if len(found) == 1 else None


async def units(
    connection: AsyncConnection,
    within: Scope | None,
    after: Sequence[str] = (),
    limit: int = 500,
    about: str | None = None,
) -> KeysetPage:
    """Handling units of a division and of those below it, by id; without one, all.

    `about`: those that handle this matter there, by the register of matters: also units of the divisions above.
    """
    query = select(unit)
    if about is not None:
        handled = select(matter.c.unit).where(matter.c.code == about, in_force(matter))
        if within is not None:
            handled = handled.where(
                or_(matter.c.division.in_(within.lineage.values()), _below(matter.c.division, within))
            )
        query = query.where(unit.c.id.in_(handled))
    elif within is not None:
        below = and_(division.c.code == unit.c.division, division.c.valid_to.is_(None))
        query = query.join(division, below).where(division.c.lineage[within.level].astext == within.code)
    return await keyset_page(connection, query, [unit.c.id], after, limit)


async def duties(
    connection: AsyncConnection, within: Scope | None, after: Sequence[str] = (), limit: int = 500
) -> KeysetPage:
    """The duty lists in force of a division and of those below it, by (division, list, code)."""
    query = select(duty).where(in_force(duty))
    if within is not None:
        query = query.where(_below(duty.c.division, within))
    return await keyset_page(connection, query, [duty.c.division, duty.c.list, duty.c.code], after, limit)


async def grids(connection: AsyncConnection, code: str) -> list[dict[str, Any]]:
    """The grids of a village, and the general grid above it, with their workers and published numbers."""
    above = select(division.c.lineage["township"].astext).where(division.c.code == code, division.c.valid_to.is_(None))
    query = (
        select(grid.c.code, grid.c.name, grid.c.level, grid.c.phone, person.c.name.label("worker"))
        .outerjoin(person, person.c.id == grid.c.worker)
        .where(or_(grid.c.division == code, grid.c.division == above.scalar_subquery()), in_force(grid))
        .order_by(grid.c.level != "general", grid.c.code)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def contact(connection: AsyncConnection, village: str, household: str) -> dict[str, Any] | None:
    """Who is in touch with a household, and the published number of the grid that this person walks there, or else of
    the village's; None for a household that is not on register.
    """
    c = contact_.c
    row = (
        await connection.execute(
            select(c.person, person.c.name)
            .outerjoin(person, person.c.id == c.person)
            .where(c.village == village, c.household == household, in_force(contact_))
        )
    ).first()
    if row is None:
        return None
    phone = await connection.scalar(
        select(grid.c.phone)
        .where(grid.c.division == village, grid.c.phone.is_not(None), in_force(grid))
        .order_by(func.coalesce(grid.c.worker, "") != (row.person or ""), grid.c.code)
        .limit(1)
    )
    return {"village": village, "household": household, "contact": row.name, "phone": phone}


def in_force(table: Table) -> ColumnElement[bool]:
    """Whether a row is valid today."""
    today = func.today()
    return and_(table.c.valid_from <= today, or_(table.c.valid_to.is_(None), table.c.valid_to > today))


def _below(code: ColumnElement[str], within: Scope) -> ColumnElement[bool]:
    """Whether a code is that of a current division of `within`."""
    lineage = division.c.lineage[within.level].astext
    return code.in_(select(division.c.code).where(division.c.valid_to.is_(None), lineage == within.code))
