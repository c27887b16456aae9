"""The one place where it is established who acts: a token, bound to a person and a hat."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from domain.hat import Actor
from domain.refusal import Code, Refusal
from ledger.identity import token as tokens
from routes.answer import Declined
from routes.app_state import app_state

COOKIE = "bihuan_token"
TOKEN_LENGTH_MAX = 200

_bearer = HTTPBearer(auto_error=False, description="./bihuan token create")
Shown = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


async def caller(request: Request, shown: Shown) -> Actor:
    """Who calls the API: by the Authorization header only, so that no other site's page can act for a person."""
    return await holder(request, shown.credentials if shown else None)


async def viewer(request: Request, shown: Shown) -> Actor:
    """Who looks at a page: the header, or the cookie of signing in."""
    return await holder(request, shown.credentials if shown else request.cookies.get(COOKIE))


async def holder(request: Request, token: str | None) -> Actor:
    """The actor whom this token stands for, by whom the request is from then on, in the log too. Raises Declined."""
    if not token:
        raise Declined(Code.NO_TOKEN, "请在 Authorization 头中出示令牌：Bearer <token>")
    plausible = len(token) <= TOKEN_LENGTH_MAX and token.isascii()
    actor = await tokens.bearer(app_state(request).ledger.writers, token) if plausible else tokens.BAD_TOKEN
    if isinstance(actor, Refusal):
        raise Declined.of(actor)
    request.state.actor = actor
    return actor


Caller = Annotated[Actor, Depends(caller)]
Viewer = Annotated[Actor, Depends(viewer)]
