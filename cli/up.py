"""`bihuan up`: everything on one machine, until Ctrl-C."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from cli.session import Var, failure
from settings import VAR

if TYPE_CHECKING:
    from application.sample_account import Account


def up(
    port: Annotated[int, typer.Option(envvar="BIHUAN_PORT", help="网页端口", min=1, max=65535)] = 8080,
    var: Var = VAR,
    host: Annotated[str, typer.Option(envvar="BIHUAN_HOST", help="监听地址")] = "127.0.0.1",
    no_samples: Annotated[bool, typer.Option("--no-samples", help="不载入样例和样例县的区划")] = False,
) -> None:
    """启动数据库、流程引擎、接口与后台，按 Ctrl-C 停止。"""
    from application.caller import OPERATOR
    from application.furnishing import furnish, inhabited
    from cli.session import on
    from cli.welcome import greet
    from embedded import instance
    from embedded.state import State, Trouble
    from embedded.supervisor import Stopped

    state = State(var.absolute())
    accounts: list[Account] = []
    peopled = True

    def furnished(url: str) -> None:
        nonlocal peopled
        accounts[:] = on(
            url, state.evidence, lambda house: furnish(house, OPERATOR, state.accounts, not no_samples, tell)
        )
        peopled = on(url, state.evidence, lambda house: inhabited(house, OPERATOR))

    try:
        plan = replace(instance.plan(state, host, port), furnish=furnished)
        state.prepare()
        state.lock()
        with instance.Instance(plan, tell) as running:
            running.start()
            greet(tell, running.address, running.temporal_pages, state.root, accounts, peopled)
            running.supervisor.run()
    except Stopped:
        tell("已停止。")
    except Trouble as trouble:
        raise failure(f"错误：{trouble}") from None


def tell(line: str) -> None:
    typer.echo(line, err=True)
