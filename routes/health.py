"""Whether the process lives, whether it can take work, and what it has counted."""

import asyncio
from typing import Any

from fastapi import APIRouter
from pydantic_core import to_json
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from ledger.ledger import Ledger
from ledger.registrar.request import LedgerUnavailable
from ledger.store.connection import LOST
from ledger.store.register_table import TABLES
from routes import notice
from routes.answer import Answer
from routes.app_state import AppState, TheAppState
from routes.openapi import says
from routes.temporal import reached

router = APIRouter(tags=["运行"])

DATABASE_PATIENCE_SECONDS = 3.0


@router.get("/healthz", summary="存活", openapi_extra=says("ok", notice.Alive))
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", summary="就绪", openapi_extra=says("ok not_ready", notice.Ready))
async def readyz(house: TheAppState) -> Answer:
    """Ready: the database is there with its schema, and procedures are released. Intake needs no Temporal."""
    (database, schema), temporal = await asyncio.gather(_database(house.ledger), reached())
    shelf = await _shelf(house) if schema["ok"] else {"released": [], "faults": house.faults}
    ready = bool(schema["ok"] and shelf["released"] and house.stocked)
    told = {
        "status": "ready" if ready else "not_ready",
        "database": database,
        "schema": schema,
        "procedures": shelf,
        "temporal": temporal,
    }
    return Answer("ok" if ready else "not_ready", to_json(told))


@router.get("/metrics", summary="计量", openapi_extra=says("ok", None))
async def metrics(house: TheAppState) -> Answer:
    """Counters in Prometheus' text format."""
    return Answer("ok", house.metrics.text(), "text/plain; version=0.0.4; charset=utf-8")


async def _database(ledger: Ledger) -> tuple[dict[str, Any], dict[str, Any]]:
    """Whether the database answers, and whether every table has the columns that this version reads."""
    missing = {"ok": False, "version": None}
    try:
        async with asyncio.timeout(DATABASE_PATIENCE_SECONDS), ledger.reading() as connection:
            await connection.execute(text("select 1"))
            try:
                for table in TABLES:
                    await connection.execute(select(table).limit(0))
                version = await connection.scalar(text("select version_num from alembic_version"))
            except SQLAlchemyError:
                return {"ok": True}, missing
            return {"ok": True}, {"ok": True, "version": version}
    except (LedgerUnavailable, *LOST):
        return {"ok": False}, missing


async def _shelf(house: AppState) -> dict[str, Any]:
    try:
        released = await house.ledger.library.released()
    except LOST:
        released = {}
    return {
        "released": [{"id": each.id, "version": each.version, "sha256": each.sha256} for each in released.values()],
        "faults": house.faults,
    }
