"""`bihuan round draw`: what was drawn by lot for a period of a round, worked out again before the reader's eyes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from cli.session import Json, Token, Var, caller, failure, run, say
from settings import VAR

if TYPE_CHECKING:
    from application.house import House
    from application.shapes.draw import DrawShape

app = typer.Typer(help="定期开立：抽取记录。", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keeps `draw` a command of its own."""


@app.command()
def draw(
    round_id: Annotated[str, typer.Argument(metavar="ROUND", help="定期开立的 id，如 surprise_check")],
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="时段，如 2026-03")],
    token: Token = "",
    json_: Json = False,
    var: Var = VAR,
) -> None:
    """抽取记录：种子及其来源、次序、抽中的；当场复算，不符则以 1 结束。限纪检监察，乡镇的只看本乡镇。"""
    from application.draw import draw as drawn

    async def work(house: "House") -> "DrawShape":
        return await drawn(house, await caller(house, token), round_id, period)

    found = run(var, work)
    if json_:
        say(found)
    else:
        for line in _told(found):
            typer.echo(line)
    if found.faults:
        raise failure("复算不符：" + "；".join(found.faults))
    if not json_:
        typer.echo("复算：种子一致，次序一致。")


def _told(found: "DrawShape") -> Iterator[str]:
    from domain.days.instant import rfc3339

    yield f"{found.round} {found.period} 抽取记录"
    yield f"种子：{found.seed}"
    if found.source:
        yield f"来源：{rfc3339(found.due_at)} 以前最后一条事件，记录于 {rfc3339(found.source.recorded_at)}"
        yield f"　　　叶子 {found.source.leaf_sha256}（连同只存于台账的盐）"
    yield f"次序：按 SHA-256(种子/{found.round}/{found.period}/区划代码) 由小到大，每组取前 {found.count} 个"
    for group in found.groups:
        yield f"{group.division} {group.name}"
        for lot in group.lots:
            yield f"  {lot.rank:>2} {'抽中' if lot.drawn else '　　'} {lot.division} {lot.lot} {lot.name}"
