"""`bihuan procedure`: checking, drawing and releasing procedure files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.exit_code import ExitCode
from cli.session import Json, Var, failure, run, say
from settings import VAR

if TYPE_CHECKING:
    from application.shapes.procedure import CheckedProcedureShape
    from domain.rules.procedure import Procedure

app = typer.Typer(help="办理流程：核对、画图、启用。", no_args_is_help=True)

Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[ID|FILE]...", help="流程，如 hazard，或流程文件；不写为全部"),
]
Page = Annotated[bool, typer.Option("--page", help="写成一页：图、阶段、操作、时限和依据")]
County = Annotated[str | None, typer.Option(metavar="CODE", help="只在这个县启用（12 位代码）")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="流程文件（YAML）")]


@app.command()
def check(files: Files = None, json_: Json = False) -> None:
    """核对：每个在办阶段都有责任岗位、有时限，都走得到头，没有人能自办自验。"""
    from application.shapes.procedure import CheckedProceduresShape

    found = CheckedProceduresShape(items=[_checked(file) for file in _named(files)])
    if json_:
        say(found)
    for each in () if json_ else found.items:
        for fault in each.faults:
            typer.echo(f"{each.file}：{fault}", err=True)
        if not each.faults:
            typer.echo(f"{each.file}：{each.title}（{each.id} 第 {each.version} 版）无差错")
    if any(each.faults for each in found.items):
        raise typer.Exit(ExitCode.REFUSED)


def _checked(file: Path) -> "CheckedProcedureShape":
    from application.shapes.procedure import CheckedProcedureShape

    procedure, faults = _read(file)
    if procedure is None:
        return CheckedProcedureShape(file=str(file), id=None, version=None, title=None, faults=faults)
    return CheckedProcedureShape(
        file=str(file), id=procedure.id, version=procedure.version, title=procedure.title, faults=faults
    )


@app.command()
def draw(files: Files = None, page: Page = False) -> None:
    """画出状态图（Mermaid 文本），或连同时限和依据写成一页。"""
    from domain.rules.diagram import mermaid
    from domain.rules.handbook import page as whole_page

    named = _named(files)
    for file in named:
        drawn = (whole_page if page else mermaid)(_sound(file))
        typer.echo(f"%% {file}\n{drawn}" if len(named) > 1 else drawn, nl=False)


@app.command()
def load(file: File, county: County = None, var: Var = VAR) -> None:
    """核对并启用：新事项用它，在办的事项仍按上报时的版次。写明 --county 的，只在该县启用，先于各县通用的。"""
    from application.caller import OPERATOR
    from application.release import release

    procedure = _sound(file)
    where, changed = run(var, lambda house: release(house, OPERATOR, procedure, county))
    words = f"已启用{_within(where)}" if changed else "没有变化"
    typer.echo(f"{procedure.title}（{procedure.id} 第 {procedure.version} 版，{procedure.sha256[:12]}）{words}。")


@app.command()
def common(
    procedure: Annotated[str, typer.Argument(metavar="ID", help="办理流程，如 hazard")],
    county: Annotated[str, typer.Option(metavar="CODE", help="哪个县（12 位代码）")],
    var: Var = VAR,
) -> None:
    """停用一县自己的流程：新事项改用各县通用的，在办的事项仍按上报时的版次。"""
    from application.caller import OPERATOR
    from application.release import give_up

    where, changed = run(var, lambda house: give_up(house, OPERATOR, procedure, county))
    typer.echo(f"{procedure}{_within(where)}{'改用各县通用的' if changed else '没有变化'}。")


def _within(county: str | None) -> str:
    return f"（限{county}）" if county else ""


def _named(files: list[Path] | None) -> list[Path]:
    from procedures import DIRECTORY, paths

    # A bare word is the id of one of the house's own, unless a file is called so.
    own = {path.stem: path for path in paths(DIRECTORY)}
    return [own.get(str(file), file) if not file.exists() else file for file in files] if files else paths()


def _sound(file: Path) -> "Procedure":
    procedure, faults = _read(file)
    if procedure is None or faults:
        raise failure("\n".join(f"{file}：{fault}" for fault in faults))
    return procedure


def _read(file: Path) -> "tuple[Procedure | None, list[str]]":
    """The procedure in `file` and everything that is wrong with it."""
    from domain.case.verbs import unknown_effects
    from domain.rules.procedure import ProcedureFault, read
    from domain.rules.soundness import faults
    from domain.rules.verbs import resolved
    from procedures import document, shared

    try:
        procedure = read(resolved(document(file), shared()))
    except ProcedureFault as fault:
        return None, str(fault).splitlines()
    return procedure, unknown_effects(procedure) or faults(procedure)
