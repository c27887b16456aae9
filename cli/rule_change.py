"""`bihuan procedure move`: moving running cases to what new cases of a procedure take."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from cli.session import CommandFailed, Token, Var, bearer, failure, run, show
from settings import VAR

if TYPE_CHECKING:
    from domain.days.limit import Limit
    from ledger.changes.preview import CaseChange, ClockChange
    from ledger.ledger import Ledger

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
    from ledger.changes.rule_change import RuleChangeRefused

    chosen = [each for each in (approve, start, undo) if each is not None]
    if len(chosen) + ask > 1:
        raise failure("--ask、--approve、--run、--undo 只能用一个")
    stages = _stages(stage)

    async def work(ledger: "Ledger") -> Iterable[str]:
        try:
            if chosen:
                return await _step(ledger, token, procedure, chosen[0], approve is not None, undo is not None)
            return await _foresee(ledger, token, procedure, stages, ask)
        except RuleChangeRefused as error:
            raise CommandFailed(str(error)) from None

    for line in run(var, work):
        typer.echo(line)


async def _foresee(ledger: "Ledger", token: str, procedure: str, stages: Mapping[str, str], ask: bool) -> Sequence[str]:
    """What would change; and with `ask` the move is put down for a second person."""
    from ledger.audit.access import listed
    from ledger.changes import rule_change as rebinding
    from ledger.changes.preview import foreseen

    actor = await bearer(ledger, token)
    await rebinding.allowed(ledger, actor)
    to = await rebinding.pinned(ledger, procedure, actor.hat.scope)
    changes = [change async for change in foreseen(ledger, actor, procedure, to, stages)]
    await listed(ledger.writers, actor, sum(change.sealed for change in changes[:LINES_MAX]))
    _tabulate(changes)
    refused = sum(change.refused is not None for change in changes)
    previewed = await _otherwise(ledger, procedure, actor.hat.scope, to)
    previewed += [f"可换版 {len(changes) - refused} 件，不能换版 {refused} 件。"]
    if not ask:
        return [*previewed, "只是试算，没有改动；加 --ask 提出换版。"]
    asked = await rebinding.ask(ledger, actor, procedure, stages)
    return [*previewed, f"已提出换版 {asked.id}，请另一位县级管理员或负责人用 --approve {asked.id} 批准。"]


async def _otherwise(ledger: "Ledger", procedure: str, county: str, to: str) -> list[str]:
    """What the rules themselves say otherwise, one line each."""
    from ledger.changes import rule_change as rebinding

    lines = await rebinding.otherwise(ledger, procedure, county, to)
    return ["流程改动（尚未起算的时限、尚未办理的操作也按新版）：", *(f"  {line}" for line in lines)] if lines else []


async def _step(
    ledger: "Ledger", token: str, procedure: str, which: str, approving: bool, undoing: bool
) -> Sequence[str]:
    """Approve, run or undo a move that was asked for."""
    from ledger.changes import rule_change as rebinding

    actor = await bearer(ledger, token)
    await rebinding.allowed(ledger, actor)
    try:
        move_id = UUID(which)
    except ValueError:
        raise CommandFailed(f"{which} 不是换版的标识") from None
    known = await rebinding.stored(ledger, move_id)
    if known.procedure != procedure or known.county != actor.hat.scope:
        raise CommandFailed("没有这次换版")
    if approving:
        changed = await _otherwise(ledger, procedure, actor.hat.scope, known.to)
        await rebinding.approve(ledger, actor, move_id)
        return [*changed, f"已批准，用 --run {move_id} 办理。"]
    counts = await (rebinding.undo(ledger, actor, move_id) if undoing else rebinding.run(ledger, move_id))
    done = "已撤销，回到原版" if undoing else "已换版"
    kept = await rebinding.kept(ledger, move_id, "undone" if undoing else "outcome")
    lines = [f"{number}：{words or outcome}" for number, outcome, words in kept[:LINES_MAX]]
    counted = "，".join(f"{done if name == 'rebound' else name} {count} 件" for name, count in counts.items())
    return [*lines, f"{counted or '没有事项'}。"]


def _stages(pairs: Sequence[str]) -> dict[str, str]:
    parted = [pair.partition("=") for pair in pairs]
    wrong = next((old for old, equals, new in parted if not (old and equals and new)), None)
    if wrong is not None:
        raise failure("阶段对应应写作 --stage 旧阶段=新阶段")
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
