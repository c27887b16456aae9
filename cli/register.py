"""`bihuan register`: people, posts, units, matters, duties, grids, contacts, sites, absences, rosters."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.exit_code import ExitCode
from cli.session import Json, Token, Var, caller, contents, misused, run, say, show, write
from settings import VAR

if TYPE_CHECKING:
    from application.house import House
    from application.register_load import LoadedTable

ROWS_SHOWN_MAX = 200

app = typer.Typer(help="登记册：载入（CSV 或 Excel）、查看、查缺。", no_args_is_help=True)

Which = Annotated[
    str,
    typer.Argument(metavar="KIND", help="people|posts|units|matters|duties|grids|contacts|sites|absences|rosters"),
]
Division = Annotated[str, typer.Argument(metavar="DIVISION", help="12 位区划代码")]
Excel = Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="同上，写入 Excel 工作簿；各列均为文本")]


@app.command()
def load(
    which: Which,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV（UTF-8、GB 18030）、.xlsx、.xls、.ods，首行为列名")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只核对，不写入")] = False,
    token: Token = "",
    var: Var = VAR,
) -> None:
    """载入：逐行核对，有一行不对就一行也不改；没有变化的不动。请假与代理、值班表须写明令牌：被代替的一行留下何时、由谁。"""
    from application.caller import OPERATOR
    from application.register_load import load as loading
    from application.register_table import SIGNED

    title, data = _title(which), contents(file)

    async def work(house: "House") -> "LoadedTable":
        who = await caller(house, token) if token or which in SIGNED else OPERATOR
        return await loading(house, who, which, data, dry_run)

    loaded = run(var, work)
    typer.echo(f"读入 {loaded.source}。")
    done = f"{title} {loaded.rows} 行：新增 {loaded.added}，变更 {loaded.changed}，未变 {loaded.same}。"
    typer.echo(f"试载（没有写入）：{done}" if dry_run else done)


@app.command("show")
def show_(
    which: Which,
    division: Annotated[str | None, typer.Option(metavar="CODE", help="只看这个区划及其下级")] = None,
    voided: Annotated[bool, typer.Option("--voided", help="看已作废的：何时、谁、为何作废")] = False,
    file: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="全部写入 CSV，改好可再载入")] = None,
    excel: Excel = None,
    json_: Json = False,
    var: Var = VAR,
) -> None:
    """查看登记册里现在有效的。"""
    from rich.table import Table

    from application.caller import OPERATOR
    from application.register_table import table as register

    title = _title(which)
    found = run(var, lambda house: register(house, OPERATOR, which, division, voided))
    if json_:
        say(found.shape)
        return
    if _written(file, excel, found.headings, found.lines):
        typer.echo(f"已写入 {'、'.join(str(each) for each in (file, excel) if each)}，{title} {len(found.lines)} 行。")
        return
    if not found.lines:
        typer.echo(f"没有登记{title}。", err=True)
        return
    table = Table(*found.headings, *found.beside[0])
    for line, beside in list(zip(found.lines, found.beside, strict=True))[:ROWS_SHOWN_MAX]:
        table.add_row(*line, *beside.values())
    show(table)
    if len(found.lines) > ROWS_SHOWN_MAX:
        count = len(found.lines)
        typer.echo(f"共 {count} 行，只列出前 {ROWS_SHOWN_MAX} 行：用 --division 缩小，或用 --csv 写入文件。")


@app.command()
def template(
    which: Which,
    file: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="写入 CSV，表格软件可直接打开")] = None,
    excel: Excel = None,
) -> None:
    """空表：只有列名，填好即可载入；各列怎么填另行说明。"""
    from application.register_table import empty

    _title(which)
    headings, demands = empty(which)
    if not _written(file, excel, headings, ()):
        typer.echo(",".join(headings))
    for words in demands:
        typer.echo(words, err=True)


@app.command()
def void(
    which: Which,
    key: Annotated[list[str], typer.Argument(metavar="KEY...", help="请假：人员编号 身份 起；值班：区划 起 值班人")],
    reason: Annotated[str, typer.Option(help="作废理由")],
    token: Token = "",
    var: Var = VAR,
) -> None:
    """作废填错的请假或值班：不删除，留下谁、何时、为何作废；更正的另行载入。"""
    from application.register_table import void as voided

    _title(which)

    async def work(house: "House") -> None:
        await voided(house, await caller(house, token), which, key, reason)

    run(var, work)
    typer.echo("已作废。")


@app.command()
def sample(which: Which) -> None:
    """样例表：与首次启动时载入的一样（人员、电话是编写的）；值班表从今天的前一天排起。"""
    from domain.days.instant import SHANGHAI
    from samples import read
    from samples.table import KINDS, table

    if which not in KINDS:
        raise misused(f"没有“{which}”的样例（可用：{'、'.join(KINDS)}）")
    typer.echo(table(which, read(), datetime.now(SHANGHAI).date()), nl=False)


@app.command()
def gaps(division: Division, json_: Json = False, var: Var = VAR) -> None:
    """查缺：没有网格或网格员的村、没有网格员的网格、没有联系人的户、无人负责的岗位、今后七天无人值班的日子。

    有缺的以 1 结束。
    """
    from rich.table import Table

    from application.caller import OPERATOR
    from application.register_table import gaps as missing

    found = run(var, lambda house: missing(house, OPERATOR, division))
    if json_:
        say(found)
    else:
        table, counts = Table("缺什么", "代码", "名称"), Counter(gap.what for gap in found.items)
        for gap in found.items:
            table.add_row(gap.what, gap.code, gap.name)
        show(table)
        each = f"（{'，'.join(f'{what} {count}' for what, count in counts.items())}）" if counts else ""
        typer.echo(f"共 {table.row_count} 处{each}。", err=True)
    if found.items:
        raise typer.Exit(ExitCode.REFUSED)


@app.command("hand-over")
def hand_over(
    division: Division,
    to: Annotated[str, typer.Option(metavar="ID", help="接班人编号")],
    words: Annotated[str, typer.Option(help="交接内容")],
    token: Token = "",
    var: Var = VAR,
) -> None:
    """交接班：记下交给下一班的话，只增不改。"""
    from application.register_table import hand_over as kept

    async def work(house: "House") -> None:
        await kept(house, await caller(house, token), division, to, words)

    run(var, work)
    typer.echo("已记下。")


def _written(file: Path | None, excel: Path | None, heads: Sequence[str], lines: Sequence[Sequence[str]]) -> bool:
    """Whether a table went into a file, or into both."""
    from cli.workbook import write as write_workbook

    if file:
        write(file, heads, lines)
    if excel:
        write_workbook(excel, heads, lines)
    return bool(file or excel)


def _title(which: str) -> str:
    """What a register is called. Ends with words where there is none of this name."""
    from application.register_table import TITLES

    if which not in TITLES:
        raise misused(f"没有“{which}”这一种登记（可用：{'、'.join(TITLES)}）")
    return TITLES[which]
