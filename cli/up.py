"""`bihuan up`: everything on one machine, until Ctrl-C."""

from pathlib import Path
from typing import Annotated

import typer

from settings import VAR


def up(
    port: Annotated[int, typer.Option(envvar="BIHUAN_PORT", help="网页端口", min=1, max=65535)] = 8080,
    var: Annotated[Path, typer.Option(help="状态目录")] = VAR,
    host: Annotated[str, typer.Option(envvar="BIHUAN_HOST", help="监听地址")] = "127.0.0.1",
    no_samples: Annotated[bool, typer.Option("--no-samples", help="不载入示例数据")] = False,  # noqa: ARG001
) -> None:
    """启动数据库、流程引擎、接口与后台，按 Ctrl-C 停止。"""
    from cli.welcome import greet
    from embedded import instance
    from embedded.state import State, Trouble
    from embedded.supervisor import Stopped

    state = State(var.absolute())
    try:
        plan = instance.plan(state, host, port)
        state.prepare()
        state.lock()
        with instance.Instance(plan, tell) as running:
            running.start()
            greet(tell, running.address, running.temporal_pages, state.root)
            running.supervisor.run()
    except Stopped:
        tell("已停止。")
    except Trouble as trouble:
        tell(f"错误：{trouble}")
        raise typer.Exit(1) from None


def tell(line: str) -> None:
    typer.echo(line, err=True)
