"""`bihuan procedure holders`: for every open stage at every village who holds it, by when, and who is told."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.exit_code import ExitCode
from cli.holders_outline import indented, outline
from cli.session import Json, Var, instant, run, say, show, write
from settings import VAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.shapes.holders import HeldStageShape, HolderShape, HoldersShape

ROWS_SHOWN_MAX = 1_000
BASES = {"holder": "", "delegate": "（代理）", "on_duty": "（值班）"}
NOBODY = "空缺"
HEADS = (
    "流程", "区划", "区划名称", "阶段", "责任岗位", "责任人", "时限", "情形", "期限", "内部到期", "到期", "暂定",
    "依据", "逐级告知",
)  # fmt: skip


def holders(
    procedure: Annotated[str | None, typer.Option(metavar="ID", help="只看这一流程")] = None,
    division: Annotated[str | None, typer.Option(metavar="CODE", help="只看这个区划及其下级的村（社区）")] = None,
    at: Annotated[str | None, typer.Option(metavar="INSTANT", help="时刻，如 2026-11-23T09:30；不写为现在")] = None,
    file: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="全表写入 CSV")] = None,
    unresolved: Annotated[bool, typer.Option("--unresolved", help="只列无人负责的岗位")] = False,
    json_: Json = False,
    var: Var = VAR,
) -> None:
    """每个在办阶段在每个村由谁负责、各时限何时到期、逐级告知谁；有岗位无人负责的以 1 结束。"""
    from application.caller import OPERATOR
    from application.holders import holders as staffed

    moment = instant(at)
    found = run(var, lambda house: staffed(house, OPERATOR, procedure, division, moment, unresolved))
    if file and not unresolved:
        write(file, HEADS, (_cells(row) for row in found.items))
    if json_:
        say(found)
    else:
        _told(found, file if not unresolved else None, unresolved, procedure is not None or division is not None)
    if found.unresolved:
        raise typer.Exit(ExitCode.REFUSED)


def _told(found: "HoldersShape", file: Path | None, unresolved: bool, narrowed: bool) -> None:
    if file:
        typer.echo(f"已写入 {file}。")
    elif not unresolved:
        _shown(found, narrowed)
    for each in found.unresolved:
        typer.echo(f"无人负责：{each.post}（{each.hat}） {'；'.join(each.needed_for)}", err=True)
    typer.echo(
        f"流程 {len(found.procedures)} 个，在办阶段 {found.stages} 个，村（社区）{found.villages} 个，"
        f"共 {found.rows} 行；需要岗位 {found.posts} 个，无人负责的岗位 {len(found.unresolved)} 个。"
    )


def _shown(found: "HoldersShape", narrowed: bool) -> None:
    """The rows as a list, or where they would fill screens, how many each procedure has."""
    from rich.table import Table

    if narrowed and (found.rows <= ROWS_SHOWN_MAX or found.villages == 1):
        rows = [dict(zip(HEADS, _cells(row), strict=True)) for row in found.items]
        for depth, words in outline(rows):
            indented(depth, words)
        return
    table = Table("流程", "在办阶段", "行")
    for each in found.procedures:
        table.add_row(f"{each.title}（{each.id}）", str(each.stages), str(each.rows))
    show(table)
    typer.echo(f"未逐行列出：用 --procedure、--division 缩小到一个村或 {ROWS_SHOWN_MAX} 行以内，或用 --csv 写入文件。")


def _cells(row: "HeldStageShape") -> "list[str]":
    from domain.days.instant import shown

    rungs = [f"{each.post} {_people(each.people)} {shown(each.at)}" for each in row.told]
    return [
        row.procedure_title,
        row.division,
        row.division_name,
        row.stage_title,
        row.holder.post if row.holder else "—",
        _people(row.holder.people if row.holder else ()),
        row.clock_title or "—",
        row.when,
        f"{row.limit_text}{'（窗口）' if row.window else ''}" if row.limit_text else "—",
        shown(row.internal_due_at) if row.internal_due_at else "—",
        shown(row.due_at) if row.due_at else "—",
        "暂定" if row.provisional else "",
        row.authority,
        " → ".join(rungs) or "—",
    ]


def _people(holders: "Sequence[HolderShape]") -> str:
    return "、".join(f"{each.name}{BASES[each.basis]}" for each in holders) or NOBODY
