"""The interactive manual at /docs, served from here; its one inline script is allowed by its hash."""

import re
from base64 import b64encode
from hashlib import sha256

from fastapi_offline import FastAPIOffline
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATHS = ("/docs", "/redoc")
INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)

__all__ = ["FastAPIOffline", "Manual"]


class Manual:
    """Gives the manual's pages the policy that they need; leaves everything else alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] not in PATHS:
            await self.app(scope, receive, send)
            return
        held: list[Message] = []  # the head waits for the body: its policy names the script's hash

        async def sending(message: Message) -> None:
            held.append(message)

        await self.app(scope, receive, sending)
        body = b"".join(message.get("body", b"") for message in held)
        MutableHeaders(scope=held[0])["Content-Security-Policy"] = policy(body)
        for message in held:
            await send(message)


def policy(page: bytes) -> str:
    """No outside host, and of inline scripts only those of this page."""
    hashes = " ".join(f"'sha256-{b64encode(sha256(script).digest()).decode()}'" for script in INLINE.findall(page))
    return (
        f"default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'"
    )
