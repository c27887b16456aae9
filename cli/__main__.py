"""`./bihuan …`: assembles the commands. Heavy imports stay inside their functions: starts are quick."""

import os
from typing import Annotated

import typer
from typer import completion as completions

from cli import (
    calendar,
    case,
    chinese,
    division,
    holders,
    importing,  # noqa: F401 -- adds its command to those on cases
    ledger,
    look,
    procedure,
    publishing,
    register,
    rule_change,
    similar,
    token,
)
from cli import round as rounds
from cli.completion import completion
from cli.root import Root
from cli.up import up
from settings import VERSION

CODES = "结束代码：0 办好；1 未获准或核对有误；2 用法不对；3 没有（或不归您看）；4 连不上；5 系统本身有误。"

COMPLETING = "_BIHUAN_COMPLETE"  # a shell asks what could follow

chinese.speak()
app = typer.Typer(
    cls=Root, help="闭环：隐患与信访闭环办理系统", epilog=CODES, no_args_is_help=True, add_completion=False,
    pretty_exceptions_enable=False,
)  # fmt: skip


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"bihuan {VERSION}")
        raise typer.Exit


@app.callback()
def _all(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="显示版本")] = False,
) -> None:
    """闭环：隐患与信访闭环办理系统"""


app.command()(up)
app.command()(completion)
app.add_typer(token.app, name="token")
app.add_typer(case.app, name="case")
app.command()(look.board)
procedure.app.command()(rule_change.move)
procedure.app.command()(holders.holders)
app.add_typer(procedure.app, name="procedure")
app.add_typer(ledger.app, name="ledger")
app.add_typer(division.app, name="divisions")
app.add_typer(register.app, name="register")
app.add_typer(rounds.app, name="round")
calendar.app.command()(publishing.load)
app.add_typer(calendar.app, name="calendar")
app.add_typer(similar.app, name="similar")


if __name__ == "__main__":
    if COMPLETING in os.environ:
        completions.completion_init()  # type: ignore[attr-defined]
    app(prog_name="bihuan")
