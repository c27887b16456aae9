"""`bihuan round draw`: what was drawn by lot for a period of a round, worked out again before the reader's eyes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.exit_code import ExitCode
from cli.session import CommandFailed, Json, Token, Var, bearer, failure, run, write_json
from settings import VAR

if TYPE_CHECKING:
    from domain.rules.hat import Actor
    from ledger.ledger import Ledger
    from ledger.rounds.lot import Lots, SeedSource
    from ledger.store.connection import Connection

app = typer.Typer(help="定期开立：抽取记录。", no_args_is_help=True)

Place = tuple[str, tuple[str, ...]]  # a division's name, and the codes from itself up to the county


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
    from ledger.audit.access import trace
    from ledger.rounds.lot import differences, lots, source

    async def work(ledger: "Ledger") -> "tuple[dict[str, Any], list[str], list[str]]":
        actor = await bearer(ledger, token)
        async with ledger.writers.held() as connection:
            kept = await lots(connection, round_id, period)
            places = await _places(connection, kept)
            shown = _within(actor, kept, places)
            if kept is None or not shown:
                raise CommandFailed("没有您可以查看的抽取记录")
            await trace(ledger.writers, actor, "draw", about=f"{round_id} {period}")
            found = await source(connection, kept.due_at)
            return _answer(kept, found, shown), list(_told(kept, found, shown, places)), differences(kept, found)

    answer, lines, faults = run(var, work)
    if json_:
        write_json(answer | {"faults": faults})
        raise typer.Exit(ExitCode.REFUSED if faults else ExitCode.DONE)
    for line in lines:
        typer.echo(line)
    if faults:
        raise failure("复算不符：" + "；".join(faults))
    typer.echo("复算：种子一致，次序一致。")


async def _places(connection: "Connection", kept: "Lots | None") -> Mapping[str, Place]:
    """The divisions that lots name, as the register has them now."""
    codes = [code for above, order in kept.groups.items() for code in (above, *order)] if kept else []
    rows = await connection.fetch(
        "select code, name, lineage from division where code = any($1) order by valid_from", codes
    )
    return {row["code"]: (row["name"], tuple(json.loads(row["lineage"]).values())) for row in rows}


def _within(actor: "Actor", kept: "Lots | None", places: Mapping[str, Place]) -> list[str]:
    """The groups that lie within what an inspector looks over; nobody else is shown any."""
    from domain.rules.hat import Role

    if kept is None or actor.hat.role != Role.INSPECTOR:
        return []
    return sorted(above for above in kept.groups if actor.hat.scope in places.get(above, ("", ()))[1])


def _answer(kept: "Lots", found: "SeedSource | None", shown: list[str]) -> dict[str, Any]:
    """What is said of lots as JSON: not which case gave the seed, for it may be a sealed one."""
    answer = asdict(kept) | {"groups": {above: kept.groups[above] for above in shown}}
    del answer["source"]
    return answer | {"leaf_sha256": found and found.leaf_sha256, "recorded_at": found and found.recorded_at}


def _told(kept: "Lots", found: "SeedSource | None", shown: list[str], places: Mapping[str, Place]) -> Iterator[str]:
    from domain.days.instant import rfc3339
    from domain.rules.lot import lot

    yield f"{kept.round_id} {kept.period} 抽取记录"
    yield f"种子：{kept.seed}"
    if found:
        yield f"来源：{rfc3339(kept.due_at)} 以前最后一条事件，记录于 {rfc3339(found.recorded_at)}"
        yield f"　　　叶子 {found.leaf_sha256}（连同只存于台账的盐）"
    yield f"次序：按 SHA-256(种子/{kept.round_id}/{kept.period}/区划代码) 由小到大，每组取前 {kept.count} 个"
    for above in shown:
        yield f"{above} {_name(places, above)}"
        for rank, code in enumerate(kept.groups[above], 1):
            mark = "抽中" if rank <= kept.count else "　　"
            mine = lot(kept.seed, kept.round_id, kept.period, code)[:16]
            yield f"  {rank:>2} {mark} {code} {mine} {_name(places, code)}"


def _name(places: Mapping[str, Place], code: str) -> str:
    return places[code][0] if code in places else ""
