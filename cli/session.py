"""What every command does around its own work: find the running instance, open its ledger, fail in words."""

import asyncio
import csv
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from settings import NotConfigured, load

if TYPE_CHECKING:
    from rich.table import Table

    from domain.rules.hat import Actor
    from ledger.ledger import Ledger
    from ledger.registers.division import RegisterFault

PIPE_WIDTH = 200  # columns, where nobody looks at a screen

Answer = TypeVar("Answer")


def directory(text: str | Path) -> Path:
    """A directory that somebody has named; an empty name, as from an unset variable, is not the current directory."""
    if not str(text).strip():
        raise typer.BadParameter("目录不能为空")
    return Path(text)


Var = Annotated[Path, typer.Option(envvar="BIHUAN_VAR", help="状态目录", metavar="DIR", parser=directory)]
Token = Annotated[str, typer.Option(envvar="BIHUAN_TOKEN", show_envvar=True, help="令牌，指明以谁的什么身份")]


class Declined(Exception):
    """What stops a command, in words for the person at the terminal."""


def failure(words: str) -> typer.Exit:
    """To be raised: says why on stderr and ends with 1."""
    typer.echo(words, err=True)
    return typer.Exit(1)


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
    try:
        url = load(var.absolute()).database_url
    except NotConfigured as error:
        raise failure(str(error)) from None
    return on(url, work)


def on(url: str, work: "Callable[[Ledger], Awaitable[Answer]]") -> Answer:
    """The answer of `work` on the ledger at `url`. Ends with words where a person can mend it."""
    import asyncpg
    from sqlalchemy.exc import SQLAlchemyError

    from ledger.ledger import open_ledger
    from ledger.registers.division import RegisterFault
    from ledger.registrar.request import LedgerUnavailable, PoisonedCase
    from ledger.store.connection import LOST

    async def opened_first() -> Answer:
        async with open_ledger(url, size=4) as ledger:
            return await work(ledger)

    try:
        return asyncio.run(opened_first())
    except (Declined, RegisterFault) as error:
        raise failure(str(error)) from None
    except asyncpg.UndefinedTableError:
        raise failure("数据库里还没有建立结构，请先运行 ./bihuan up") from None
    except (*LOST, LedgerUnavailable) as error:
        raise failure(f"连不上数据库（{str(error)[:200]}），请确认 ./bihuan up 正在运行") from None
    except PoisonedCase as error:
        raise failure(f"这个事项读不出来，请运行 ./bihuan ledger verify：{error}") from None
    except (asyncpg.PostgresError, SQLAlchemyError) as error:
        raise failure(f"数据库没有接受：{str(error)[:300]}") from None
    except UnicodeEncodeError:
        raise failure("参数里有无法识别的字符") from None


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


async def bearer(ledger: "Ledger", token: str) -> "Actor":
    """Who shows `token`. Raises Declined."""
    from domain.rules.refusal import Refusal
    from ledger.identity.token import bearer as holder

    if not token:
        raise Declined("请用 --token 或环境变量 BIHUAN_TOKEN 指明身份（./bihuan token create 可以新建）")
    actor = await holder(ledger.writers, token)
    if isinstance(actor, Refusal):
        raise Declined(actor.words)
    return actor
