"""`bihuan calendar`: the official days, and how a limit is counted."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

import calendars
from cli.session import Json, Var, failure, run, write_json
from domain.clocks.explanation import explain
from domain.days.calendar import Calendar, YearDocument
from domain.days.counting import count
from domain.days.instant import SHANGHAI, Instant, midnight, rfc3339, shown, utc
from domain.days.limit import Limit, Roll
from settings import VAR

if TYPE_CHECKING:
    from ledger.changes.recount import Moved
    from ledger.ledger import Ledger

DAYS_LISTED_MAX = 31

app = typer.Typer(help="放假和调休上班日；时限推算。", no_args_is_help=True)

Directory = Annotated[Path, typer.Option("--calendars", help="日历文件所在目录")]


@app.command()
def show(
    year: Annotated[int | None, typer.Argument(metavar="[YEAR]", help="年份；不写则列出已公布的各年")] = None,
    directory: Directory = calendars.DIRECTORY,
    json_: Json = False,
) -> None:
    """列出放假日和调休上班日，以及日历版本。"""
    calendar = _load(directory)
    if json_ and (year is None or calendar.published(year)):
        years = [one for one in calendar.documents if year in (None, one.year)]
        write_json({"version": calendar.version, "years": [one.model_dump(mode="json") for one in years]})
        return
    if year is None:
        _print(_years(calendar))
    elif calendar.published(year):
        document = next(one for one in calendar.documents if one.year == year)
        _print(_year(document))
        typer.echo(f"依据：{document.source}")
    else:
        raise failure(f"{year}年放假安排未收录，涉及该年的日期按周一至周五上班推算，一律为暂定")
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
    calendar = _load(directory)
    rolling = Roll.FORWARD if roll else Roll.NONE
    try:
        begin, limit = _instant(start), Limit.parse(" ".join(words))
        result = count(calendar, begin, limit, rolling)
        steps = explain(calendar, begin, limit, rolling) if explained else ()
    except ValueError as error:
        raise failure(_words(error)) from error
    except OverflowError as error:
        raise failure("推算结果超出了可以表示的年份") from error
    if json_:
        due_at, words_ = rfc3339(result.due_at), [step.words for step in steps]
        write_json({"due_at": due_at, "provisional": result.provisional, "steps": words_})
        return
    typer.echo(shown(result.due_at) + ("  暂定（provisional）" if result.provisional else ""))
    for number, step in enumerate(steps, start=1):
        typer.echo(f"{number:>4}. {step.words}")


@app.command()
def hours(
    span: Annotated[str | None, typer.Argument(metavar="[HH:MM-HH:MM]", help="办公时间；不写为查看")] = None,
    var: Var = VAR,
) -> None:
    """办公时间：工作日的这段时间以外，调度岗位由值班表上的人先行负责。"""
    from domain.days.office_hours import OfficeHours
    from ledger.identity.incumbent import office_hours, set_office_hours

    try:
        given = OfficeHours.parse(span) if span else None
    except ValueError as error:
        raise failure(str(error)) from None

    async def work(ledger: "Ledger") -> OfficeHours:
        if given:
            await set_office_hours(ledger.writers, given)
        return await office_hours(ledger.writers)

    typer.echo(str(run(var, work)))


@app.command()
def load(
    path: Annotated[Path, typer.Argument(metavar="FILE|DIR", help="一年的日历文件，或日历文件所在目录")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出会变动的时限，不启用")] = False,
    var: Var = VAR,
) -> None:
    """启用日历：目录整个替换，单个文件只替换那一年；在办事项的时限随之重新推算，原期限保留在事件中。"""
    try:
        given = list(calendars.load(path).documents) if path.is_dir() else [calendars.read(path)]
    except calendars.BrokenFileError as error:
        raise failure(str(error)) from error
    except OSError as error:
        raise failure(f"读不了 {path}：{error.strerror}") from error

    async def work(ledger: "Ledger") -> "tuple[Calendar, Calendar, list[Moved], bool, int]":
        before = await _current(ledger)
        kept = [] if path.is_dir() else [one for one in before.documents if one.year != given[0].year]
        calendar = Calendar([*kept, *given])
        async with ledger.writers.held() as connection:
            moved = [each async for each in affected(connection, ledger.library, calendar)]
        if dry_run:
            return before, calendar, moved, False, 0
        released = await ledger.library.release(calendar)
        return before, calendar, moved, released, await rederive(ledger.registrar, ledger.writers, ledger.library)

    from ledger.changes.recount import affected, rederive

    before, calendar, moved, released, count = run(var, work)
    for words in _warnings(before, calendar, datetime.now(SHANGHAI).date(), len(moved)):
        typer.echo(words, err=True)
    if moved:
        _print(_moved(moved))
    cases = len({each.case_id for each in moved})
    settled = sum(each.settled for each in moved)
    dated = sum(each.now != each.was for each in moved)
    typer.echo(f"期限变动 {dated} 个，只有预警或升级时间变动的 {len(moved) - dated} 个，涉及事项 {cases} 件；")
    typer.echo(f"其中由暂定转为确定 {settled} 个。")
    if dry_run:
        typer.echo(f"日历 {calendar.version}，共 {len(calendar.documents)} 年；未启用（--dry-run）。")
    else:
        typer.echo(f"日历 {calendar.version} {'已启用' if released else '没有变化'}，共 {len(calendar.documents)} 年；")
        typer.echo(f"已重新推算 {count} 件。")


def _moved(moved: "list[Moved]") -> Table:
    table = Table("编号", "时限", "原期限", "现期限", "暂定转确定")
    for each in moved:
        now = shown(each.now) if each.now != each.was else "不变"
        table.add_row(each.number, each.title, shown(each.was), now, "是" if each.settled else "")
    return table


async def _current(ledger: "Ledger") -> Calendar:
    try:
        return await ledger.library.current_calendar()
    except LookupError:
        return Calendar()


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
    listed = days[:DAYS_LISTED_MAX]
    changed = "、".join(f"{_day(day)}{'改为上班' if now.is_working(day) else '改为休息'}" for day in listed)
    more = f"……共 {len(days)} 天" if len(days) > DAYS_LISTED_MAX else ""
    over, fewer = sum(day < today for day in days), sum(1 if now.is_working(day) else -1 for day in days)
    yield f"注意：已公布的日子有变动：{changed}{more}。"
    past = f"其中 {over} 天已经过去；" if over else ""
    change = f"休息日减少 {fewer} 天；" if fewer > 0 else f"休息日增加 {-fewer} 天；" if fewer < 0 else ""
    yield f"　　　{past}{change}受影响的在办时限 {moved} 个，请与通知核对。"


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


def _years(calendar: Calendar) -> Table:
    table = Table("年份", "放假（天）", "调休上班（天）", "版次")
    for one in calendar.documents:
        table.add_row(str(one.year), str(len(one.off_days())), str(len(one.work_days())), str(one.version))
    return table


def _year(document: YearDocument) -> Table:
    table = Table("节日", "放假", "调休上班", title=f"{document.year}年（第{document.version}版）")
    for name in dict.fromkeys([*(span.name for span in document.off), *(one.name for one in document.work)]):
        off = [_span(span.first, span.last) for span in document.off if span.name == name]
        work = [_day(day) for day, held in document.work_days() if held == name]
        table.add_row(name, "\n".join(off), "\n".join(work))
    return table


def _span(first: date, last: date) -> str:
    return _day(first) if first == last else f"{_day(first)} 至 {_day(last)}"


def _day(day: date) -> str:
    return f"{day}（{'一二三四五六日'[day.weekday()]}）"


def _print(table: Table) -> None:
    Console().print(table)
