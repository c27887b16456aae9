"""What every command does around its own work: find the running instance, open its ledger, fail in words."""

import asyncio
import csv
import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from cli.exit_code import ExitCode, exit_code
from settings import NotConfigured, load

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.table import Table

    from application.caller import Caller
    from application.house import House
    from domain.rules.hat import Actor
    from ledger.ledger import Ledger
    from ledger.registers.division import RegisterFault
    from settings import Settings

NO_TOKEN = "请用 --token 或环境变量 BIHUAN_TOKEN 指明身份（./bihuan token create 可以新建）"  # noqa: S105 -- words, no secret
PIPE_WIDTH = 200  # columns, where nobody looks at a screen

Answer = TypeVar("Answer")


def directory(text: str | Path) -> Path:
    """A directory that somebody has named; an empty name, as from an unset variable, is not the current directory."""
    if not str(text).strip():
        raise typer.BadParameter("目录不能为空")
    return Path(text)


Var = Annotated[Path, typer.Option(envvar="BIHUAN_VAR", help="状态目录", metavar="DIR", parser=directory)]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Token = Annotated[str, typer.Option(envvar="BIHUAN_TOKEN", show_envvar=True, help="令牌，指明以谁的什么身份")]


class CommandFailed(Exception):
    """What stops a command, in words for the person at the terminal, and how the command ends."""

    def __init__(self, words: str, code: ExitCode = ExitCode.REFUSED) -> None:
        super().__init__(words)
        self.code = code


def failure(words: str, code: ExitCode = ExitCode.REFUSED) -> typer.Exit:
    """To be raised: says why on stderr and ends so."""
    typer.echo(words, err=True)
    return typer.Exit(code)


def contents(path: Path) -> bytes:
    """What a file holds. Ends with words where it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise failure(f"没有这个文件：{path}") from None
    except IsADirectoryError:
        raise failure(f"这是目录，不是文件：{path}") from None
    except PermissionError:
        raise failure(f"没有权限读取：{path}") from None
    except OSError as error:
        raise failure(f"读不了文件 {path}：{error.strerror}") from None


def unchanged(fault: "RegisterFault") -> str:
    """What is wrong with a table, how much there is of it, and that nothing was changed."""
    more = f"（只列出前 {len(fault.faults)} 处）" if fault.count > len(fault.faults) else ""
    return f"{fault}\n共 {fault.count} 处差错{more}，什么也没有改。"


def run(var: Path, work: "Callable[[Ledger], Awaitable[Answer]]") -> Answer:
    """The answer of `work` on the ledger of the instance running on `var`, or named by the environment."""
    return on(settings_of(var).database_url, work)


def run_house(var: Path, work: "Callable[[House], Awaitable[Answer]]") -> Answer:
    """The answer of `work` with what the application needs: the ledger, and where files are kept."""
    from application.house import House

    settings = settings_of(var)
    return on(settings.database_url, lambda ledger: work(House(ledger, settings.evidence_dir)))


def settings_of(var: Path) -> "Settings":
    """What is known of the instance on `var`. Ends with words where there is none."""
    directory_ = var.absolute()
    try:
        return load(directory_)
    except NotConfigured as error:
        if not directory_.is_dir():
            words = f"没有状态目录 {directory_}。请用 --var 或环境变量 BIHUAN_VAR 指明 ./bihuan up 所用的目录"
        elif not (directory_ / "run").is_dir():
            words = f"{directory_} 不是状态目录。请用 --var 或环境变量 BIHUAN_VAR 指明 ./bihuan up 所用的目录"
        else:
            words = f"{directory_} 上没有正在运行的系统。请先运行 ./bihuan up --var {directory_}"
        raise failure(f"{words}。\n（{error}）", ExitCode.UNREACHABLE) from None


def on(url: str, work: "Callable[[Ledger], Awaitable[Answer]]") -> Answer:
    """The answer of `work` on the ledger at `url`. Ends with words, whatever happens."""
    from ledger.ledger import open_ledger

    async def opened_first() -> Answer:
        async with open_ledger(url, size=4) as ledger:
            return await work(ledger)

    try:
        return asyncio.run(opened_first())
    except typer.Exit:
        raise
    except Exception as error:
        if os.environ.get("BIHUAN_DEBUG"):
            raise
        raise failure(*_words(error)) from None


def _words(error: Exception) -> tuple[str, ExitCode]:
    """What to say of an error, and how to end by it."""
    import asyncpg
    from sqlalchemy.exc import SQLAlchemyError

    from application.declined import Declined
    from ledger.registers.division import RegisterFault
    from ledger.registrar.request import LedgerUnavailable, PoisonedCase
    from ledger.store.connection import LOST

    match error:
        case CommandFailed():
            return str(error), error.code
        case Declined(refusal=refusal):
            return f"{refusal.words}（{refusal.code}）", exit_code(refusal.code)
        case RegisterFault():
            return str(error), ExitCode.REFUSED
        case asyncpg.UndefinedTableError():
            return "数据库里还没有建立结构，请先运行 ./bihuan up", ExitCode.UNREACHABLE
        case PoisonedCase():
            return f"这个事项读不出来，请运行 ./bihuan ledger verify：{error}", ExitCode.BROKEN
        case UnicodeEncodeError():
            return "参数里有无法识别的字符", ExitCode.REFUSED
    if isinstance(error, (*LOST, LedgerUnavailable)):
        return f"连不上数据库（{str(error)[:200]}），请确认 ./bihuan up 正在运行", ExitCode.UNREACHABLE
    if isinstance(error, (asyncpg.PostgresError, SQLAlchemyError)):
        return f"数据库没有接受：{str(error)[:300]}", ExitCode.BROKEN
    kind = type(error).__name__
    return f"系统内部出错（{kind}）。设 BIHUAN_DEBUG=1 再执行一次可看详情，请告知管理员", ExitCode.BROKEN


def write_json(answer: "BaseModel | Any") -> None:
    """An answer as JSON: a shape just as the API gives it."""
    from pydantic import BaseModel
    from pydantic_core import to_json

    if isinstance(answer, BaseModel):
        typer.echo(answer.model_dump_json(by_alias=True, exclude_unset=True))
    else:
        typer.echo(to_json(answer).decode())


def show(table: "Table") -> None:
    """Prints a table; into a file or a pipe without breaking its lines."""
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console = Console(width=PIPE_WIDTH)
    console.print(table)


def write(path: Path, heads: "Sequence[str]", lines: "Iterable[Sequence[str]]") -> None:
    """A table as spreadsheets open it: CSV in UTF-8 with a mark. Ends with words where it cannot be written."""
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(heads)
            writer.writerows(lines)
    except OSError as error:
        raise failure(f"写不了文件 {path}：{error.strerror}") from None


async def caller(house: "House", token: str) -> "Caller":
    """Who shows `token`. Raises CommandFailed and Declined."""
    from application.sign_in import caller_of

    if not token:
        raise CommandFailed(NO_TOKEN)
    return await caller_of(house, token)


async def bearer(ledger: "Ledger", token: str) -> "Actor":
    """Who shows `token`. Raises CommandFailed."""
    from domain.rules.refusal import Refusal
    from ledger.identity.token import bearer as holder

    if not token:
        raise CommandFailed(NO_TOKEN)
    actor = await holder(ledger.writers, token)
    if isinstance(actor, Refusal):
        raise CommandFailed(actor.words)
    return actor
