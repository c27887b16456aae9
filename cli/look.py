"""Looking at cases: `bihuan case show|history|replay` and `bihuan board`."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from cli.case import CaseId, Json, found, instant
from cli.session import Declined, Token, Var, bearer, failure, run
from settings import VAR

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from cli.wording import Wording
    from domain.case.state import Case
    from domain.rules.hat import Actor
    from ledger.audit.access import What
    from ledger.identity.scope import Scope
    from ledger.ledger import Ledger
    from ledger.read.board import BoardPage


def show(case: CaseId, token: Token = "", json_: Json = False, var: Var = VAR) -> None:
    """看一个事项：现状、时限，以及您此刻能办什么、要填什么。"""
    from cli.tables import picture
    from domain.case.view import offered
    from domain.case.view import shown as told

    async def look(sight: "CaseSight") -> Seen:
        procedure = await sight.ledger.library.procedure(sight.case.procedure.sha256)
        shown = told(str(sight.case_id), sight.case, sight.actor)
        shown["actions"] = offered(sight.case, procedure, sight.actor, sight.view.home)
        return shown, await _lexicon(sight, shown)

    _print(run(var, _seen(case, token, look, "case")), json_, picture)


def history(case: CaseId, token: Token = "", json_: Json = False, var: Var = VAR) -> None:
    """逐条列出事件，以及哈希链；纪检监察干部和管理员另见不予办理的尝试、密封期间谁看过。"""
    from cli.tables import chronicle
    from domain.rules.hat import SUPERVISING
    from ledger.read import history as past

    async def look(sight: "CaseSight") -> Seen:
        masked = past.hidden(sight.case, sight.actor)
        told: dict[str, Any] = {
            "events": await past.history(sight.connection, sight.case_id, sight.case.version, masked)
        }
        if sight.actor.hat.role in SUPERVISING:
            told["refusals"] = list(await past.refusals(sight.connection, sight.case_id, masked))
            told["reads"] = list(await past.reads(sight.connection, sight.case_id, masked))
        return told, await _lexicon(sight, told)

    _print(run(var, _seen(case, token, look, "history", inside=True)), json_, chronicle)


def documents(
    case: CaseId,
    place: Annotated[int | None, typer.Argument(metavar="[N]", help="第几份；不写则列出各份")] = None,
    token: Token = "",
    var: Var = VAR,
) -> None:
    """列出事项的文书，或打印其中一份。"""
    from ledger.read import document as paper

    async def look(sight: "CaseSight") -> Seen:
        issued = await paper.issued(sight.connection, sight.case_id, sight.case.version)
        if place is None:
            words = "\n".join(f"{each.place}. {each.title} {each.number}（第 {each.version} 版）" for each in issued)
            return {"text": words or "还没有文书"}, Wording()
        if not 1 <= place <= len(issued):
            raise Declined("没有这份文书")
        return {"text": issued[place - 1].text}, Wording()

    from cli.wording import Wording

    _print(run(var, _seen(case, token, look, "documents")), False, lambda told, _: typer.echo(told["text"]))


def similar(case: CaseId, token: Token = "", json_: Json = False, var: Var = VAR) -> None:
    """找出可能是同一件事的事项：相似度（0–100）和理由；并案与否由人决定。"""
    from domain.case.similarity import matter_of
    from ledger.audit.access import listed
    from ledger.read.similar import similar as alike

    async def look(sight: "CaseSight") -> Seen:
        where = sight.case.procedure.id, sight.case.lineage
        hits = await alike(sight.connection, sight.view, *where, matter_of(sight.case), sight.case_id)
        await listed(sight.ledger.writers, sight.actor, sum(hit.sealed for hit in hits))
        return {"items": [hit.told for hit in hits]}, Wording()

    def draw(told: dict[str, Any], _: "Wording") -> None:
        for hit in told["items"]:
            typer.echo(f"{hit['score']:>3}  {hit['number']}  {hit['title']}（{hit['stage_title']}）：{hit['reason']}")
        if not told["items"]:
            typer.echo("没有找到可能相同的事项")

    from cli.wording import Wording

    _print(run(var, _seen(case, token, look, "case")), json_, draw)


def replay(
    case: CaseId,
    version: Annotated[int | None, typer.Option(help="第几版", min=1)] = None,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="时刻，如 2026-11-23T09:30")] = None,
    token: Token = "",
    json_: Json = False,
    var: Var = VAR,
) -> None:
    """回放：事项在某一版、某一时刻的样子。"""
    from cli.tables import picture
    from domain.case.view import present
    from ledger.audit.access import traced
    from ledger.read.history import replayed

    if (version is None) == (at is None):
        raise failure("请用 --version 或 --at 指明回放到哪里（二者取一）")
    moment = instant(at)

    async def look(sight: "CaseSight") -> Seen:
        then = await replayed(sight.connection, sight.case_id, version, moment)
        if then is None:
            raise Declined("那时还没有这个事项" if version is None else f"没有第 {version} 版")
        await traced(sight.ledger.writers, sight.actor, "replay", sight.case_id, sight.case, then)
        shown = present(str(sight.case_id), then)
        return shown, await _lexicon(sight, shown)

    _print(run(var, _seen(case, token, look, None, inside=True)), json_, picture)


def board(
    division: Annotated[str | None, typer.Option(metavar="CODE", help="只看这个区划（及其下级）")] = None,
    token: Token = "",
    limit: Annotated[int, typer.Option(help="最多列出多少件", min=1, max=500)] = 50,
    var: Var = VAR,
) -> None:
    """看板：在办事项，最急的在前。有令牌时看该身份管辖的；没有时看 --division 所指的，不写则看登记册里唯一的县。"""
    from cli.tables import tally

    async def work(ledger: "Ledger") -> "tuple[BoardPage, str]":
        from ledger.audit.access import listed
        from ledger.identity.scope import scope_of, view_of
        from ledger.read.board import board as urgent

        actor = await bearer(ledger, token) if token else None
        code = division or (actor.hat.scope if actor else await _only_county(ledger))
        async with ledger.reading() as connection:
            within = await scope_of(connection, code)
            if within is None:
                raise Declined(f"没有代码为 {code} 的区划或单位")
            view = await view_of(connection, actor) if actor else within
            if not view.covers(within):
                raise Declined("该区划不在您的管辖范围内")
            alone = "" if actor or division else "，登记册里唯一的县；用 --division 可另指"
            found = await urgent(connection, ledger.library, view, within, limit=limit)
        if actor:
            await listed(ledger.writers, actor, found.page.sealed)
        return found, f"{within.name}（{code}{alone}）"

    tally(*run(var, work))


@dataclass(frozen=True, slots=True)
class CaseSight:
    """A case as an actor sees it, and the connection to look further by."""

    ledger: "Ledger"
    connection: "AsyncConnection"
    case_id: UUID
    case: "Case"
    actor: "Actor"
    view: "Scope"


Seen = tuple[dict[str, Any], "Wording"]
Look = Callable[[CaseSight], Awaitable[Seen]]


async def _lexicon(sight: CaseSight, document: dict[str, Any]) -> "Wording":
    """The words for `document`, which is about the case in sight."""
    from cli.wording import Wording
    from ledger.identity.name import names

    procedure = await sight.ledger.library.procedure(sight.case.procedure.sha256)
    return Wording(procedure, await names(sight.connection, document, at=sight.case.opened_at))


def _seen(
    which: str, token: str, look: Look, what: "What | None", inside: bool = False
) -> "Callable[[Ledger], Awaitable[Seen]]":
    """Finds the case within what the bearer of `token` looks over, then looks. Raises Declined.

    `what` of it is read, traced where it is sealed; None: the look leaves the trace. `inside`: what is not meant for
    those who are only shown its state and papers.
    """

    async def work(ledger: "Ledger") -> Seen:
        from domain.case.sight import outsider
        from ledger.audit.access import traced
        from ledger.identity.scope import view_of
        from ledger.read.query import case_by_id

        actor = await bearer(ledger, token)
        case_id, _ = await found(ledger, which)
        async with ledger.reading() as connection:
            view = await view_of(connection, actor)
            case = await case_by_id(connection, case_id, view)
            if case is None:
                raise Declined("该事项不在您的管辖范围内")
            if inside and outsider(case, actor):
                raise Declined("向您公开的只有现状和文书")
            if what is not None:
                await traced(ledger.writers, actor, what, case_id, case)
            return await look(CaseSight(ledger, connection, case_id, case, actor, view))

    return work


async def _only_county(ledger: "Ledger") -> str:
    """Where to look when nothing is said: the one county on register. Raises Declined when it is not one."""
    rows = await ledger.writers.fetch(
        "select code from division where level = 'county' and valid_to is null order by code limit 2"
    )
    if len(rows) != 1:
        raise Declined("请用 --division 指明看哪个区划")
    return str(rows[0]["code"])


def _print(seen: Seen, as_json: bool, draw: "Callable[[dict[str, Any], Wording], None]") -> None:
    answer, lexicon = seen
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        draw(answer, lexicon)
