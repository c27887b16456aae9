"""The one place where it is established who asks: a token, bound to a person and a hat."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from application.caller import Caller
from application.declined import Declined
from application.sign_in import caller_of
from domain.rules.refusal import Code, Refusal
from routes.house import house

COOKIE = "bihuan_token"
NO_TOKEN = Refusal(Code.NO_TOKEN, "请在 Authorization 头中出示令牌：Bearer <token>")

_bearer = HTTPBearer(auto_error=False, description="./bihuan token create")
Shown = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


async def caller(request: Request, shown: Shown) -> Caller:
    """Who calls the API: by the Authorization header only, so that no other site's page can act for a person."""
    return await holder(request, shown.credentials if shown else None)


async def viewer(request: Request, shown: Shown) -> Caller:
    """Who looks at a page: the header, or the cookie of signing in."""
    return await holder(request, shown.credentials if shown else request.cookies.get(COOKIE))


async def holder(request: Request, token: str | None) -> Caller:
    """Whom this token stands for, by whom the request is from then on, in the log too. Raises Declined."""
    if not token:
        raise Declined(NO_TOKEN)
    request_id: str | None = getattr(request.state, "request_id", None)
    found = await caller_of(house(request), token, request_id)
    request.state.caller = found
    return found


TheCaller = Annotated[Caller, Depends(caller)]
TheViewer = Annotated[Caller, Depends(viewer)]
