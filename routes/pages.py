"""Pages for people: the board, signing in and out. Data comes from the same readers as the API's."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from application import board as boards
from application.caller import Caller
from application.declined import Declined
from application.house import House
from domain.rules.refusal import Code, Refusal
from routes.actor import COOKIE, TheViewer, holder
from routes.answer import Answer
from routes.body import chunks
from routes.cases import After
from routes.form import Name
from routes.house import TheHouse
from web import CONTENT_SECURITY_POLICY, environment
from web.board import board

router = APIRouter(include_in_schema=False)

TEMPLATES = environment()
PAGE_LENGTH = 50
FORM_BYTES_MAX = 4096
HTML = "text/html; charset=utf-8"
CROSS_SITE = Refusal(Code.CROSS_SITE, "请从本站页面操作")

Division = Annotated[Name | None, Query()]


@router.get("/")
async def home(request: Request, house: TheHouse, division: Division = None, after: After = None) -> Response:
    """The board; who is not signed in is asked to."""
    try:
        caller = await holder(request, request.cookies.get(COOKIE))
    except Declined:
        return RedirectResponse("/sign-in")
    return _page("board.html", await _board(house, caller, division, after))


@router.get("/board/rows")
async def rows(house: TheHouse, caller: TheViewer, division: Division = None, after: After = None) -> Response:
    """The part of the board that changes."""
    return _page("board_rows.html", await _board(house, caller, division, after))


@router.get("/sign-in")
async def sign_in_form() -> Response:
    """The form."""
    return _page("sign_in.html", {"error": None})


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Take the token into a cookie that no script can read and no other site can use."""
    _same_site(request)
    sent = b"".join([chunk async for chunk in chunks(request, FORM_BYTES_MAX)])
    token = parse_qs(sent.decode("ascii", "replace")).get("token", [""])[0].strip()
    try:
        await holder(request, token)
    except Declined as declined:
        return _page("sign_in.html", {"error": declined.refusal.words}, outcome=declined.refusal.code)
    answer = Answer("see_other", headers={"Location": "/"})
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure, path="/")
    return answer


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """Forget the cookie."""
    _same_site(request)
    answer = Answer("see_other", headers={"Location": "/sign-in"})
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return answer


def refusal_page(request: Request, title: str, detail: str) -> str | None:
    """A refusal as HTML, for a browser that asked for a page; None for whoever reads problem documents."""
    accepted = request.headers.get("accept", "")
    if request.url.path.startswith("/api/") or "text/html" not in accepted:
        return None
    return TEMPLATES.get_template("problem.html").render(title=title, detail=detail)


def _same_site(request: Request) -> None:
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise Declined(CROSS_SITE)


def _page(template: str, given: Mapping[str, Any], outcome: str = "ok") -> Answer:
    html = TEMPLATES.get_template(template).render(given)
    return Answer(outcome, html, HTML, {"Content-Security-Policy": CONTENT_SECURITY_POLICY})


async def _board(house: House, caller: Caller, division: str | None, after: str | None) -> dict[str, Any]:
    shown = await boards.board(house, caller, division, after, PAGE_LENGTH)
    around = await boards.surroundings(house, caller, division)
    return board(shown, around, caller.hat.role, after)
