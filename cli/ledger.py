"""`bihuan ledger`: whether the books are right, and setting the folded state right."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.exit_code import ExitCode
from cli.session import Json, Var, failure, run, write_json
from settings import VAR, load

if TYPE_CHECKING:
    from ledger.ledger import Ledger

app = typer.Typer(help="台账：核验与重建。", no_args_is_help=True)

LINES_MAX = 200


@app.command()
def verify(json_: Json = False, var: Var = VAR) -> None:
    """核验：哈希链、版次连续、现状与事件折叠一致、附件完好；有差错时逐条指明并以 1 结束。"""

    async def work(ledger: "Ledger") -> list[str]:
        from ledger.audit.verify import verify as faults
        from ledger.read import evidence

        directory = load(var.absolute()).evidence_dir
        async with ledger.writers.held() as connection:
            found = [fault async for fault in faults(connection)]
            return found + [fault async for fault in evidence.verify(connection, directory)]

    found = run(var, work)
    if json_:
        write_json({"faults": found})
        raise typer.Exit(ExitCode.REFUSED if found else ExitCode.DONE)
    _list(found)
    if found:
        raise failure(f"发现 {len(found)} 处差错。")
    typer.echo("台账无差错。")


@app.command()
def rebuild(
    check: Annotated[bool, typer.Option("--check", help="只比较，不改写；有差异则以 1 结束")] = False,
    json_: Json = False,
    var: Var = VAR,
) -> None:
    """由事件重新折叠每个事项的现状。"""

    async def work(ledger: "Ledger") -> tuple[int, list[str]]:
        from ledger.audit.rebuild import rebuild as refold

        async with ledger.writers.held() as reading:
            if check:
                return await refold(reading, None)
            async with ledger.writers.held() as writing:
                return await refold(reading, writing)

    count, found = run(var, work)
    if json_:
        write_json({"cases": count, "differences": found, "mended": bool(found) and not check})
        raise typer.Exit(ExitCode.REFUSED if check and found else ExitCode.DONE)
    _list(found)
    typer.echo(f"事项 {count} 件，差异 {len(found)} 处" + ("。" if check or not found else "，已改正。"))
    if check and found:
        raise typer.Exit(1)


def _list(found: list[str]) -> None:
    for fault in found[:LINES_MAX]:
        typer.echo(fault)
    if len(found) > LINES_MAX:
        typer.echo(f"……其余 {len(found) - LINES_MAX} 处从略")
