"""`bihuan procedure`: checking, drawing and releasing procedure files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.exit_code import ExitCode
from cli.session import CommandFailed, Json, Var, failure, run, write_json
from settings import VAR

if TYPE_CHECKING:
    from domain.rules.procedure import Procedure
    from ledger.ledger import Ledger

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
    read = [(file, *_read(file)) for file in _named(files)]
    wrong = sum(procedure is None or bool(faults) for _, procedure, faults in read)
    if json_:
        write_json([
            {"file": file, "id": procedure and procedure.id, "version": procedure and procedure.version,
             "faults": faults}
            for file, procedure, faults in read
        ])  # fmt: skip
        raise typer.Exit(ExitCode.REFUSED if wrong else ExitCode.DONE)
    for file, procedure, faults in read:
        for fault in faults:
            typer.echo(f"{file}：{fault}", err=True)
        if procedure is not None and not faults:
            typer.echo(f"{file}：{procedure.title}（{procedure.id} 第 {procedure.version} 版）无差错")
    if wrong:
        raise typer.Exit(1)


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
    procedure = _sound(file)

    async def work(ledger: "Ledger") -> tuple[str, bool]:
        where = await _county(ledger, county)
        return where, await ledger.library.release(procedure, county)

    where, changed = run(var, work)
    words = f"已启用{where}" if changed else "没有变化"
    typer.echo(f"{procedure.title}（{procedure.id} 第 {procedure.version} 版，{procedure.sha256[:12]}）{words}。")


@app.command()
def common(
    procedure: Annotated[str, typer.Argument(metavar="ID", help="办理流程，如 hazard")],
    county: Annotated[str, typer.Option(metavar="CODE", help="哪个县（12 位代码）")],
    var: Var = VAR,
) -> None:
    """停用一县自己的流程：新事项改用各县通用的，在办的事项仍按上报时的版次。"""

    async def work(ledger: "Ledger") -> tuple[str, bool]:
        where = await _county(ledger, county)
        if procedure not in await ledger.library.released():
            raise CommandFailed(f"没有启用“{procedure}”这一流程")
        return where, await ledger.library.give_up(procedure, county)

    where, changed = run(var, work)
    typer.echo(f"{procedure}{where}{'改用各县通用的' if changed else '没有变化'}。")


async def _county(ledger: "Ledger", code: str | None) -> str:
    """Where a release is in force, in words. Raises CommandFailed for what is no county on register."""
    if code is None:
        return ""
    query = "select name from division where code = $1 and level = 'county' and valid_to is null"
    rows = await ledger.writers.fetch(query, code)
    if not rows:
        raise CommandFailed(f"登记册里没有代码为 {code} 的县")
    return f"（限{rows[0]['name']}）"


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
