"""`bihuan similar`: by which weights cases are likely the same, from which score on they are shown, and who set it."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.session import Json, Token, Var, caller, misused, run, say, show
from settings import VAR

if TYPE_CHECKING:
    from application.house import House
    from application.shapes.similar import WeightsShape

app = typer.Typer(help="查重的分数：查看、设定、设定的经过。", no_args_is_help=True)


@app.command("show")
def show_(json_: Json = False, var: Var = VAR) -> None:
    """现行的提示分数和各项权重。"""
    from application.caller import OPERATOR
    from application.weights import weights

    found = run(var, lambda house: weights(house, OPERATOR))
    say(found) if json_ else _table(found)


@app.command("set")
def set_(
    given: Annotated[list[str], typer.Argument(metavar="NAME=VALUE...", help="如 threshold=80、text=40 place=35")],
    reason: Annotated[str, typer.Option(help="设定理由")],
    token: Token = "",
    var: Var = VAR,
) -> None:
    """设定：未写的各项不变；描述、地点、同村、类别、时间五项合计须为 100。"""
    from application.weights import set_weights

    parted = [each.partition("=") for each in given]
    if not all(name and equals and value for name, equals, value in parted):
        raise misused("应写作 名称=数值，如 threshold=80")
    values = {name: value for name, _, value in parted}

    async def work(house: "House") -> "WeightsShape":
        return await set_weights(house, await caller(house, token), values, reason)

    _table(run(var, work))
    typer.echo("已设定。")


@app.command()
def history(json_: Json = False, var: Var = VAR) -> None:
    """设定的经过：何时、谁、为何、设为多少；最近的在前。"""
    from rich.table import Table

    from application.caller import OPERATOR
    from application.weights import changes
    from domain.days.instant import shown

    found = run(var, lambda house: changes(house, OPERATOR))
    if json_:
        say(found)
        return
    table = Table("何时", "谁", "身份", "理由", "设为")
    for each in found.items:
        values = " ".join(f"{name}={value:g}" for name, value in each.weights.items())
        table.add_row(shown(each.at), each.by, each.hat, each.reason, values)
    if table.row_count:
        show(table)
    else:
        typer.echo("没有设定过，各项为默认值。")


def _table(weights: "WeightsShape") -> None:
    from rich.table import Table

    table = Table("项", "名称", "现行", "默认")
    for each in weights.items:
        table.add_row(each.title, each.name, f"{each.value:g}", f"{each.default:g}")
    show(table)
