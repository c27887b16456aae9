"""The HTTP surface, assembled. The one place that knows which outcome and which refusal has which HTTP status.

`python -m api` serves it.
"""

import gc
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache, partial
from http import HTTPStatus

import structlog
import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

import log
import web
from application.declined import UNKNOWN_CASE, Declined
from application.house import House
from application.stocking import stocking
from domain.days.instant import Instant
from domain.rules.refusal import Code, Refusal
from ledger.audit import trouble
from ledger.ledger import open_ledger
from ledger.registrar.request import LedgerUnavailable, PoisonedCase
from ledger.store.connection import LOST
from routes import (
    analysis,
    api_docs,
    board,
    cases,
    document,
    evidence,
    health,
    history,
    openapi,
    pages,
    register,
    similar,
)
from routes.form import problems
from routes.metrics import Metrics
from routes.middleware import RequestMiddleware
from settings import VERSION, Settings, load

# The outcomes of what was not refused, and the codes of what was. A code that stands nowhere here fails the start.
OUTCOMES = {"ok": 200, "acted": 200, "told": 200, "rederived": 200, "rebound": 200, "imported": 200, "opened": 201,
            "stored": 201, "see_other": 303, "not_ready": 503}  # fmt: skip
BY_STATUS: Mapping[int, str] = {
    400: "malformed_json bad_idempotency_key",
    401: "no_token bad_token",
    403: "division_outside_scope hat_not_allowed same_person person_recused not_public cross_site"
    " reporter_not_revealed post_over delegation_over",
    404: "not_found unknown_case unknown_action unknown_version unknown_clock unknown_evidence unknown_document"
    " unknown_household case_outside_scope",
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
    503: "ledger_unavailable storage_unavailable",
}
STATUS_OF = {Code(code): status for status, codes in BY_STATUS.items() for code in codes.split()}
STATUSES: Mapping[str, int] = {**OUTCOMES, **{code: STATUS_OF[code] for code in Code}}
TITLES: Mapping[int, str] = {
    400: "请求有误", 401: "需要令牌", 403: "无权办理", 404: "没有找到", 405: "方法不可用", 408: "请求超时",
    409: "与现状冲突", 413: "内容过大", 415: "类型不可用", 422: "内容不合要求", 500: "内部错误", 503: "暂时不可用",
}  # fmt: skip
NOT_THIS_WAY = Refusal(Code.METHOD_NOT_ALLOWED, "这个地址不支持此方法")
NOT_FOUND = Refusal(Code.NOT_FOUND, "没有这个地址")
UNREADABLE = Refusal(Code.CASE_UNREADABLE, "这个事项暂时读不出来，已记录，请联系管理员")
INTERNAL = Refusal(Code.INTERNAL, "系统内部出错，已记录")
KEEP_ALIVE_S = 30
CONNECTIONS_MAX = 1000
ROUTERS = (cases, history, document, analysis, similar, board, evidence, register, health, pages, api_docs)

logger = structlog.get_logger("api")


def create(settings: Settings, clock: Callable[[Instant], Instant] = lambda at: at) -> FastAPI:
    """The application on the ledger that `settings` name. It serves at once, and is ready when the shelf is stocked."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_ledger(settings.database_url, clock=clock) as ledger:
            app.state.house = House(ledger, settings.evidence_dir, app.state.metrics.ruled)
            async with stocking(app.state.house):
                yield

    app = FastAPI(
        title="闭环", version=VERSION, description="隐患与信访闭环办理", lifespan=lifespan,
        docs_url=None, redoc_url=None,
    )  # fmt: skip
    app.state.metrics = Metrics()
    app.state.statuses = STATUSES
    for module in ROUTERS:
        app.include_router(module.router)
    app.mount("/docs/parts", api_docs.PARTS)
    app.mount("/static", StaticFiles(directory=web.STATIC), name="static")
    app.add_exception_handler(Declined, declined)
    app.add_exception_handler(RequestValidationError, misread)
    app.add_exception_handler(HTTPException, unmatched)
    app.add_exception_handler(PoisonedCase, unreadable)
    for lost in (LedgerUnavailable, *LOST):
        app.add_exception_handler(lost, unavailable)
    app.add_middleware(RequestMiddleware, failed=failed)
    app.openapi = cache(partial(openapi.describe, app, STATUSES))  # type: ignore[method-assign]
    return app


def problem(request: Request, refusal: Refusal, **headers: str) -> Response:
    """RFC 9457: the same refusal always gives the same bytes. A browser that asked for a page gets one."""
    status = STATUS_OF[refusal.code]
    if status == HTTPStatus.UNAUTHORIZED:
        invalid = ', error="invalid_token"' if refusal.code is Code.BAD_TOKEN else ""
        headers["WWW-Authenticate"] = f'Bearer realm="bihuan"{invalid}'
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "2"
    if status == HTTPStatus.REQUEST_TIMEOUT:
        headers["Connection"] = "close"
    if key := getattr(request.state, "idempotency_key", None):
        headers["Idempotency-Key"] = key
    if page := pages.refusal_page(request, TITLES[status], refusal.words):
        return Response(page, status, {**headers, "Content-Security-Policy": web.CONTENT_SECURITY_POLICY}, pages.HTML)
    answer = {"type": f"urn:bihuan:problem:{refusal.code}", "title": TITLES[status], "status": status}
    answer |= {"detail": refusal.words, "code": refusal.code}
    if refusal.errors:
        answer["errors"] = [{"name": each.name, "code": each.code, "detail": each.words} for each in refusal.errors]
    return Response(json.dumps(answer, ensure_ascii=False), status, headers, "application/problem+json")


async def declined(request: Request, error: Exception) -> Response:
    """A refusal."""
    assert isinstance(error, Declined)
    return problem(request, error.refusal)


async def misread(request: Request, error: Exception) -> Response:
    """Parameters in the path or the query that are no such thing. A case id that is none names no case."""
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if found[0]["loc"][0] == "path":
        return problem(request, UNKNOWN_CASE)
    wrong = problems(found, within=1)
    code = Code.BAD_IDEMPOTENCY_KEY if found[0]["loc"][0] == "header" else Code.INVALID_QUERY
    return problem(request, Refusal(code, "；".join(f"{each.name}：{each.words}" for each in wrong[:5]), wrong))


async def unmatched(request: Request, error: Exception) -> Response:
    """No such path, or not with this method."""
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return problem(request, NOT_THIS_WAY, **(error.headers or {}))
    return problem(request, NOT_FOUND)


async def unavailable(request: Request, error: Exception) -> Response:
    """The ledger could not be reached: what was asked may or may not have been recorded."""
    logger.warning("ledger unavailable", error=repr(error)[:300])
    words = "暂时连不上台账，请稍后重试"
    if request.method != "GET":
        words = "暂时连不上台账，是否已记录尚不确定：请用同一个 Idempotency-Key 原样重发，不会重复办理"
    return problem(request, Refusal(Code.LEDGER_UNAVAILABLE, words))


async def unreadable(request: Request, error: Exception) -> Response:
    """A case that this version cannot read or decide; noted for whoever operates the house."""
    assert isinstance(error, PoisonedCase)
    logger.error("case unreadable", case_id=str(error.case_id), error=str(error)[:300])
    try:
        await trouble.note(request.app.state.house.ledger.writers, error)
    except LOST:
        logger.warning("trouble not noted", case_id=str(error.case_id))
    return problem(request, UNREADABLE)


async def failed(request: Request) -> Response:
    """Whatever nobody expected: nothing of its inside goes out; the log has it under the request's id."""
    return problem(request, INTERNAL)


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
