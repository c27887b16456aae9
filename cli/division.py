"""`bihuan divisions`: the register of divisions."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cli.session import Var, contents, misused, run
from settings import VAR

app = typer.Typer(help="区划登记。", no_args_is_help=True)


@app.callback()
def root() -> None:
    """Keeps `load` a subcommand while it is the only one."""


@app.command()
def load(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV、.xlsx、.xls 或 .ods：代码,名称,层级,上级代码")],
    edition: Annotated[int, typer.Option(help="统计用区划代码的版次（年份）", min=1980, max=2100)] = 2023,
    valid_from: Annotated[str | None, typer.Option(metavar="DATE", help="生效日期；不写为版次那年的 1 月 1 日")] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="这是全县的全部区划：登记册里有、文件里没有的自生效日起失效")
    ] = False,
    var: Var = VAR,
) -> None:
    """载入区划：逐行核对，有一行不对就一行也不改；没有变化的不动，改了名称或上级的另立新行。"""
    from application.caller import OPERATOR
    from application.register_load import load_places

    try:
        since = date.fromisoformat(valid_from) if valid_from else date(edition, 1, 1)
    except ValueError:
        raise misused(f"看不懂的日期：{valid_from}。应写作 2023-01-01") from None
    data = contents(file)
    loaded = run(var, lambda house: load_places(house, OPERATOR, data, edition, since, whole))
    typer.echo(f"读入 {loaded.source}。")
    typer.echo(f"区划 {loaded.rows} 个：新增 {loaded.added}，变更 {loaded.changed}，未变 {loaded.same}。")
