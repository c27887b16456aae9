"""Looking at cases: `bihuan case show|history|replay|documents|similar|explain` and `bihuan board`."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from cli.case import CaseId, app
from cli.session import Json, Token, Var, caller, instant, misused, run, say
from settings import VAR

if TYPE_CHECKING:
    from pathlib import Path

    from application.caller import Caller
    from application.house import House
    from application.shapes.case_list import BoardShape
    from application.shapes.explanation import ExplanationShape

Answer = TypeVar("Answer")


@app.command()
def show(case: CaseId, token: Token = "", json_: Json = False, var: Var = VAR) -> None:
    """看一个事项：现状、时限，以及您此刻能办什么、要填什么。"""
    from application.worded import show_in_words
    from cli.tables import picture

    found = _asked(var, token, lambda house, asking: show_in_words(house, asking, case))
    say(found.answer) if json_ else picture(found)


@app.command()
def history(case: CaseId, token: Token = "", json_: Json = False, var: Var = VAR) -> None:
    """逐条列出事件，以及哈希链；纪检监察干部和管理员另见不予办理的尝试、密封期间谁看过。"""
    from application.worded import history_in_words
    from cli.tables import chronicle

    found = _asked(var, token, lambda house, asking: history_in_words(house, asking, case))
    say(found.answer) if json_ else chronicle(found)


@app.command()
def replay(
    case: CaseId,
    version: Annotated[int | None, typer.Option(help="第几版", min=1)] = None,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="时刻，如 2026-11-23T09:30")] = None,
    token: Token = "",
    json_: Json = False,
    var: Var = VAR,
) -> None:
    """回放：事项在某一版、某一时刻的样子。"""
    from application.worded import replay_in_words
    from cli.tables import picture

    if (version is None) == (at is None):
        raise misused("请用 --version 或 --at 指明回放到哪里（二者取一）")
    moment = instant(at)
    found = _asked(var, token, lambda house, asking: replay_in_words(house, asking, case, version, moment))
    say(found.answer) if json_ else picture(found)


@app.command()
def documents(
    case: CaseId,
    place: Annotated[int | None, typer.Argument(metavar="[N]", help="第几份；不写则列出各份")] = None,
    token: Token = "",
    json_: Json = False,
    var: Var = VAR,
) -> None:
    """列出事项的文书，或打印其中一份。"""
    from application.document import document
    from application.document import documents as issued

    if place is not None:
        if json_:
            raise misused("--json 用于列出各份，不与第几份同用")
        typer.echo(_asked(var, token, lambda house, asking: document(house, asking, case, place)))
        return
    found = _asked(var, token, lambda house, asking: issued(house, asking, case))
    if json_:
        say(found)
        return
    words = [f"{each.place}. {each.title} {each.number}（第 {each.version} 版）" for each in found.items]
    typer.echo("\n".join(words) or "还没有文书")


@app.command()
def similar(case: CaseId, token: Token = "", json_: Json = False, var: Var = VAR) -> None:
    """找出可能是同一件事的事项：相似度（0–100）和理由；并案与否由人决定。"""
    from application.similar import similar_to

    found = _asked(var, token, lambda house, asking: similar_to(house, asking, case))
    if json_:
        say(found)
        return
    for hit in found.items:
        typer.echo(f"{hit.score:>3}  {hit.number}  {hit.title}（{hit.stage_title}）：{hit.reason}")
    if not found.items:
        typer.echo("没有找到可能相同的事项")


@app.command()
def explain(
    case: CaseId,
    clock: Annotated[str | None, typer.Argument(metavar="[CLOCK]", help="时限，如 handle；不写则逐个说明")] = None,
    token: Token = "",
    json_: Json = False,
    var: Var = VAR,
) -> None:
    """时限说明：依据哪条规定、从何时起、哪些天计入、何时到期。"""
    from application.explanation import explanation, explanations

    if clock is not None:
        one = _asked(var, token, lambda house, asking: explanation(house, asking, case, clock))
        say(one) if json_ else _steps(one)
        return
    found = _asked(var, token, lambda house, asking: explanations(house, asking, case))
    if json_:
        say(found)
        return
    for each in found.items:
        _steps(each)
    if not found.items:
        typer.echo("还没有时限")


def _steps(clock: "ExplanationShape") -> None:
    from cli.tables import STATES

    provisional = "（暂定）" if clock.provisional else ""
    typer.echo(f"{clock.title}（{clock.clock}）：{STATES[clock.state]}，到期 {clock.due_text}{provisional}")
    for number, step in enumerate(clock.steps, start=1):
        typer.echo(f"{number:>4}. {step.words}")


def board(
    division: Annotated[str | None, typer.Option(metavar="CODE", help="只看这个区划（及其下级）")] = None,
    token: Token = "",
    limit: Annotated[int, typer.Option(help="最多列出多少件", min=1, max=500)] = 50,
    json_: Json = False,
    var: Var = VAR,
) -> None:
    """看板：在办事项，最急的在前。有令牌时看该身份管辖的；没有时看 --division 所指的，不写则看登记册里唯一的县。"""
    from application.board import WHERE
    from application.board import board as urgent
    from application.caller import OPERATOR
    from application.declined import Declined
    from cli.tables import tally

    async def work(house: "House") -> "BoardShape":
        asking = await caller(house, token) if token else OPERATOR
        try:
            return await urgent(house, asking, division, limit=limit)
        except Declined as declined:
            if declined.refusal == WHERE:
                raise misused("请用 --division 指明看哪个区划") from None
            raise

    found = run(var, work)
    alone = "" if token or division else "，登记册里唯一的县；用 --division 可另指"
    say(found) if json_ else tally(found, f"{found.name}（{found.division}{alone}）")


def _asked(var: "Path", token: str, read: "Callable[[House, Caller], Awaitable[Answer]]") -> Answer:
    """What the bearer of `token` is answered."""

    async def work(house: "House") -> Answer:
        return await read(house, await caller(house, token))

    return run(var, work)
