"""How a route answers: an outcome with its body, or a refusal. Which HTTP status that is, api.py knows."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from domain.refusal import Code, Refusal
from ledger.registrar.request import Ruling

# What lies outside the caller's scope is answered like what is not there; the ledger keeps the difference.
UNKNOWN_CASE = Refusal(Code.UNKNOWN_CASE, "没有这个事项")
HIDDEN: Mapping[str, Refusal] = {Code.CASE_OUTSIDE_SCOPE: UNKNOWN_CASE}


class Declined(Exception):
    """The request is refused: its code, words in Chinese, and what is wrong with single fields."""

    def __init__(self, code: Code, words: str, errors: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(code)
        self.code, self.words, self.errors = code, words, tuple(errors)

    @classmethod
    def of(cls, refusal: Refusal) -> "Declined":
        """The same refusal, to be raised."""
        return cls(refusal.code, refusal.words)

    @classmethod
    def ruled(cls, ruling: Ruling) -> "Declined":
        """The refusal that a ruling is; the same ruling always gives the same bytes."""
        if ruling.outcome in HIDDEN:
            return cls.of(HIDDEN[ruling.outcome])
        document = json.loads(ruling.body)
        return cls(Code(document["code"]), document["detail"], document.get("errors", ()))


class Answer(Response):
    """A body whose status follows from `outcome` when it is sent."""

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
