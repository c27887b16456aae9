"""What a started instance says of itself."""

from collections.abc import Callable
from pathlib import Path


def greet(tell: Callable[[str], None], address: str, temporal_pages: str | None, var: Path) -> None:
    """Prints where everything is to be found."""
    tell("")
    tell(f"  工作台      {address}/")
    tell(f"  接口文档    {address}/docs")
    if temporal_pages:
        tell(f"  流程引擎    {temporal_pages}")
    tell(f"  数据与日志  {var}（日志在 {var / 'log'}）")
    tell("")
    tell("按 Ctrl-C 停止。")
