"""The HTTP surface, assembled. The one place that knows which outcome and which refusal has which HTTP status.

`python -m api` serves it.
"""

import gc
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache, partial
from http import HTTPStatus
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

import log
import web
from domain.instant import Instant
from ledger import trouble
from ledger.connection import LOST
from ledger.house import opened
from ledger.request import LedgerUnavailable, PoisonedCase
from routes import analysis, board, cases, document, evidence, health, history, manual, pages, paper, register, similar
from routes.answer import Declined
from routes.envelope import Envelope
from routes.form import errors
from routes.house import House
from routes.supply import stocking
from settings import Settings, load

BY_STATUS: Mapping[int, str] = {
    200: "ok acted told rederived rebound imported",
    201: "opened stored",
    303: "see_other",
    400: "malformed_json bad_idempotency_key",
    401: "no_token bad_token",
    403: "division_outside_scope hat_not_allowed same_person person_recused not_public cross_site"
    " reporter_not_revealed post_over delegation_over",
    404: "not_found unknown_case unknown_action unknown_version unknown_clock unknown_evidence unknown_document"
    " unknown_household",
    405: "method_not_allowed",
    408: "request_timeout",
    409: "version_conflict idempotency_conflict action_not_allowed_in_stage case_closed window_closed closing_gate"
    " window_still_open done_already case_on_hold not_on_hold nothing_to_settle requirement_not_met same_unit"
    " already_asked extension_too_late extension_used_up clock_not_running nothing_to_pause other_case_closed"
    " has_sources window_over not_correctable revote_needed sealed_elsewhere unit_elsewhere stage_gone item_gone"
    " not_for_import out_of_order document_in_past",
    413: "body_too_large",
    415: "unsupported_type",
    422: "invalid_body invalid_query invalid_fields unknown_procedure unknown_division occurred_in_future no_holder"
    " no_stage",
    500: "internal case_unreadable evidence_damaged",
    503: "not_ready ledger_unavailable storage_unavailable",
}
STATUSES = {code: status for status, codes in BY_STATUS.items() for code in codes.split()}
TITLES: Mapping[int, str] = {
    400: "请求有误", 401: "需要令牌", 403: "无权办理", 404: "没有找到", 405: "方法不可用", 408: "请求超时",
    409: "与现状冲突", 413: "内容过大", 415: "类型不可用", 422: "内容不合要求", 500: "内部错误", 503: "暂时不可用",
}  # fmt: skip
KEEP_ALIVE_S = 30
CONNECTIONS_MAX = 1000
ROUTERS = (cases, history, paper, analysis, similar, board, evidence, register, health, pages, manual)

logger = structlog.get_logger("api")


