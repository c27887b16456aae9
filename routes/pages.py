"""Pages for people: the board, signing in and out. Data comes from the same readers as the API's."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from domain.hat import LEVEL_TITLES, ROLE_TITLES, Actor
from domain.refusal import Code
from ledger.identity.scope import UNIT, Scope, person_name, scope_of, view_of
from ledger.read.cursor import Cursor
from ledger.read.listing import ListedCase
from ledger.registers import directory as place
from routes.actor import COOKIE, Viewer, holder
from routes.answer import Answer, Declined
from routes.board import read
from routes.body import chunks
from routes.cases import After
from routes.form import Name
from routes.trace import TheTrace, Trace
from web import CONTENT_SECURITY_POLICY, environment
from web.board import BoardCounts, OpenCase, board, short_name

router = APIRouter(include_in_schema=False)

TEMPLATES = environment()
PAGE_LENGTH = 50
FORM_BYTES_MAX = 4096
HTML = "text/html; charset=utf-8"

Division = Annotated[Name | None, Query()]


@router.get("/")
async def home(request: Request, trace: TheTrace, division: Division = None, after: After = None) -> Response:
    """The board; who is not signed in is asked to."""
    try:
        actor = await holder(request, request.cookies.get(COOKIE))
    except Declined:
        return RedirectResponse("/sign-in")
    return _page("board.html", await _board(trace, actor, division, after, request.query_params.get("after")))


@router.get("/board/rows")
async def rows(
    request: Request, actor: Viewer, trace: TheTrace, division: Division = None, after: After = None
) -> Response:
    """The part of the board that changes."""
    return _page("board_rows.html", await _board(trace, actor, division, after, request.query_params.get("after")))


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
        return _page("sign_in.html", {"error": declined.words}, outcome=declined.code)
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
        raise Declined(Code.CROSS_SITE, "请从本站页面操作")


def _page(template: str, given: Mapping[str, Any], outcome: str = "ok") -> Answer:
    html = TEMPLATES.get_template(template).render(given)
    return Answer(outcome, html, HTML, {"Content-Security-Policy": CONTENT_SECURITY_POLICY})


async def _board(
    trace: Trace, actor: Actor, division: str | None, after: Any, after_text: str | None
) -> dict[str, Any]:
    cursor: Cursor | None = after
    shown, found = await read(trace, actor, division, cursor, PAGE_LENGTH)
    async with trace.ledger.reading() as connection:
        view = await view_of(connection, actor)
        county = await scope_of(connection, shown.lineage.get("county", "")) or view
        below = [] if view.level == UNIT else (await place.divisions(connection, view.code)).items
        name = await person_name(connection, actor.person)
    choices = [_place(view), *({"code": c["code"], "name": c["name"], "level": c["level"]} for c in below)]
    if shown.code not in {choice["code"] for choice in choices}:
        choices.append(_place(shown))
    counts: BoardCounts = {**found.counts}  # type: ignore[typeddict-item]
    hat = f"{short_name(view.name)} {ROLE_TITLES.get(actor.hat.role, actor.hat.role)}"
    return board(
        _place(county), _place(shown), choices, counts, [_open_case(row) for row in found.page.items],
        {"person_name": name, "hat_title": hat}, found.at, after_text, found.page.next,
    )  # fmt: skip


def _place(scope: Scope) -> dict[str, str]:
    return {"code": scope.code, "name": scope.name, "level": scope.level}


def _open_case(row: ListedCase) -> OpenCase:
    return {
        "case_id": str(row.case_id),
        "number": row.number,
        "title": row.title,
        "division_name": row.division_name,
        "procedure_title": row.procedure_title,
        "stage_title": row.stage_title,
        "holder_title": _holder(row),
        "level_title": LEVEL_TITLES.get(row.level or "", "—"),
        "due_at": row.due_at,
        "yellow": row.yellow > 0,
        "red": row.red > 0,
        "emergency": row.emergency,
    }


def _holder(row: ListedCase) -> str:
    """`北平镇 调度员`; a unit stands for itself."""
    role, _, scope = (row.holder or "").partition("@")
    name = short_name(row.holder_name or scope)
    return name if role == "handler" else f"{name} {ROLE_TITLES.get(role, role)}".strip() or "—"
