"""`bihuan register`: people, posts, units, matters, duties, grids, contacts, sites, absences, rosters."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.session import (
    CommandFailed,
    Json,
    Token,
    Var,
    bearer,
    contents,
    failure,
    run,
    show,
    unchanged,
    write,
    write_json,
)
from settings import VAR

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from ledger.registers.register import Loaded
    from ledger.registers.register_kind import RegisterKind
    from ledger.registers.vacancy import Gap

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
    from ledger.registers import loading
    from ledger.registers.division import RegisterFault
    from ledger.registers.sheet import sheet

    kind = _kind(which)
    try:
        given = sheet(contents(file))
    except RegisterFault as fault:
        raise failure(unchanged(fault)) from None

    async def work(ledger: "Ledger") -> "Loaded":
        try:
            actor = await bearer(ledger, token) if token or kind.voidable else None
            return await loading.load(ledger.writers, kind, given, dry_run, actor)
        except RegisterFault as fault:
            raise CommandFailed(unchanged(fault)) from None

    loaded = run(var, work)
    typer.echo(f"读入 {given.source}。")
    done = f"{kind.title} {len(given.rows)} 行：新增 {loaded.added}，变更 {loaded.changed}，未变 {loaded.same}。"
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

    from ledger.registers.contents import rows
    from ledger.registers.display import beside, headings, line

    kind = _kind(which)
    found = run(var, lambda ledger: rows(ledger.writers, kind, division, voided))
    if _written(file, excel, headings(kind), [line(kind, row) for row in found]):
        typer.echo(f"已写入 {'、'.join(str(each) for each in (file, excel) if each)}，{kind.title} {len(found)} 行。")
        return
    if json_:
        write_json([dict(row) for row in found])
        return
    if not found:
        typer.echo(f"没有登记{kind.title}。", err=True)
        return
    table = Table(*headings(kind), *beside(kind, found[0]))
    for row in found[:ROWS_SHOWN_MAX]:
        table.add_row(*line(kind, row), *beside(kind, row).values())
    show(table)
    if len(found) > ROWS_SHOWN_MAX:
        typer.echo(f"共 {len(found)} 行，只列出前 {ROWS_SHOWN_MAX} 行：用 --division 缩小，或用 --csv 写入文件。")


@app.command()
def template(
    which: Which,
    file: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="写入 CSV，表格软件可直接打开")] = None,
    excel: Excel = None,
) -> None:
    """空表：只有列名，填好即可载入；各列怎么填另行说明。"""
    from ledger.registers.display import demands, headings

    kind = _kind(which)
    if not _written(file, excel, headings(kind), ()):
        typer.echo(",".join(headings(kind)))
    for words in demands(kind):
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
    from ledger.registers.voiding import void as voided

    kind = _kind(which)

    async def work(ledger: "Ledger") -> None:
        await voided(ledger.writers, kind, key, await bearer(ledger, token), reason)

    run(var, work)
    typer.echo("已作废。")


@app.command()
def sample(which: Which) -> None:
    """样例表：与首次启动时载入的一样（人员、电话是编写的）；值班表从今天的前一天排起。"""
    from domain.days.instant import SHANGHAI
    from samples import read
    from samples.table import KINDS, table

    if which not in KINDS:
        raise failure(f"没有“{which}”的样例（可用：{'、'.join(KINDS)}）")
    typer.echo(table(which, read(), datetime.now(SHANGHAI).date()), nl=False)


@app.command()
def gaps(division: Division, json_: Json = False, var: Var = VAR) -> None:
    """查缺：没有网格或网格员的村、没有网格员的网格、没有联系人的户、无人负责的岗位、今后七天无人值班的日子。"""
    from rich.table import Table

    from ledger.identity.scope import now
    from ledger.registers.vacancy import gaps as missing

    async def work(ledger: "Ledger") -> "list[Gap]":
        async with ledger.reading() as connection:
            at = await now(connection)
        return await missing(ledger.writers, ledger.library, division, at)

    found = run(var, work)
    if json_:
        write_json([dict(zip(("missing", "code", "name"), gap, strict=True)) for gap in found])
        return
    table, counts = Table("缺什么", "代码", "名称"), Counter[str]()
    for gap in found:
        table.add_row(*gap)
        counts[gap[0]] += 1
    show(table)
    each = f"（{'，'.join(f'{what} {count}' for what, count in counts.items())}）" if counts else ""
    typer.echo(f"共 {table.row_count} 处{each}。", err=True)


@app.command("hand-over")
def hand_over(
    division: Division,
    to: Annotated[str, typer.Option(metavar="ID", help="接班人编号")],
    words: Annotated[str, typer.Option(help="交接内容")],
    token: Token = "",
    var: Var = VAR,
) -> None:
    """交接班：记下交给下一班的话，只增不改。"""
    from ledger.registers.contents import hand_over as kept

    async def work(ledger: "Ledger") -> None:
        actor = await bearer(ledger, token)
        if actor.hat.scope != division or actor.hat.role == "resident":
            raise CommandFailed("只有本区划的工作身份可以记交接班")
        await kept(ledger.writers, division, actor.person, to, words)

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


def _kind(which: str) -> "RegisterKind":
    from ledger.registers.register_kind import KINDS

    if which not in KINDS:
        raise failure(f"没有“{which}”这一种登记（可用：{'、'.join(KINDS)}）")
    return KINDS[which]
