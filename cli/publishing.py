"""`bihuan calendar load`: publishing official days, with a warning of what somebody should look at twice."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import calendars
from cli.calendar import day
from cli.session import Var, failure, misused, run
from domain.days.calendar import Calendar
from domain.days.instant import shown
from settings import VAR

if TYPE_CHECKING:
    from rich.table import Table

    from application.calendar import Moved

DAYS_LISTED_MAX = 31


def load(
    path: Annotated[Path, typer.Argument(metavar="FILE|DIR", help="一年的日历文件，或日历文件所在目录")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出会变动的时限，不启用")] = False,
    var: Var = VAR,
) -> None:
    """启用日历：目录整个替换，单个文件只替换那一年；在办事项的时限随之重新推算，原期限保留在事件中。"""
    from application.calendar import publish
    from application.caller import OPERATOR

    try:
        given = list(calendars.load(path).documents) if path.is_dir() else [calendars.read(path)]
    except calendars.BrokenFileError as error:
        raise failure(str(error)) from error
    except OSError as error:
        raise misused(f"读不了 {path}：{error.strerror}") from error

    found = run(var, lambda house: publish(house, OPERATOR, given, path.is_dir(), dry_run))
    calendar, moved = found.calendar, found.moved
    for words in _warnings(found.before, calendar, found.today, len(moved)):
        typer.echo(words, err=True)
    if moved:
        from rich.console import Console

        Console().print(_moved(moved))
    cases = len({each.case_id for each in moved})
    settled = sum(each.settled for each in moved)
    dated = sum(each.now != each.was for each in moved)
    typer.echo(f"期限变动 {dated} 个，只有预警或升级时间变动的 {len(moved) - dated} 个，涉及事项 {cases} 件；")
    typer.echo(f"其中由暂定转为确定 {settled} 个。")
    if dry_run:
        typer.echo(f"日历 {calendar.version}，共 {len(calendar.documents)} 年；未启用（--dry-run）。")
    else:
        typer.echo(
            f"日历 {calendar.version} {'已启用' if found.released else '没有变化'}，共 {len(calendar.documents)} 年；"
        )
        typer.echo(f"已重新推算 {found.recounted} 件。")


def _moved(moved: "Sequence[Moved]") -> "Table":
    from rich.table import Table

    table = Table("编号", "时限", "原期限", "现期限", "暂定转确定")
    for each in moved:
        now = shown(each.now) if each.now != each.was else "不变"
        table.add_row(each.number, each.title, shown(each.was), now, "是" if each.settled else "")
    return table


def _warnings(before: Calendar, now: Calendar, today: date, moved: int) -> Iterator[str]:
    """What somebody should look at twice: published days that count otherwise, above all those that are over."""
    held = {one.year: one.version for one in now.documents}
    for one in before.documents:
        version = held.get(one.year)
        if version is None:
            yield f"注意：{one.year} 年的日历不再收录。"
        elif version < one.version:
            yield f"注意：{one.year} 年的日历由第 {one.version} 版改为较早的第 {version} 版。"
    days = before.unlike(now)
    if not days:
        return
    changed = "、".join(
        f"{day(each)}{'改为上班' if now.is_working(each) else '改为休息'}" for each in days[:DAYS_LISTED_MAX]
    )
    more = f"……共 {len(days)} 天" if len(days) > DAYS_LISTED_MAX else ""
    over, fewer = sum(each < today for each in days), sum(1 if now.is_working(each) else -1 for each in days)
    yield f"注意：已公布的日子有变动：{changed}{more}。"
    past = f"其中 {over} 天已经过去；" if over else ""
    change = f"休息日减少 {fewer} 天；" if fewer > 0 else f"休息日增加 {-fewer} 天；" if fewer < 0 else ""
    yield f"　　　{past}{change}受影响的在办时限 {moved} 个，请与通知核对。"
