"""`bihuan procedure`: checking, drawing and releasing procedure files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.session import Var, failure, run
from settings import VAR

if TYPE_CHECKING:
    from domain.procedure import Procedure
    from ledger.house import Ledger

app = typer.Typer(help="办理流程：核对、画图、启用。", no_args_is_help=True)

Files = Annotated[
    list[Path] | None, typer.Argument(metavar="[FILE...]", help="流程文件（YAML）；不写为 procedures/ 里的全部")
]
Page = Annotated[bool, typer.Option("--page", help="写成一页：图、阶段、操作、时限和依据")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="流程文件（YAML）")]


@app.command()
def check(files: Files = None) -> None:
    """核对：每个在办阶段都有责任岗位、有时限，都走得到头，没有人能自办自验。"""
    wrong = 0
    for file in _named(files):
        procedure, faults = _read(file)
        for fault in faults:
            typer.echo(f"{file}：{fault}", err=True)
        if procedure is None or faults:
            wrong += 1
        else:
            typer.echo(f"{file}：{procedure.title}（{procedure.id} 第 {procedure.version} 版）无差错")
    if wrong:
        raise typer.Exit(1)


@app.command()
def draw(files: Files = None, page: Page = False) -> None:
    """画出状态图（Mermaid 文本），或连同时限和依据写成一页。"""
    from domain.draw import mermaid
    from domain.page import page as whole_page

    named = _named(files)
    for file in named:
        drawn = (whole_page if page else mermaid)(_sound(file))
        typer.echo(f"%% {file}\n{drawn}" if len(named) > 1 else drawn, nl=False)


@app.command()
def load(file: File, var: Var = VAR) -> None:
    """核对并启用：新事项用它，在办的事项仍按上报时的版次。"""
    procedure = _sound(file)

    async def work(ledger: "Ledger") -> bool:
        return await ledger.library.release(procedure)

    words = "已启用" if run(var, work) else "没有变化"
    typer.echo(f"{procedure.title}（{procedure.id} 第 {procedure.version} 版，{procedure.sha256[:12]}）{words}。")


def _named(files: list[Path] | None) -> list[Path]:
    from procedures import paths

    return files or paths()


def _sound(file: Path) -> "Procedure":
    procedure, faults = _read(file)
    if procedure is None or faults:
        raise failure("\n".join(f"{file}：{fault}" for fault in faults))
    return procedure


def _read(file: Path) -> "tuple[Procedure | None, list[str]]":
    """The procedure in `file` and everything that is wrong with it."""
    from domain.check import faults
    from domain.procedure import ProcedureFault, read
    from domain.shared import resolved
    from procedures import document, shared

    try:
        procedure = read(resolved(document(file), shared()))
    except ProcedureFault as fault:
        return None, str(fault).splitlines()
    return procedure, faults(procedure)
