"""An answer that is ready as bytes; others are shapes, which FastAPI writes out."""

from collections.abc import Mapping

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class Answer(Response):
    """A body whose status follows from `outcome` when it is sent: which HTTP status that is, api.py knows."""

    media_type = "application/json"

    def __init__(
        self,
        outcome: str,
        body: bytes | str = b"",
        media_type: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(body, headers=headers, media_type=media_type)
        self.outcome = outcome

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        self.status_code = scope["app"].state.statuses[self.outcome]
        await super().__call__(scope, receive, send)
