"""`bihuan similar`: by which weights cases are likely the same, from which score on they are shown, and who set it."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.session import CommandFailed, Json, Token, Var, bearer, failure, run, show, write_json
from settings import VAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.case.similarity import Weights
    from ledger.changes.weights import WeightChange
    from ledger.ledger import Ledger

app = typer.Typer(help="查重的分数：查看、设定、设定的经过。", no_args_is_help=True)


@app.command("show")
def show_(json_: Json = False, var: Var = VAR) -> None:
    """现行的提示分数和各项权重。"""
    from ledger.read.similar import weights

    found = run(var, lambda ledger: weights(ledger.writers))
    if json_:
        write_json(found.model_dump())
    else:
        _table(found)


@app.command("set")
def set_(
    given: Annotated[list[str], typer.Argument(metavar="NAME=VALUE...", help="如 threshold=80、text=40 place=35")],
    reason: Annotated[str, typer.Option(help="设定理由")],
    token: Token = "",
    var: Var = VAR,
) -> None:
    """设定：未写的各项不变；描述、地点、同村、类别、时间五项合计须为 100。"""
    from ledger.changes.weights import NotSet, set_weights

    parted = [each.partition("=") for each in given]
    if not all(name and equals and value for name, equals, value in parted):
        raise failure("应写作 名称=数值，如 threshold=80")

    async def work(ledger: "Ledger") -> "Weights":
        try:
            actor = await bearer(ledger, token)
            return await set_weights(ledger.writers, actor, {name: value for name, _, value in parted}, reason)
        except NotSet as error:
            raise CommandFailed(f"{error}\n什么也没有改。") from None

    _table(run(var, work))
    typer.echo("已设定。")


@app.command()
def history(json_: Json = False, var: Var = VAR) -> None:
    """设定的经过：何时、谁、为何、设为多少；最近的在前。"""
    from rich.table import Table

    from domain.days.instant import shown
    from ledger.changes.weights import changes

    async def work(ledger: "Ledger") -> "Sequence[WeightChange]":
        return await changes(ledger.writers)

    found = run(var, work)
    if json_:
        write_json(found)
        return
    table = Table("何时", "谁", "身份", "理由", "设为")
    for each in found:
        values = " ".join(f"{name}={value:g}" for name, value in each.weights.model_dump().items())
        table.add_row(shown(each.at), each.by, each.hat, each.reason, values)
    if table.row_count:
        show(table)
    else:
        typer.echo("没有设定过，各项为默认值。")


def _table(weights: "Weights") -> None:
    from rich.table import Table

    from domain.case.similarity import Weights
    from ledger.changes.weights import TITLES

    default = Weights()
    table = Table("项", "名称", "现行", "默认")
    for name, title in TITLES.items():
        table.add_row(title, name, f"{getattr(weights, name):g}", f"{getattr(default, name):g}")
    show(table)
