"""Rebinding: a running case goes on under another version of its procedure. Time already used stays used."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from domain.case.command import Rebind
from domain.case.context import Context
from domain.case.event import Event, ProcedureChanged, ProcedureRef
from domain.case.opening import repeated
from domain.case.stage_entry import begun, foreseen, seal
from domain.case.state import HOLD, Case
from domain.clocks.clock import Clock, Then
from domain.clocks.schedule import Setting, resumed, timed
from domain.days.instant import Instant
from domain.days.limit import Limit
from domain.rules.form import legible
from domain.rules.hat import Post
from domain.rules.procedure import Procedure
from domain.rules.refusal import Code, Refusal
from domain.rules.rule import ClockRule, meets

STANDING = ("running", "paused")


def rebound(case: Case, command: Rebind, context: Context, at: Instant) -> tuple[Event, ...] | Refusal:
    """The case under `context.procedure`, or why it cannot go there. () when it runs under it already.

    `context.former`: the rules it has run under.
    """
    if case.procedure.sha256 == command.sha256:
        return ()
    refusal = _unfit(case, command, context)
    if refusal:
        return refusal
    procedure = context.procedure
    name = command.stages.get(case.stage, case.stage)
    stage, facts, level = procedure.stages[name], case.facts, None
    holder = None
    if stage.holder is not None:
        post = Post.parse(stage.holder)
        holder = post.at(case.lineage, facts["unit"])
        level = facts["unit_level"] if post.level == "unit" else post.level
        if holder is None:
            return Refusal(Code.NO_HOLDER, f"新版“{stage.title}”在该区划没有承办岗位")
    clocks = _counted(case, name, context, at)
    if isinstance(clocks, Refusal):
        return clocks
    dropped = tuple(_dropped(case, name, context))
    kept = case.holder == (str(holder) if holder else None)
    changed = ProcedureChanged(
        procedure=ProcedureRef(procedure.id, procedure.version, command.sha256),
        was=case.procedure,
        was_stage=case.stage,
        stage=name,
        stage_title=stage.title,
        holder=str(holder) if holder else None,
        level=case.level if kept else level,  # what has climbed stays there
        approved_by=command.approved_by,
        clocks=clocks,
        dropped=dropped,
        left=command.stages.get(case.left.stage, case.left.stage) if case.left else None,
        sealed=seal(context.setting(case.lineage), name, facts),
        repeated=repeated(procedure, case.lineage),
    )
    return (changed,)


def _unfit(case: Case, command: Rebind, context: Context) -> Refusal | None:
    """Why the case cannot move to the new procedure; None when it can."""
    procedure, former = context.procedure, context.former
    if former is None or procedure.id != case.procedure.id:
        return Refusal(Code.UNKNOWN_PROCEDURE, "不是同一办理流程的版次")
    if command.approved_by == context.actor.person:
        return Refusal(Code.SAME_PERSON, "提出换版与批准换版不得为同一人")
    if case.closed:
        return Refusal(Code.CASE_CLOSED, "事项已了结，不再换版")
    stages = [case.stage, *([case.left.stage] if case.left else [])]
    for name in stages:
        stage = procedure.stages.get(command.stages.get(name, name))
        if stage is None or stage.closed:
            return Refusal(
                Code.STAGE_GONE, f"新版没有与“{former.stages[name].title}”（{legible(name, 40)}）对应的在办阶段"
            )
    kind = next((i.kind for i in case.items.values() if i.open and i.kind not in procedure.items), None)
    if kind:
        return Refusal(Code.ITEM_GONE, f"新版没有“{former.items[kind].title}”，而事项中还有未办完的")
    return None


def _counted(case: Case, stage: str, context: Context, at: Instant) -> tuple[Clock, ...] | Refusal:
    """Every clock that changes under the new rules: recounted, restored after it was dropped, or new at the stage."""
    setting, former = context.setting(case.lineage), context.former
    assert former is not None
    found: dict[str, Clock] = {}
    for clock in _staying(case, stage, context.procedure, at):
        again = recounted(setting, former, clock, case.facts, at)
        if isinstance(again, Refusal):
            return again
        if again != case.clocks[clock.id]:
            found[clock.id] = again
    for name in context.procedure.stages[stage].clocks:
        known = case.clocks.get(name)
        new = name not in former.stages[case.stage].clocks and not (known and known.state in (*STANDING, "dropped"))
        if new and meets(context.procedure.clocks[name].when, case.facts):
            fresh = begun(setting, name, case.facts, at, case.version + 1)
            if isinstance(fresh, Refusal):
                return fresh
            found[name] = fresh
    if case.held:
        waiting = [found.get(each.id, each) for each in case.clocks.values() if each.state == "paused"]
        back = tuple(resumed(setting, each, case.facts, case.held.due_at) for each in waiting)
        held = replace(found.get(HOLD, case.held), then=Then(resumed=back))
        found |= {HOLD: held} if held != case.held else {}
    return tuple(found.values())


def _staying(case: Case, stage: str, procedure: Procedure, at: Instant) -> Iterator[Clock]:
    """The clocks that go on, those that an earlier version had dropped and this one knows again among them."""
    there = procedure.stages[stage]
    for clock in case.clocks.values():
        known = (clock.rule or clock.id) in procedure.clocks
        if known and clock.state == "dropped":
            wanted = case.items[clock.item].open if clock.item else clock.id in (*there.clocks, *there.continues)
            yield from [_taken_up(case, clock, at)] if wanted else []
        elif known and clock.state in STANDING and clock.id != HOLD:
            yield clock


def _taken_up(case: Case, clock: Clock, at: Instant) -> Clock:
    """A dropped clock as it runs again: paused while the case is paused, otherwise resumed at the end of that pause."""
    last = clock.pauses[-1] if clock.pauses else None
    if last is None or last.ended_at is not None:
        return replace(clock, state="running")
    if case.held:
        return replace(clock, state="paused")
    return replace(clock, state="running", pauses=(*clock.pauses[:-1], replace(last, ended_at=at)))


def _dropped(case: Case, stage: str, context: Context) -> Iterator[str]:
    """The clocks that the new rules do not know, or not at this stage any more."""
    assert context.former is not None
    before, there = context.former.stages[case.stage], context.procedure.stages[stage]
    for clock in case.clocks.values():
        gone = (clock.rule or clock.id) not in context.procedure.clocks
        had = clock.id in (*before.clocks, *before.continues)
        if clock.state in STANDING and (gone or (had and clock.id not in (*there.clocks, *there.continues))):
            yield clock.id


def recounted(
    setting: Setting, former: Procedure, clock: Clock, facts: Mapping[str, Any], at: Instant
) -> Clock | Refusal:
    """The clock by the new rule: start, pauses and extensions stay, limit and rungs are the rule's, what fired stays.

    One that is paused is counted as of the beginning of its pause, as it was before.
    """
    name = clock.rule or clock.id
    old, new = former.clocks.get(name), setting.procedure.clocks[name]
    if old is not None and clock.state != "dropped" and _same(old, new, clock.variant, former, setting.procedure):
        return foreseen(setting, replace(clock, then=None), facts) if clock.then else clock
    variant = _variant(old, new, clock, facts)
    terms = new.terms(variant)
    open_pause = clock.pauses[-1] if clock.state == "paused" else None
    bare = replace(
        clock, title=terms.title, limit=_limit(old, former, name, clock, terms, setting.procedure), roll=terms.roll,
        authority=terms.authority, window=terms.window, variant=variant, rungs=(), fired=(), then=None,
        pauses=clock.pauses[:-1] if open_pause else clock.pauses, until=terms.ends(facts),
    )  # fmt: skip
    again = timed(setting, bare, facts, open_pause.began_at if open_pause else at)
    kept = tuple(rung for rung in clock.rungs if rung.id in clock.fired)
    fresh = tuple(rung for rung in again.rungs if rung.id not in clock.fired)
    return foreseen(setting, replace(again, rungs=(*kept, *fresh), fired=clock.fired, pauses=clock.pauses), facts)


def _same(old: ClockRule, new: ClockRule, variant: int | None, former: Procedure, procedure: Procedure) -> bool:
    """Whether both rules count alike, their ladders included."""
    ladder = old.terms(variant).ladder or ""
    return old == new and former.ladders.get(ladder) == procedure.ladders.get(ladder)


def _variant(old: ClockRule | None, new: ClockRule, clock: Clock, facts: Mapping[str, Any]) -> int | None:
    """The new rule's variant for a clock: of the same condition, where there is one; else by what is known now."""
    if old is not None:
        when = None if clock.variant is None else old.variants[clock.variant].when
        if [each.when for each in old.variants] == [each.when for each in new.variants]:
            return clock.variant
        if when is not None and any(each.when == when for each in new.variants):
            return next(place for place, each in enumerate(new.variants) if each.when == when)
    return new.variant({**facts, "unit": clock.unit, "unit_level": clock.unit_level})


def _limit(
    old: ClockRule | None, former: Procedure, name: str, clock: Clock, terms: ClockRule, procedure: Procedure
) -> Limit:
    """The new rule's limit; one that an action set is the same action's, one that somebody set stays."""
    if old is None or clock.limit == old.terms(clock.variant).limit:
        return terms.limit
    for action, each in former.actions.items():
        given = procedure.actions.get(action)
        if each.limits.get(name) == clock.limit and given and name in given.limits:
            return given.limits[name]
    return clock.limit
