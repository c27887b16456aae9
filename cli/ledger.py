"""`bihuan ledger`: whether the books are right, and setting the folded state right."""

from typing import Annotated

import typer

from cli.exit_code import ExitCode
from cli.session import Json, Var, failure, run, say
from settings import VAR

app = typer.Typer(help="台账：核验与重建。", no_args_is_help=True)

LINES_MAX = 200


@app.command()
def verify(json_: Json = False, var: Var = VAR) -> None:
    """核验：哈希链、版次连续、现状与事件折叠一致、附件完好；有差错时逐条指明并以 1 结束。"""
    from application.audit import verify as verified
    from application.caller import OPERATOR

    found = run(var, lambda house: verified(house, OPERATOR))
    say(found) if json_ else _list(found.items)
    if found.items:
        raise failure(f"发现 {len(found.items)} 处差错。")
    if not json_:
        typer.echo("台账无差错。")


@app.command()
def rebuild(
    check: Annotated[bool, typer.Option("--check", help="只比较，不改写；有差异则以 1 结束")] = False,
    json_: Json = False,
    var: Var = VAR,
) -> None:
    """由事件重新折叠每个事项的现状。"""
    from application.audit import rebuild as rebuilt
    from application.caller import OPERATOR

    found = run(var, lambda house: rebuilt(house, OPERATOR, check))
    if json_:
        say(found)
    else:
        _list(found.differences)
        ending = "，已改正。" if found.mended else "。"
        typer.echo(f"事项 {found.cases} 件，差异 {len(found.differences)} 处{ending}")
    if check and found.differences:
        raise typer.Exit(ExitCode.REFUSED)


def _list(found: list[str]) -> None:
    for fault in found[:LINES_MAX]:
        typer.echo(fault)
    if len(found) > LINES_MAX:
        typer.echo(f"……其余 {len(found) - LINES_MAX} 处从略")
