"""What a started instance says of itself."""

from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cli.account import Account

TABLE_WIDTH = 200  # never breaks a token


def greet(
    tell: Callable[[str], None],
    address: str,
    temporal_pages: str | None,
    var: Path,
    accounts: "Sequence[Account]" = (),
) -> None:
    """Prints where everything is to be found, and the sample accounts."""
    tell("")
    tell(f"  看板        {address}/")
    tell(f"  接口        {address}/api")
    tell(f"  接口文档    {address}/docs")
    if temporal_pages:
        tell(f"  流程引擎    {temporal_pages}")
    tell(f"  数据与日志  {var}（日志在 {var / 'log'}）")
    if accounts:
        tell("")
        tell("  样例账号（人员、单位、隐患都是编写的样例；令牌仅供试用）")
        for line in _lines(accounts):
            tell(f"  {line}")
    tell("")
    tell("按 Ctrl-C 停止。")


def _lines(accounts: "Sequence[Account]") -> list[str]:
    from rich.console import Console
    from rich.table import Table

    table = Table("姓名", "身份", "角色@范围", "令牌", box=None, pad_edge=False)
    for account in accounts:
        table.add_row(account.name, account.title, account.hat, account.token)
    text = StringIO()
    Console(file=text, width=TABLE_WIDTH).print(table)
    return [line.rstrip() for line in text.getvalue().splitlines()]
