"""Arriving at a stage: who holds the case there, which clocks start, go on and stop, who may look."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from domain.clocks.clock import Clock, Move, Then
from domain.clocks.schedule import Setting, start
from domain.days.instant import Instant
from domain.days.limit import Limit
from domain.rules.hat import OPENER, Post
from domain.rules.procedure import Procedure
from domain.rules.refusal import Code, Refusal
from domain.rules.rule import meets

NOTHING: Mapping[str, Any] = {}


def enter(
    setting: Setting,
    stage_id: str,
    facts: Mapping[str, Any],
    at: Instant,
    version: int,
    running: Sequence[str] = (),
    limits: Mapping[str, Limit] = NOTHING,
    since: Mapping[str, Instant] = NOTHING,
) -> Move | Refusal:
    """Going to a stage: its clocks that run already go on, the others start, what runs elsewhere stops.

    `running`: the stage clocks that run (those of items are not the stage's business). `since`: clocks that are counted
    from another instant than `at`.
    """
    stage = setting.procedure.stages[stage_id]
    holder, level = None, None
    if stage.holder is not None:
        post = Post.parse(stage.holder)
        holder = post.at(setting.lineage, facts["unit"])
        level = facts["unit_level"] if post.level == "unit" else post.level
        if holder is None:
            return Refusal(Code.NO_HOLDER, f"“{stage.title}”在该区划没有承办岗位，请选择下级区划")
    started = [
        begun(setting, clock, facts, since.get(clock, at), version, limits.get(clock), now=at)
        for clock in stage.clocks
        if clock not in running and meets(setting.procedure.clocks[clock].when, facts)
    ]
    refusal = next((each for each in started if isinstance(each, Refusal)), None)
    if refusal:
        return refusal
    over = [clock for clock in started if isinstance(clock, Clock) and clock.window and clock.due_at <= at]
    if over:
        return Refusal(Code.WINDOW_OVER, f"按所填时间，“{over[0].title}”已经届满，不能补记；请重新送达")
    return Move(
        stage=stage_id,
        stage_title=stage.title,
        holder=str(holder) if holder else None,
        level=level,
        closed=stage.closed,
        unit=None,
        stopped=tuple(sorted(set(running).difference(stage.clocks, stage.continues))),
        started=tuple(each for each in started if isinstance(each, Clock)),
        sealed=seal(setting, stage_id, facts),
        public=stage.public,
    )


def seal(setting: Setting, stage_id: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The hats that alone may look at a case at this stage; () when it is not sealed. OPENER stands for itself."""
    posts = setting.procedure.stages[stage_id].sealed
    hats = [text if text == OPENER else Post.parse(text).at(setting.lineage, facts["unit"]) for text in posts]
    return tuple(str(hat) for hat in hats if hat)


def begun(
    setting: Setting,
    clock_id: str,
    facts: Mapping[str, Any],
    at: Instant,
    version: int,
    limit: Limit | None = None,
    now: Instant | None = None,
) -> Clock | Refusal:
    """A stage's clock as it starts, with `then`, what its lapse will do."""
    return foreseen(setting, start(setting, clock_id, facts, at, version, limit, now=now), facts)


def foreseen(setting: Setting, clock: Clock, facts: Mapping[str, Any]) -> Clock | Refusal:
    """The clock with `then`, what its lapse will do, computed now: expiry reads neither rules nor calendar."""
    rule = setting.procedure.clocks[clock.rule or clock.id]
    if rule.lapses_to is None or not clock.rungs:
        return clock
    move = enter(setting, rule.lapses_to, facts, clock.rungs[-1].at, clock.version)
    if isinstance(move, Refusal):
        return move
    return replace(clock, then=Then(move, {"outcome": rule.outcome} if rule.outcome else {}))


def stage_clocks(procedure: Procedure, clocks: Mapping[str, Clock]) -> tuple[str, ...]:
    """The clocks that run, or are paused, on account of the stage and not of an item or a hold."""
    return tuple(
        clock.id
        for clock in clocks.values()
        if clock.state in ("running", "paused") and clock.item is None and clock.id in procedure.clocks
        and clock.id != "hold"
    )  # fmt: skip
