"""Effects on time: extensions, pauses, and going straight back."""

from dataclasses import replace
from datetime import date

from domain.case.act import CheckedAct, asked, moved
from domain.case.consequence import Consequence, Facts, invalid
from domain.case.event import ClockExtended, ClocksPaused, ClocksResumed
from domain.case.state import HOLD
from domain.clocks.clock import Clock, Extension, Then
from domain.clocks.schedule import paused, resumed, start, timed
from domain.days.instant import day_of
from domain.days.limit import Limit, TimeUnit
from domain.hat import Post
from domain.refusal import Code, Refusal
from domain.rules.verbs import SHELVING


def request_extension(deed: CheckedAct, facts: Facts) -> Consequence | Refusal:
    """Asked before due only, within the cap of the rule, so often at most; whoever may rule is asked."""
    clock = deed.case.clocks[deed.fields["clock"]]
    rule = deed.context.procedure.clocks[clock.rule or clock.id].extension
    assert rule is not None
    refusal = _extensible(deed, clock, deed.fields["units"])
    if refusal:
        return refusal
    asked_for = [item.data["clock"] for item in deed.case.items.values() if item.kind == "extension" and item.open]
    if clock.id in asked_for:
        return Refusal(Code.ALREADY_ASKED, f"“{clock.title}”的延期申请正在审批")
    hats = [Post.parse(by).at(deed.case.lineage, clock.unit) for by in rule.by]
    ruler = next((str(hat) for hat in hats if hat), None)
    if ruler is None:
        return Refusal(Code.NO_HOLDER, "没有可以审批延期的岗位")
    one = asked(deed, facts, to=ruler)
    return one if isinstance(one, Refusal) else Consequence(opened=[one])


def _extensible(deed: CheckedAct, clock: Clock, units: int) -> Refusal | None:
    rule = deed.context.procedure.clocks[clock.rule or clock.id].extension
    assert rule is not None
    if deed.at >= clock.due_at:
        return Refusal(Code.EXTENSION_TOO_LATE, f"“{clock.title}”已到期，延期须在到期前申请并审批")
    if len(clock.extensions) >= rule.times:
        return Refusal(Code.EXTENSION_USED_UP, f"“{clock.title}”最多延期 {rule.times} 次（{rule.authority}）")
    if clock.limit.unit != rule.most.unit or units > rule.most.n:
        return invalid("units", f"“{clock.title}”延期最多 {rule.most}（{rule.authority}）")
    return None


def rule_extension(deed: CheckedAct, facts: Facts) -> Consequence | Refusal:
    """Granted: more budget, both dates move, what has fired stays. Too late a ruling grants nothing any more."""
    assert deed.item is not None
    if deed.fields["ruling"] != "granted":
        return Consequence()
    clock = deed.case.clocks.get(deed.item.data["clock"])
    if clock is None or clock.state != "running":
        return Refusal(Code.CLOCK_NOT_RUNNING, "该时限已不在计时，不能延期")
    units = int(deed.item.data["units"])
    refusal = _extensible(deed, clock, units)
    if refusal:
        return refusal
    rule = deed.context.procedure.clocks[clock.rule or clock.id].extension
    assert rule is not None
    extension = Extension(units, deed.at, rule.authority)
    longer = replace(clock, extensions=(*clock.extensions, extension))
    again = timed(deed.context.setting(deed.case.lineage), longer, facts, deed.at)
    return Consequence(after=(ClockExtended(again, extension, clock.due_at),))


def pause(deed: CheckedAct, facts: Facts) -> Consequence | Refusal:
    """Every clock that this ground may pause stops, until resumed or until a day by which it resumes by itself."""
    ground = deed.fields.get("ground", SHELVING)
    rules = deed.context.procedure.clocks
    stopping = [
        clock
        for clock in deed.case.clocks.values()
        if clock.state == "running" and not clock.red and ground in rules[clock.rule or clock.id].pauses
    ]
    if not stopping:
        return Refusal(Code.NOTHING_TO_PAUSE, "没有可以按此事由中止的时限（已超期的不能中止）")
    most = deed.action.limits[HOLD].n
    days = (date.fromisoformat(deed.fields["until"]) - day_of(deed.at)).days
    if not 1 <= days <= most:
        return invalid("until", f"日期应在明天至 {most} 日之内")
    setting = deed.context.setting(deed.case.lineage)
    held = start(setting, HOLD, facts, deed.at, deed.version, Limit(days, TimeUnit.DAY))
    clocks = tuple(paused(clock, ground, deed.at) for clock in stopping)
    title = rules[stopping[0].rule or stopping[0].id].pauses[ground]
    back = tuple(resumed(setting, clock, facts, held.due_at) for clock in clocks)
    hold = replace(held, title=deed.action.title, then=Then(resumed=back))
    return Consequence(after=(ClocksPaused(clocks, ground, title, hold),))


def resume(deed: CheckedAct, facts: Facts) -> Consequence | Refusal:
    """The paused clocks run on from now."""
    setting = deed.context.setting(deed.case.lineage)
    back = [resumed(setting, clock, facts, deed.at) for clock in deed.case.clocks.values() if clock.state == "paused"]
    return Consequence(after=(ClocksResumed(tuple(back)),))


def resubmit(deed: CheckedAct, facts: Facts) -> Consequence | Refusal:
    """Straight back to where the case was returned from, and to the unit that returned it."""
    left = deed.case.left
    assert left is not None  # required by the verb
    there = {**facts, "unit": left.unit.id if left.unit else None}
    there["unit_level"] = left.unit.level if left.unit else None
    move = moved(deed, left.stage, there, left.unit)
    return move if isinstance(move, Refusal) else Consequence(move=move)