def create(settings: Settings, clock: Callable[[Instant], Instant] = lambda at: at) -> FastAPI:
    """The application on the ledger that `settings` name. It serves at once, and is ready when the shelf is stocked."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(settings.database_url, clock=clock) as ledger:
            app.state.house.ledger = ledger
            async with stocking(app.state.house):
                yield

    app = FastAPI(
        title="闭环", version="0.1.0", description="隐患与信访闭环办理", lifespan=lifespan,
        docs_url=None, redoc_url=None,
    )  # fmt: skip
    app.state.house = House(settings.evidence_dir)
    app.state.statuses = STATUSES
    for module in ROUTERS:
        app.include_router(module.router)
    app.mount("/docs/parts", manual.PARTS)
    app.mount("/static", StaticFiles(directory=web.STATIC), name="static")
    app.add_exception_handler(Declined, declined)
    app.add_exception_handler(RequestValidationError, misread)
    app.add_exception_handler(HTTPException, unmatched)
    app.add_exception_handler(PoisonedCase, unreadable)
    for lost in (LedgerUnavailable, *LOST):
        app.add_exception_handler(lost, unavailable)
    app.add_middleware(Envelope, failed=failed)
    app.openapi = cache(partial(document.describe, app, STATUSES))  # type: ignore[method-assign]
    return app


def problem(request: Request, code: str, detail: str, errors: Any = (), **headers: str) -> Response:
    """RFC 9457: the same refusal always gives the same bytes. A browser that asked for a page gets one."""
    status = STATUSES.get(code, HTTPStatus.UNPROCESSABLE_ENTITY)
    told = {"type": f"urn:bihuan:problem:{code}", "title": TITLES[status], "status": status, "detail": detail}
    told |= {"code": code} | ({"errors": list(errors)} if errors else {})
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="bihuan"' + (
            ', error="invalid_token"' if code == "bad_token" else ""
        )
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "2"
    if status == HTTPStatus.REQUEST_TIMEOUT:
        headers["Connection"] = "close"
    if key := getattr(request.state, "idempotency_key", None):
        headers["Idempotency-Key"] = key
    if page := pages.refusal_page(request, TITLES[status], detail):
        return Response(page, status, {**headers, "Content-Security-Policy": web.CONTENT_SECURITY_POLICY}, pages.HTML)
    return Response(json.dumps(told, ensure_ascii=False), status, headers, "application/problem+json")


async def declined(request: Request, error: Exception) -> Response:
    """A refusal."""
    assert isinstance(error, Declined)
    return problem(request, error.code, error.words, error.errors)


async def misread(request: Request, error: Exception) -> Response:
    """Parameters in the path or the query that are no such thing. A case id that is none names no case."""
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if found[0]["loc"][0] == "path":
        return problem(request, "unknown_case", "没有这个事项")
    told = errors(found, within=1)
    code = "bad_idempotency_key" if found[0]["loc"][0] == "header" else "invalid_query"
    return problem(request, code, "；".join(f"{each['name']}：{each['detail']}" for each in told[:5]), told)


async def unmatched(request: Request, error: Exception) -> Response:
    """No such path, or not with this method."""
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return problem(request, "method_not_allowed", "这个地址不支持此方法", **(error.headers or {}))
    return problem(request, "not_found", "没有这个地址")


async def unavailable(request: Request, error: Exception) -> Response:
    """The ledger could not be reached: what was asked may or may not have been recorded."""
    logger.warning("ledger unavailable", error=repr(error)[:300])
    words = "暂时连不上台账，请稍后重试"
    if request.method != "GET":
        words = "暂时连不上台账，是否已记录尚不确定：请用同一个 Idempotency-Key 原样重发，不会重复办理"
    return problem(request, "ledger_unavailable", words)


async def unreadable(request: Request, error: Exception) -> Response:
    """A case that this version cannot read or decide; noted for whoever operates the house."""
    assert isinstance(error, PoisonedCase)
    logger.error("case unreadable", case_id=str(error.case_id), error=str(error)[:300])
    try:
        await trouble.note(request.app.state.house.ledger.writers, error)
    except LOST:
        logger.warning("trouble not noted", case_id=str(error.case_id))
    return problem(request, "case_unreadable", "这个事项暂时读不出来，已记录，请联系管理员")


async def failed(request: Request) -> Response:
    """Whatever nobody expected: nothing of its inside goes out; the log has it under the request's id."""
    return problem(request, "internal", "系统内部出错，已记录")


def main() -> None:
    """Serve until told to stop; what is under way gets a few seconds."""
    settings = load()
    log.configure(settings.log_level)
    app = create(settings)
    gc.freeze()  # what is loaded stays: looking it through again and again would stop everybody for 50 ms
    uvicorn.run(
        app, host=settings.host, port=settings.port, loop="uvloop", http="httptools",
        access_log=False, log_config=None, server_header=False, timeout_graceful_shutdown=4,
        timeout_keep_alive=KEEP_ALIVE_S, limit_concurrency=CONNECTIONS_MAX,
    )  # fmt: skip


if __name__ == "__main__":
    main()
