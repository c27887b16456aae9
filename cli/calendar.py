"""`bihuan calendar`: the official days, and how a limit is counted."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

import calendars
from cli.exit_code import ExitCode
from cli.session import Json, Var, failure, misused, run, say
from domain.days.calendar import Calendar
from domain.days.instant import SHANGHAI, Instant, midnight, utc
from domain.days.limit import Limit, Roll
from settings import VAR

if TYPE_CHECKING:
    from rich.table import Table

    from application.house import House
    from application.shapes.calendar import CalendarYearShape, YearsShape
    from domain.days.office_hours import OfficeHours

app = typer.Typer(help="放假和调休上班日；时限推算。", no_args_is_help=True)

Directory = Annotated[Path, typer.Option("--calendars", help="日历文件所在目录")]


@app.command()
def show(
    year: Annotated[int | None, typer.Argument(metavar="[YEAR]", help="年份；不写则列出已公布的各年")] = None,
    directory: Directory = calendars.DIRECTORY,
    json_: Json = False,
) -> None:
    """列出放假日和调休上班日，以及日历版本。"""
    from application import official_days

    calendar = _load(directory)
    if year is None:
        every = official_days.years(calendar)
        say(every) if json_ else _print(_years(every))
    else:
        one = official_days.year(calendar, year)
        if one is None:
            words = f"{year}年放假安排未收录，涉及该年的日期按周一至周五上班推算，一律为暂定"
            raise failure(words, ExitCode.NOT_FOUND)
        if json_:
            say(one)
        else:
            _print(_year(one))
            typer.echo(f"依据：{one.source}")
    if not json_:
        typer.echo(f"日历版本：{calendar.version}")


@app.command()
def due(
    start: Annotated[str, typer.Argument(metavar="FROM", help="起算日或时刻：2026-08-02、2026-08-02T09:30")],
    words: Annotated[list[str], typer.Argument(metavar="LIMIT", help='时限："60 days"、5个工作日、2小时')],
    roll: Annotated[bool, typer.Option("--roll", help="末日为休息日时顺延")] = False,
    explained: Annotated[bool, typer.Option("--explain", help="逐步说明")] = False,
    directory: Directory = calendars.DIRECTORY,
    json_: Json = False,
) -> None:
    """推算时限的末日。"""
    from application import official_days

    calendar = _load(directory)
    try:
        begin, limit = _instant(start), Limit.parse(" ".join(words))
        found = official_days.due(calendar, begin, limit, Roll.FORWARD if roll else Roll.NONE, explained)
    except ValueError as error:
        raise misused(_words(error)) from error
    except OverflowError as error:
        raise misused("推算结果超出了可以表示的年份") from error
    if json_:
        say(found)
        return
    typer.echo(found.due_text + ("  暂定（provisional）" if found.provisional else ""))
    for number, step in enumerate(found.steps or (), start=1):
        typer.echo(f"{number:>4}. {step.words}")


@app.command()
def hours(
    span: Annotated[str | None, typer.Argument(metavar="[HH:MM-HH:MM]", help="办公时间；不写为查看")] = None,
    var: Var = VAR,
) -> None:
    """办公时间：工作日的这段时间以外，调度岗位由值班表上的人先行负责。"""
    from application.calendar import office_hours, set_office_hours
    from application.caller import OPERATOR
    from domain.days.office_hours import OfficeHours

    try:
        given = OfficeHours.parse(span) if span else None
    except ValueError as error:
        raise misused(str(error)) from None

    async def work(house: "House") -> "OfficeHours":
        if given:
            await set_office_hours(house, OPERATOR, given)
        return await office_hours(house, OPERATOR)

    typer.echo(str(run(var, work)))


def _load(directory: Path) -> Calendar:
    try:
        return calendars.load(directory)
    except calendars.BrokenFileError as error:
        raise failure(str(error)) from error


def _instant(text: str) -> Instant:
    """A day stands for its 00:00, a time without offset for the time in Shanghai."""
    try:
        if len(text) == len("2026-08-02"):
            return midnight(date.fromisoformat(text))
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"看不懂的起算时间：{text}。可写作 2026-08-02 或 2026-08-02T09:30") from None
    return utc(moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI))


def _words(error: ValueError) -> str:
    """The error's own words, also when pydantic carries them."""
    if isinstance(error, ValidationError):
        return "；".join(str(one.get("ctx", {}).get("error", one["msg"])) for one in error.errors())
    return str(error)


def _years(found: "YearsShape") -> "Table":
    from rich.table import Table

    table = Table("年份", "放假（天）", "调休上班（天）", "版次")
    for one in found.items:
        table.add_row(str(one.year), str(one.off_days), str(one.work_days), str(one.version))
    return table


def _year(found: "CalendarYearShape") -> "Table":
    from rich.table import Table

    table = Table("节日", "放假", "调休上班", title=f"{found.year}年（第{found.version}版）")
    for name in dict.fromkeys([*(span.name for span in found.off), *(one.name for one in found.work)]):
        off = [_span(span.first, span.last) for span in found.off if span.name == name]
        work = [day(one.date) for one in found.work if one.name == name]
        table.add_row(name, "\n".join(off), "\n".join(work))
    return table


def _span(first: date, last: date) -> str:
    return day(first) if first == last else f"{day(first)} 至 {day(last)}"


def day(on: date) -> str:
    """A day with its weekday: 2026-10-01（四）."""
    return f"{on}（{'一二三四五六日'[on.weekday()]}）"


def _print(table: "Table") -> None:
    from rich.console import Console

    Console().print(table)
