"""`bihuan procedure move`: moving running cases to what new cases of a procedure take."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli.session import Token, Var, caller, misused, run, show
from settings import VAR

if TYPE_CHECKING:
    from application.caller import Caller
    from application.house import House
    from application.rule_change import CaseChange, ClockChange
    from domain.days.limit import Limit

LINES_MAX = 200
RUNGS = {"yellow": "黄牌", "red": "红牌", "warning": "预警", "lapse": "届满"}

MoveId = Annotated[str | None, typer.Option(metavar="MOVE", help="换版的标识（--ask 给出）")]


def move(
    procedure: Annotated[str, typer.Argument(metavar="ID", help="办理流程，如 hazard")],
    stage: Annotated[list[str], typer.Option("--stage", metavar="OLD=NEW", help="旧版阶段在新版中的名称，可多次")] = [],  # noqa: B006 - typer reads it, nobody changes it
    ask: Annotated[bool, typer.Option("--ask", help="提出换版，等待第二人批准")] = False,
    approve: MoveId = None,
    start: Annotated[str | None, typer.Option("--run", metavar="MOVE", help="办理已批准的换版；中断后可再执行")] = None,
    undo: Annotated[str | None, typer.Option("--undo", metavar="MOVE", help="撤销换版，各事项回到原版")] = None,
    token: Token = "",
    var: Var = VAR,
) -> None:
    """换版：在办事项改按现行版次办理，已用时间保留。不带选项只试算，不改动；须由另一人批准（--approve）后才能办理。"""
    chosen = [each for each in (approve, start, undo) if each is not None]
    if len(chosen) + ask > 1:
        raise misused("--ask、--approve、--run、--undo 只能用一个")
    stages = _stages(stage)

    async def work(house: "House") -> Iterable[str]:
        asking = await caller(house, token)
        if approve is not None:
            return await _approve(house, asking, procedure, approve)
        if start is not None or undo is not None:
            return await _step(house, asking, procedure, start, undo)
        return await _foresee(house, asking, procedure, stages, ask)

    for line in run(var, work):
        typer.echo(line)


async def _foresee(
    house: "House", asking: "Caller", procedure: str, stages: Mapping[str, str], ask: bool
) -> Sequence[str]:  # fmt: skip
    """What would change; and with `ask` the move is put down for a second person."""
    from application import rule_change

    found = await rule_change.foresee(house, asking, procedure, stages)
    _tabulate(found.changes)
    refused = sum(change.refused is not None for change in found.changes)
    foreseen = [*_rules(found.rules), f"可换版 {len(found.changes) - refused} 件，不能换版 {refused} 件。"]
    if not ask:
        return [*foreseen, "只是试算，没有改动；加 --ask 提出换版。"]
    asked = await rule_change.ask(house, asking, procedure, stages)
    return [*foreseen, f"已提出换版 {asked}，请另一位县级管理员或负责人用 --approve {asked} 批准。"]


async def _approve(house: "House", asking: "Caller", procedure: str, which: str) -> Sequence[str]:
    from application import rule_change

    rules = await rule_change.approve(house, asking, procedure, which)
    return [*_rules(rules), f"已批准，用 --run {which} 办理。"]


async def _step(
    house: "House", asking: "Caller", procedure: str, start: str | None, undo: str | None
) -> Sequence[str]:  # fmt: skip
    """Run or undo a move."""
    from application import rule_change

    if undo is None:
        moved, done = await rule_change.run(house, asking, procedure, start or ""), "已换版"
    else:
        moved, done = await rule_change.undo(house, asking, procedure, undo), "已撤销，回到原版"
    lines = [f"{number}：{words or outcome}" for number, outcome, words in moved.stayed[:LINES_MAX]]
    counted = "，".join(f"{done if name == 'rebound' else name} {count} 件" for name, count in moved.counts.items())
    return [*lines, f"{counted or '没有事项'}。"]


def _rules(lines: Sequence[str]) -> list[str]:
    """What the rules themselves say otherwise, one line each."""
    return ["流程改动（尚未起算的时限、尚未办理的操作也按新版）：", *(f"  {line}" for line in lines)] if lines else []


def _stages(pairs: Sequence[str]) -> dict[str, str]:
    parted = [pair.partition("=") for pair in pairs]
    wrong = next((old for old, equals, new in parted if not (old and equals and new)), None)
    if wrong is not None:
        raise misused("阶段对应应写作 --stage 旧阶段=新阶段")
    return {old: new for old, _, new in parted}


def _tabulate(changes: "Sequence[CaseChange]") -> None:
    from rich.table import Table

    table = Table("编号", "阶段", "责任岗位", "时限变动", "操作增减")
    # What is sealed to somebody else is counted, and nothing more is told of it.
    for change in [each for each in changes if each.number is not None][:LINES_MAX]:
        number = change.number or ""
        if change.refused is not None:
            table.add_row(number, change.title_was, _hat(change.holder_was) or "—", f"不能换版：{change.words}", "")
            continue
        table.add_row(
            number,
            _arrow(change.title_was, change.title),
            _arrow(_hat(change.holder_was), _hat(change.holder)),
            "\n".join(_clock(each) for each in change.clocks) or "不变",
            " ".join([*(f"+{each}" for each in change.gained), *(f"-{each}" for each in change.lost)]) or "不变",
        )
    show(table)
    if len(changes) > LINES_MAX:
        typer.echo(f"……其余 {len(changes) - LINES_MAX} 件从略")


def _clock(change: "ClockChange") -> str:
    from domain.days.instant import shown

    if change.due is None:
        return f"{change.title}：不再计时"
    due = _arrow(shown(change.due_was) if change.due_was else None, shown(change.due))
    rungs = " ".join([*(f"+{_rung(each)}" for each in change.gained), *(f"-{_rung(each)}" for each in change.lost)])
    return f"{change.title}：{_arrow(_limit(change.limit_was), _limit(change.limit))}，至 {due} {rungs}".rstrip()


def _limit(limit: "Limit | None") -> str | None:
    return str(limit) if limit else None


def _rung(rung: str) -> str:
    """A card, or the post that is told: 县级负责人."""
    from domain.rules.hat import LEVEL_TITLES, ROLE_TITLES

    role, at, level = rung.partition("@")
    return f"{LEVEL_TITLES.get(level, level)}{ROLE_TITLES.get(role, role)}" if at else RUNGS.get(rung, rung)


def _hat(hat: str | None) -> str | None:
    from domain.rules.hat import ROLE_TITLES

    role, _, scope = (hat or "").partition("@")
    return f"{ROLE_TITLES.get(role, role)}（{scope}）" if hat else None


def _arrow(was: str | None, now: str | None) -> str:
    return was or "—" if was == now else f"{was or '—'} → {now or '—'}"
