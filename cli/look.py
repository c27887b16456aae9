"""Looking at cases: `bihuan case show|history|replay|documents|similar|explain` and `bihuan board`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.case import CaseId, instant
from cli.session import Json, Token, Var, caller, failure, run_house, write_json
from settings import VAR

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from application.caller import Caller
    from application.house import House
    from application.shapes.case_list import BoardShape
    from application.shapes.explanation import ExplanationShape
    from application.shapes.shape import Shape
    from cli.wording import Wording

    Read = Callable[[House, Caller], Awaitable[Shape]]


def show(case: CaseId, token: Token = "", json_: Json = False, var: Var = VAR) -> None:
    """看一个事项：现状、时限，以及您此刻能办什么、要填什么。"""
    from application.show import show as read
    from cli.tables import picture

    _shown(case, token, json_, var, lambda house, who: read(house, who, case), picture)


def history(case: CaseId, token: Token = "", json_: Json = False, var: Var = VAR) -> None:
    """逐条列出事件，以及哈希链；纪检监察干部和管理员另见不予办理的尝试、密封期间谁看过。"""
    from application.history import history as read
    from cli.tables import chronicle

    _shown(case, token, json_, var, lambda house, who: read(house, who, case), chronicle)


def replay(
    case: CaseId,
    version: Annotated[int | None, typer.Option(help="第几版", min=1)] = None,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="时刻，如 2026-11-23T09:30")] = None,
    token: Token = "",
    json_: Json = False,
    var: Var = VAR,
) -> None:
    """回放：事项在某一版、某一时刻的样子。"""
    from application.replay import replay as read
    from cli.tables import picture

    if (version is None) == (at is None):
        raise failure("请用 --version 或 --at 指明回放到哪里（二者取一）")
    moment = instant(at)
    _shown(case, token, json_, var, lambda house, who: read(house, who, case, version, moment), picture)


def documents(
    case: CaseId,
    place: Annotated[int | None, typer.Argument(metavar="[N]", help="第几份；不写则列出各份")] = None,
    token: Token = "",
    json_: Json = False,
    var: Var = VAR,
) -> None:
    """列出事项的文书，或打印其中一份。"""
    from application.document import document
    from application.document import documents as read

    if place is not None:

        async def text(house: "House") -> str:
            return await document(house, await caller(house, token), case, place)

        typer.echo(run_house(var, text))
        return
    found = run_house(var, _asked(token, lambda house, who: read(house, who, case)))
    if json_:
        write_json(found)
        return
    for each in found.items:
        typer.echo(f"{each.place}. {each.title} {each.number}（第 {each.version} 版）")
    if not found.items:
        typer.echo("还没有文书")


def similar(case: CaseId, token: Token = "", json_: Json = False, var: Var = VAR) -> None:
    """找出可能是同一件事的事项：相似度（0–100）和理由；并案与否由人决定。"""
    from application.similar import similar_to

    found = run_house(var, _asked(token, lambda house, who: similar_to(house, who, case)))
    if json_:
        write_json(found)
        return
    for hit in found.items:
        typer.echo(f"{hit.score:>3}  {hit.number}  {hit.title}（{hit.stage_title}）：{hit.reason}")
    if not found.items:
        typer.echo("没有找到可能相同的事项")


def explain(
    case: CaseId,
    clock: Annotated[str | None, typer.Argument(metavar="[CLOCK]", help="时限，如 triage；不写则说明各个时限")] = None,
    token: Token = "",
    json_: Json = False,
    var: Var = VAR,
) -> None:
    """时限说明：每个到期日是怎样一步一步算出来的，还剩多少。"""
    from application.explanation import explanation
    from application.show import show as read

    async def work(house: "House") -> "list[ExplanationShape]":
        who = await caller(house, token)
        names = [clock] if clock else [each.id for each in (await read(house, who, case)).clocks]
        return [await explanation(house, who, case, name) for name in names]

    found = run_house(var, work)
    if json_:
        write_json(found[0] if clock else found)
        return
    for each in found:
        typer.echo(f"{each.title}（{each.clock}）：{each.due_text}{'（暂定）' if each.provisional else ''}")
        typer.echo("\n".join(f"    {line}" for line in [each.authority, *each.text.splitlines()]))


def board(
    division: Annotated[str | None, typer.Option(metavar="CODE", help="只看这个区划（及其下级）")] = None,
    token: Token = "",
    limit: Annotated[int, typer.Option(help="最多列出多少件", min=1, max=500)] = 50,
    json_: Json = False,
    var: Var = VAR,
) -> None:
    """看板：在办事项，最急的在前。有令牌时看该身份管辖的；没有时看 --division 所指的，不写则看登记册里唯一的县。"""
    from application.board import board as read
    from application.board import board_of_all
    from cli.tables import tally

    async def work(house: "House") -> "BoardShape":
        if not token:
            return await board_of_all(house, division, limit)
        return await read(house, await caller(house, token), division, None, limit)

    found = run_house(var, work)
    if json_:
        write_json(found)
        return
    alone = "" if token or division else "，登记册里唯一的县；用 --division 可另指"
    tally(found, f"{found.name}（{found.division}{alone}）")


def _asked(token: str, read: "Callable[[House, Caller], Awaitable[Any]]") -> "Callable[[House], Awaitable[Any]]":
    """`read` for whoever shows the token."""

    async def work(house: "House") -> Any:
        return await read(house, await caller(house, token))

    return work


def _shown(
    case: str, token: str, json_: bool, var: "Any", read: "Read", draw: "Callable[[dict[str, Any], Wording], None]"
) -> None:
    """An answer about a case: as JSON, or drawn with the words for what it names."""

    async def work(house: "House") -> "tuple[Shape, dict[str, Any], Wording]":
        from application.wording import wording
        from cli.wording import Wording

        who = await caller(house, token)
        answer = await read(house, who)
        document = answer.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return answer, document, Wording(*await wording(house, who, case, document))

    answer, document, words = run_house(var, work)
    if json_:
        write_json(answer)
    else:
        draw(document, words)
