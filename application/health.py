"""Whether the process can take work."""

import asyncio

from application.house import House
from application.shapes.case import ProcedureRefShape
from application.shapes.health import DatabaseShape, ReadyShape, SchemaShape, ShelfShape
from application.temporal import temporal
from ledger.registrar.request import LedgerUnavailable
from ledger.store.connection import LOST
from ledger.store.readiness import migrated, reached

DATABASE_PATIENCE_SECONDS = 3.0


async def readiness(house: House) -> ReadyShape:
    """Ready: the database is there with its schema, and procedures are released. Intake needs no Temporal."""
    (database, schema), reach = await asyncio.gather(_database(house), temporal())
    shelf = await _shelf(house) if schema.ok else ShelfShape(released=[], faults=house.shelf.faults)
    ready = bool(schema.ok and shelf.released and house.shelf.stocked)
    return ReadyShape.model_validate(
        {
            "status": "ready" if ready else "not_ready",
            "database": database,
            "schema": schema,
            "procedures": shelf,
            "temporal": reach,
        }
    )


async def _database(house: House) -> tuple[DatabaseShape, SchemaShape]:
    """Whether the database answers, and whether every table has the columns that this version reads."""
    version = None
    try:
        async with asyncio.timeout(DATABASE_PATIENCE_SECONDS), house.ledger.reading() as connection:
            await reached(connection)
            version = await migrated(connection)
    except (LedgerUnavailable, *LOST):
        return DatabaseShape(ok=False), SchemaShape(ok=False, version=None)
    return DatabaseShape(ok=True), SchemaShape(ok=version is not None, version=version)


async def _shelf(house: House) -> ShelfShape:
    try:
        released = await house.ledger.library.released()
    except LOST:
        released = {}
    shown = [ProcedureRefShape(id=each.id, version=each.version, sha256=each.sha256) for each in released.values()]
    return ShelfShape(released=shown, faults=house.shelf.faults)
