"""`bihuan case import`: taking over matters of another system from a table, with the times they had there."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.case import app
from cli.session import Token, Var, caller, contents, failure, misused, run
from settings import VAR

if TYPE_CHECKING:
    from application.case_import import Import, ReportLine, TakenOver
    from application.house import House

NAMED_MAX = 20  # rows of one kind that the terminal names; the report file names all
HEADINGS = ("行号", "原编号", "结果", "事项编号", "说明")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV（UTF-8、GB 18030）、.xlsx、.xls、.ods，首行为列名")],
    map_: Annotated[Path, typer.Option("--map", metavar="MAP", help="对照表（YAML），样例见 samples/import/")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只试算，不留任何痕迹")] = False,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="逐行结果写入此文件（CSV）")] = None,
    token: Token = "",
    var: Var = VAR,
) -> None:
    """迁入：把原有系统的事项连同其时间接过来，一行一件；重复执行不会重复迁入，一行不成不影响别的行。"""
    from application.case_import import BadMap, BadTable, import_cases

    mapping, table = contents(map_), contents(file)

    async def work(house: "House") -> "Import":
        try:
            return await import_cases(house, await caller(house, token), mapping, table, dry_run)
        except BadMap as fault:
            raise failure(f"对照表 {map_} 不能用：\n{fault}") from None
        except BadTable as fault:
            raise failure(f"{file}：{fault}") from None

    found = run(var, work)
    for words in told(found.lines, found.standings, dry_run):
        typer.echo(words)
    if report is not None:
        _write(report, found.lines)


def told(lines: "Sequence[ReportLine]", standings: "Sequence[TakenOver]", dry_run: bool) -> list[str]:
    """The report for the terminal: what came of the rows, which are doubtful, and how the matters stand."""
    from application.case_import import KINDS, OUTCOMES

    counts = Counter(line.outcome for line in lines)
    each = "，".join(f"{title} {counts[outcome]}" for outcome, title in OUTCOMES.items())
    words = ["试算（没有留下任何痕迹）："] if dry_run else []
    words.append(f"读入 {len(lines)} 行：{each}。")
    for outcome in ("to_check", "conflict", "refused"):
        words += _named(OUTCOMES[outcome], [line for line in lines if line.outcome == outcome])
    for kind, title in KINDS.items():
        words += _named(f"疑点·{title}", [line for line in lines if any(r.kind == kind for r in line.remarks)])
    if standings:
        closed, waiting = [s for s in standings if s.closed], [s for s in standings if not s.closed]
        late, red = sum(s.late for s in closed), sum(s.red for s in closed)
        words.append("按台账中的事件计：")
        words.append(f"  已办结 {sum(s.cases for s in closed)} 件，其中逾期办结 {late} 件（办结前已出红牌 {red} 件）")
        stages = "、".join(f"{s.stage} {s.cases} 件" for s in waiting)
        overdue = sum(s.late for s in waiting)
        words.append(f"  未办结 {sum(s.cases for s in waiting)} 件（{stages or '—'}），其中超期 {overdue} 件")
    return words


def _named(title: str, lines: "Sequence[ReportLine]") -> list[str]:
    if not lines:
        return []
    rows = [f"    第 {line.number} 行 {line.reference or '（无编号）'}：{line.words}" for line in lines[:NAMED_MAX]]
    more = [f"    ……其余 {len(lines) - NAMED_MAX} 行见 --report 的文件"] if len(lines) > NAMED_MAX else []
    return [f"  {title} {len(lines)} 行", *rows, *more]


def _write(path: Path, lines: "Sequence[ReportLine]") -> None:
    """Every row, as spreadsheets open it. A cell that would be taken for a formula is kept from it."""
    from application.case_import import OUTCOMES

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for line in lines:
        cells = (line.reference, OUTCOMES[line.outcome], line.case, line.words)
        writer.writerow([line.number, *(f"'{cell}" if cell[:1] in set("=+-@\t\r") else cell for cell in cells)])
    try:
        path.write_text(text.getvalue(), "utf-8-sig")
    except OSError as error:
        raise misused(f"已办，但写不了逐行结果 {path}：{error.strerror}") from None
