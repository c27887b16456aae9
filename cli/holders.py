"""`bihuan procedure holders`: for every open stage at every village who holds it, by when, and who is told."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.case import instant
from cli.exit_code import ExitCode
from cli.holders_outline import indented, outline
from cli.session import Json, Var, failure, run, show, write, write_json
from settings import VAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.clocks.demand import Demand
    from domain.rules.hat import Hat
    from domain.rules.procedure import Procedure
    from ledger.identity.incumbent import Incumbent
    from ledger.identity.name import Names
    from ledger.ledger import Ledger
    from ledger.registers.staffing import Staffing, StaffingRow

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

    moment = instant(at)

    async def work(ledger: "Ledger") -> "tuple[Staffing, Names]":
        from ledger.identity.name import names
        from ledger.identity.scope import now
        from ledger.registers.staffing import staffing

        async with ledger.reading() as connection:
            found = await staffing(ledger.writers, ledger.library, moment or await now(connection), procedure, division)
            known = await names(connection, [str(hat) for hat in found.posts])
        if file and not unresolved:
            write(file, HEADS, (_cells(row, found, known) for row in found.rows()))
        return found, known

    found, known = run(var, work)
    if not found.places:
        raise failure("没有这个区划，或其中没有登记村（社区）")
    if json_:
        rows = () if unresolved else (dict(zip(HEADS, _cells(row, found, known), strict=True)) for row in found.rows())
        write_json({"rows": list(rows), "unresolved": {str(hat): found.posts[hat] for hat in found.unresolved}})
        raise typer.Exit(ExitCode.REFUSED if found.unresolved else ExitCode.DONE)
    count = sum(1 for _ in found.rows())
    if not unresolved and not file:
        _shown(found, known, count, procedure is not None or division is not None)
    if file and not unresolved:
        typer.echo(f"已写入 {file}。")
    _vacant(found, known)
    typer.echo(
        f"流程 {len(found.procedures)} 个，在办阶段 {found.stages} 个，村（社区）{len(found.places)} 个，"
        f"共 {count} 行；需要岗位 {len(found.posts)} 个，无人负责的岗位 {len(found.unresolved)} 个。"
    )
    if found.unresolved:
        raise typer.Exit(1)


def _shown(found: "Staffing", known: "Names", count: int, narrowed: bool) -> None:
    """The rows as a list, or where they would fill screens, how many each procedure has."""
    from rich.table import Table

    if narrowed and (count <= ROWS_SHOWN_MAX or len(found.places) == 1):
        rows = [dict(zip(HEADS, _cells(row, found, known), strict=True)) for row in found.rows()]
        for depth, words in outline(rows):
            indented(depth, words)
        return
    table = Table("流程", "在办阶段", "行")
    counts = dict.fromkeys((each.id for each in found.procedures), 0)
    for row in found.rows():
        counts[row.procedure.id] += 1
    for each in found.procedures:
        stages = sum(not stage.closed for stage in each.stages.values())
        table.add_row(f"{each.title}（{each.id}）", str(stages), str(counts[each.id]))
    show(table)
    typer.echo(f"未逐行列出：用 --procedure、--division 缩小到一个村或 {ROWS_SHOWN_MAX} 行以内，或用 --csv 写入文件。")


def _vacant(found: "Staffing", known: "Names") -> None:
    for hat in found.unresolved:
        typer.echo(f"无人负责：{_post(hat, known)}（{hat}） {'；'.join(found.posts[hat])}", err=True)


def _cells(row: "StaffingRow", found: "Staffing", known: "Names") -> "list[str]":
    from domain.days.instant import shown

    need = row.need
    ladder = [
        f"{_post(hat, known)} {_people(found.occupants.get(hat, ()))} {shown(at)}" for hat, at in row.rungs
    ]  # fmt: skip
    return [
        row.procedure.title,
        row.place.code,
        row.place.name,
        need.title,
        _post(row.holder, known) if row.holder else "—",
        _people(found.occupants.get(row.holder, ()) if row.holder else ()),
        need.clock_title or "—",
        _when(row.procedure, need),
        f"{need.limit}{'（窗口）' if need.window else ''}" if need.limit else "—",
        shown(need.internal_due_at) if need.internal_due_at else "—",
        shown(need.due_at) if need.due_at else "—",
        "暂定" if need.provisional else "",
        need.authority,
        " → ".join(ladder) or "—",
    ]


def _when(procedure: "Procedure", need: "Demand") -> str:
    from domain.rules.handbook import when_words

    words = [when_words(procedure, {name: [value] for name, value in need.facts})] if need.facts else []
    return "；".join([*words, *([f"{need.after}后"] if need.after else [])])


def _post(hat: "Hat", known: "Names") -> str:
    return str(known.hat(str(hat)))


def _people(occupants: "Sequence[Incumbent]") -> str:
    return "、".join(f"{each.name}{BASES[each.basis]}" for each in occupants) or NOBODY
