"""The registers as callers read them: divisions below one, units of one."""

from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.scope import Scope
from ledger.table import division, unit


async def divisions(
    connection: AsyncConnection, parent: str | None, after: str = "", limit: int = 500
) -> list[dict[str, Any]]:
    """Current divisions directly below `parent` by code; without one, the tops of the registered trees."""
    c, above = division.c, division.alias()
    columns = c.code, c.name, c.level, c.parent, c.edition, c.valid_from
    query = select(*columns).where(c.valid_to.is_(None), c.code > after).order_by(c.code).limit(limit)
    if parent is not None:
        query = query.where(c.parent == parent)
    else:
        known = select(above.c.code).where(above.c.code == c.parent, above.c.valid_to.is_(None))
        query = query.where(or_(c.parent.is_(None), ~known.exists()))
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def units(
    connection: AsyncConnection, within: Scope | None, after: str = "", limit: int = 500
) -> list[dict[str, Any]]:
    """Handling units of a division and of those below it, by id; without one, all."""
    query = select(unit).where(unit.c.id > after).order_by(unit.c.id).limit(limit)
    if within is not None:
        below = and_(division.c.code == unit.c.division, division.c.valid_to.is_(None))
        query = query.join(division, below).where(division.c.lineage[within.level].astext == within.code)
    return [dict(row) for row in (await connection.execute(query)).mappings()]
