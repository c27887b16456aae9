"""Around every request: an id, safe headers, a line in the log, the counters; and what is left of an exception."""

import secrets
import time
from collections.abc import Awaitable, Callable

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from application.caller import Caller
from routes.metrics import Metrics

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
QUIET = {"/healthz", "/readyz", "/metrics"}

log = structlog.get_logger("http")


class RequestMiddleware:
    """The outermost layer. `failed` makes the answer to an exception that nobody expected."""

    def __init__(self, app: ASGIApp, failed: Callable[[Request], Awaitable[Response]]) -> None:
        self.app, self.failed = app, failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id, began, status = secrets.token_hex(8), time.perf_counter(), 0
        # Taken over, not shared: what the server gives to all requests must not learn of this one.
        scope["state"] = {**scope.get("state", {}), "request_id": request_id}

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, sending)
            except ClientDisconnect:
                log.info("client gone", path=scope["path"])
            except Exception:
                log.exception("unhandled", method=scope["method"], path=scope["path"])
                if not status:
                    await (await self.failed(Request(scope)))(scope, receive, sending)
            self._count(scope, status, time.perf_counter() - began)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        metrics: Metrics = scope["app"].state.metrics
        # The pattern, never the path: paths are without number, and name cases.
        route = getattr(scope.get("route"), "path", None) or "unmatched"
        metrics.requests.labels(scope["method"], route, str(status)).inc()
        metrics.latency.labels(scope["method"], route).observe(seconds)
        if scope["path"] not in QUIET:
            caller: Caller | None = scope["state"].get("caller")
            log.info(
                "answered", method=scope["method"], path=scope["path"], status=status, ms=round(seconds * 1e3, 1),
                person=caller.person if caller else None, hat=str(caller.hat) if caller else None,
            )  # fmt: skip
