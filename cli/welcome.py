"""What a started instance says of itself."""

import shlex
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from settings import VAR

if TYPE_CHECKING:
    from application.sample_account import Account

TABLE_WIDTH = 200  # never breaks a token
FIRST_STEPS = """\
登记册里还没有区划和人员。第一位管理员在另一个终端里依次办：
1. 载入区划（列为 代码,名称,层级,上级代码；格式可参照 samples/divisions.csv）：
   ./bihuan divisions load 区划.csv --whole{var}
2. 为自己建一个管理员令牌（把末尾换成本县的 12 位代码和本人姓名）：
   ./bihuan token create --hat administrator@县代码 --name 姓名 --new{var}
3. 取空表，填好后依次载入人员、任职、承办单位、网格等：
   ./bihuan register template people
   ./bihuan register load people 人员.csv{var}
4. 查缺：./bihuan register gaps 县代码{var} ；./bihuan procedure holders --unresolved{var}"""


def greet(
    tell: Callable[[str], None],
    address: str,
    temporal_pages: str | None,
    var: Path,
    accounts: "Sequence[Account]" = (),
    inhabited: bool = True,
) -> None:
    """Prints where everything is to be found, the sample accounts, and what to do where nobody is on register yet."""
    tell("")
    tell(f"  看板        {address}/")
    tell(f"  接口        {address}/api")
    tell(f"  接口文档    {address}/docs")
    if temporal_pages:
        tell(f"  流程引擎    {temporal_pages}")
    tell(f"  数据与日志  {var}（日志在 {var / 'log'}）")
    if not inhabited:
        tell("")
        for line in FIRST_STEPS.format(var="" if var == VAR else f" --var {shlex.quote(str(var))}").splitlines():
            tell(f"  {line}")
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
