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
def draw(files: Files = None) -> None:
    """画出状态图（Mermaid 文本）。"""
    from domain.draw import mermaid

    named = _named(files)
    for file in named:
        drawn = mermaid(_sound(file))
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
    import yaml

    from calendars import Loader
    from domain.check import faults
    from domain.procedure import ProcedureFault, read

    try:
        document = yaml.load(file.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a safe loader, made stricter
        procedure = read(document)
    except OSError as error:
        return None, [f"读不了：{error.strerror}"]
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        return None, [f"不是合格的 YAML：{error}"]
    except ProcedureFault as fault:
        return None, [str(fault)]
    return procedure, faults(procedure)
