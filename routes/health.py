"""Whether the process lives, whether it can take work, and what it has counted."""

from fastapi import APIRouter, Request

from application.health import readiness
from application.shapes.health import AliveShape, ReadyShape
from routes.answer import Answer
from routes.house import TheHouse
from routes.metrics import Metrics
from routes.openapi import says

router = APIRouter(tags=["运行"])


@router.get("/healthz", summary="存活", **says())
async def healthz() -> AliveShape:
    """The process answers."""
    return AliveShape(status="ok")


@router.get("/readyz", summary="就绪", response_model=ReadyShape, **says(outcomes="ok not_ready"))
async def readyz(house: TheHouse) -> Answer:
    """Ready: the database is there with its schema, and procedures are released. Intake needs no Temporal."""
    found = await readiness(house)
    return Answer("ok" if found.status == "ready" else found.status, found.model_dump_json(by_alias=True))


@router.get("/metrics", summary="计量", **says())
async def metrics(request: Request) -> Answer:
    """Counters in Prometheus' text format."""
    counted: Metrics = request.app.state.metrics
    return Answer("ok", counted.text(), "text/plain; version=0.0.4; charset=utf-8")
