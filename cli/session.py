"""What every command does around its own work: find the running instance, open its house, answer, fail in words."""

import asyncio
import csv
import os
import traceback
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from cli.exit_code import ExitCode, exit_code
from domain.days.instant import SHANGHAI, Instant
from domain.rules.refusal import Code, Refusal
from settings import NotConfigured, Settings, load

if TYPE_CHECKING:
    from rich.table import Table

    from application.caller import Caller
    from application.house import House
    from application.shapes.shape import Shape

PIPE_WIDTH = 200  # columns, where nobody looks at a screen
DEBUG = "BIHUAN_DEBUG"  # at 1 what went wrong inside is shown with where it did
# What an operator does next, after what went wrong beneath.
REMEDIES = {
    Code.LEDGER_UNAVAILABLE: "，请确认 ./bihuan up 正在运行",
    Code.CASE_UNREADABLE: "。请运行 ./bihuan ledger verify",
}
NO_TOKEN = Refusal(Code.NO_TOKEN, "请用 --token 或环境变量 BIHUAN_TOKEN 指明身份（./bihuan token create 可以新建）")

Answer = TypeVar("Answer")


def directory(text: str | Path) -> Path:
    """A directory that somebody has named; an empty name, as from an unset variable, is not the current directory."""
    if not str(text).strip():
        raise typer.BadParameter("目录不能为空")
    return Path(text)


Var = Annotated[Path, typer.Option(envvar="BIHUAN_VAR", help="状态目录", metavar="DIR", parser=directory)]
Token = Annotated[str, typer.Option(envvar="BIHUAN_TOKEN", show_envvar=True, help="令牌，指明以谁的什么身份")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]


def failure(words: str, code: ExitCode = ExitCode.REFUSED) -> typer.Exit:
    """To be raised: says why on stderr and ends with `code`."""
    typer.echo(words, err=True)
    return typer.Exit(code)


def misused(words: str) -> typer.Exit:
    """To be raised: the command line itself is wrong."""
    return failure(words, ExitCode.USAGE)


def say(shape: "Shape") -> None:
    """Prints an answer as JSON, byte for byte as HTTP gives it where it does."""
    typer.echo(shape.model_dump_json(by_alias=True, exclude_unset=True))


def contents(path: Path) -> bytes:
    """What a file holds. Ends with words where it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise misused(f"没有这个文件：{path}") from None
    except IsADirectoryError:
        raise misused(f"这是目录，不是文件：{path}") from None
    except PermissionError:
        raise misused(f"没有权限读取：{path}") from None
    except OSError as error:
        raise misused(f"读不了文件 {path}：{error.strerror}") from None


def instant(text: str | None) -> Instant | None:
    """A time without offset is meant in Shanghai."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise misused(f"看不懂的时间：{text}。可写作 2026-11-23T09:30") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def configured(var: Path) -> Settings:
    """Where the instance running on `var` is, or the one that the environment names. Ends with words."""
    try:
        return load(var.absolute())
    except NotConfigured as error:
        raise failure(str(error), ExitCode.UNREACHABLE) from None


def run(var: Path, work: "Callable[[House], Awaitable[Answer]]") -> Answer:
    """The answer of `work` in the house of the instance running on `var`, or named by the environment."""
    settings = configured(var)
    return on(settings.database_url, settings.evidence_dir, work)


def on(url: str, evidence_dir: Path, work: "Callable[[House], Awaitable[Answer]]") -> Answer:
    """The answer of `work` in the house on the ledger at `url`. Ends with words for whatever is known to happen."""
    from application.declined import Declined
    from application.fault import fault_of
    from application.house import opened

    async def in_house() -> Answer:
        async with opened(url, evidence_dir) as house:
            return await work(house)

    try:
        return asyncio.run(in_house())
    except UnicodeEncodeError:
        raise misused("参数里有无法识别的字符") from None
    except Exception as error:
        refusal = fault_of(error)
        if refusal is None:
            raise
        code = exit_code(refusal.code)
        if code is ExitCode.BROKEN:
            trace(error)
        remedy = "" if isinstance(error, Declined) else REMEDIES.get(refusal.code, "")
        raise failure(refusal.words + remedy, code) from None


def trace(error: Exception) -> None:
    """Where something went wrong inside, for whoever asked to see it."""
    if os.environ.get(DEBUG) == "1":
        typer.echo("".join(traceback.format_exception(error)), err=True, nl=False)


async def caller(house: "House", token: str) -> "Caller":
    """Whom `token` stands for. Raises Declined."""
    from application.declined import Declined
    from application.sign_in import caller_of

    if not token:
        raise Declined(NO_TOKEN)
    return await caller_of(house, token)


def show(table: "Table") -> None:
    """Prints a table; into a file or a pipe without breaking its lines."""
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console = Console(width=PIPE_WIDTH)
    console.print(table)


def write(path: Path, heads: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """A table as spreadsheets open it: CSV in UTF-8 with a mark. Ends with words where it cannot be written."""
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(heads)
            writer.writerows(lines)
    except OSError as error:
        raise misused(f"写不了文件 {path}：{error.strerror}") from None
