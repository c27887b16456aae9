"""Effects: what the shared verbs do that no form, stage or item alone can say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from domain import gate as gates
from domain.arrival import stage_clocks
from domain.case import HOLD, Case
from domain.clock import Clock, Extension, Move, Then
from domain.clock import Unit as CaseUnit
from domain.deed import Deed, asked, moved
from domain.event import (
    ClockExtended,
    ClocksPaused,
    ClocksResumed,
    Event,
    FieldCorrected,
    GateCounted,
    ItemOpened,
    ItemSettled,
    PersonRecused,
)
from domain.form import FieldType, answers
from domain.hat import Post
from domain.instant import day_of
from domain.limit import Limit, Unit
from domain.paper import forms
from domain.refusal import FieldProblem, Refusal
from domain.shared import SHELVING
from domain.timetable import paused, resumed, start, timed


@dataclass(frozen=True, slots=True)
class Consequence:
    """Events before and after the action's own; the move and items where the effect decides them; the other case."""

    before: tuple[Event, ...] = ()
    after: tuple[Event, ...] = ()
    move: Move | None = None
    opened: list[ItemOpened] | None = None
    other: str | None = None


Facts = Mapping[str, Any]


def consequence(deed: Deed, facts: Facts) -> Consequence | Refusal:
    """What the action's effect brings, or why it cannot be."""
    return EFFECTS[deed.action.effect or ""](deed, facts)


def _invalid(name: str, words: str, code: str = "out_of_range") -> Refusal:
    return Refusal("invalid_fields", words, (FieldProblem(name, code, words),))


def request_extension(deed: Deed, facts: Facts) -> Consequence | Refusal:
    """Asked before due only, within the cap of the rule, so often at most; whoever may rule is asked."""
    clock = deed.case.clocks[deed.fields["clock"]]
    rule = deed.context.procedure.clocks[clock.rule or clock.id].extension
    assert rule is not None
    refusal = _extensible(deed, clock, deed.fields["units"])
    if refusal:
        return refusal
    asked_for = [item.data["clock"] for item in deed.case.items.values() if item.kind == "extension" and item.open]
    if clock.id in asked_for:
        return Refusal("already_asked", f"“{clock.title}”的延期申请正在审批")
    hats = [Post.parse(by).at(deed.case.lineage, clock.unit) for by in rule.by]
    ruler = next((str(hat) for hat in hats if hat), None)
    if ruler is None:
        return Refusal("no_holder", "没有可以审批延期的岗位")
    one = asked(deed, facts, to=ruler)
    return one if isinstance(one, Refusal) else Consequence(opened=[one])


def _extensible(deed: Deed, clock: Clock, units: int) -> Refusal | None:
    rule = deed.context.procedure.clocks[clock.rule or clock.id].extension
    assert rule is not None
    if deed.at >= clock.due_at:
        return Refusal("extension_too_late", f"“{clock.title}”已到期，延期须在到期前申请并审批")
    if len(clock.extensions) >= rule.times:
        return Refusal("extension_used_up", f"“{clock.title}”最多延期 {rule.times} 次（{rule.authority}）")
    if clock.limit.unit != rule.most.unit or units > rule.most.n:
        return _invalid("units", f"“{clock.title}”延期最多 {rule.most}（{rule.authority}）")
    return None


def rule_extension(deed: Deed, facts: Facts) -> Consequence | Refusal:
    """Granted: more budget, both dates move, what has fired stays. Too late a ruling grants nothing any more."""
    assert deed.item is not None
    if deed.fields["ruling"] != "granted":
        return Consequence()
    clock = deed.case.clocks.get(deed.item.data["clock"])
    if clock is None or clock.state != "running":
        return Refusal("clock_not_running", "该时限已不在计时，不能延期")
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


def pause(deed: Deed, facts: Facts) -> Consequence | Refusal:
    """Every clock that this ground may pause stops, until resumed or until a day by which it resumes by itself."""
    ground = deed.fields.get("ground", SHELVING)
    rules = deed.context.procedure.clocks
    stopping = [
        clock
        for clock in deed.case.clocks.values()
        if clock.state == "running" and ground in rules[clock.rule or clock.id].pauses
    ]
    if not stopping:
        return Refusal("nothing_to_pause", "没有可以按此事由中止的时限")
    most = deed.action.limits[HOLD].n
    days = (date.fromisoformat(deed.fields["until"]) - day_of(deed.at)).days
    if not 1 <= days <= most:
        return _invalid("until", f"日期应在明天至 {most} 日之内")
    setting = deed.context.setting(deed.case.lineage)
    held = start(setting, HOLD, facts, deed.at, deed.version, Limit(days, Unit.DAY))
    clocks = tuple(paused(clock, ground, deed.at) for clock in stopping)
    title = rules[stopping[0].rule or stopping[0].id].pauses[ground]
    back = tuple(resumed(setting, clock, facts, held.due_at) for clock in clocks)
    hold = replace(held, title=deed.action.title, then=Then(resumed=back))
    return Consequence(after=(ClocksPaused(clocks, ground, title, hold),))


def resume(deed: Deed, facts: Facts) -> Consequence | Refusal:
    """The paused clocks run on from now."""
    setting = deed.context.setting(deed.case.lineage)
    back = [resumed(setting, clock, facts, deed.at) for clock in deed.case.clocks.values() if clock.state == "paused"]
    return Consequence(after=(ClocksResumed(tuple(back)),))


def resubmit(deed: Deed, facts: Facts) -> Consequence | Refusal:
    """Straight back to where the case was returned from, and to the unit that returned it."""
    left = deed.case.left
    assert left is not None  # required by the verb
    there = {**facts, "unit": left.unit.id if left.unit else None}
    there["unit_level"] = left.unit.level if left.unit else None
    move = moved(deed, left.stage, there, left.unit)
    return move if isinstance(move, Refusal) else Consequence(move=move)


def merge(deed: Deed, facts: Facts) -> Consequence | Refusal:
    """This case goes into another; its time stands still, in case that turns out to be a mistake."""
    into = next(other for other in deed.context.others.values() if other.case_id == deed.fields["into"])
    if into.case_id == deed.context.case_id:
        return _invalid("into", "不能并入自身", "same_case")
    if into.closed:
        return Refusal("other_case_closed", f"事项 {into.number} 已经了结，不能并入")
    if deed.case.held:
        return Refusal("case_on_hold", f"事项已{deed.case.held.title}，请先恢复")
    if any(item.kind == "source" and item.open for item in deed.case.items.values()):
        return Refusal("has_sources", "已有其他事项并入本事项，请把对方并入本事项，或先拆分")
    move = moved(deed, deed.action.to[0].stage, facts, None)
    if isinstance(move, Refusal):
        return move
    running = stage_clocks(deed.context.procedure, deed.case.clocks)
    clocks = tuple(paused(deed.case.clocks[c], "merged", deed.at) for c in running if _runs(deed.case, c))
    before = (ClocksPaused(clocks, "merged", "并案"),) if clocks else ()
    return Consequence(before=before, move=replace(move, stopped=(), remembers=True), other=into.case_id)


def _runs(case: Case, clock: str) -> bool:
    return case.clocks[clock].state == "running" and not case.clocks[clock].window


def split(deed: Deed, _facts: Facts) -> Consequence | Refusal:
    """The source goes its own way again; it will be told."""
    assert deed.item is not None
    return Consequence(other=deed.item.data["case"])


def link(deed: Deed, _facts: Facts) -> Consequence | Refusal:
    """Both cases say so; neither changes."""
    if deed.fields["other"] == deed.context.case_id:
        return _invalid("other", "不能与自身关联", "same_case")
    return Consequence(other=deed.fields["other"])


def spawn(deed: Deed, facts: Facts) -> Consequence | Refusal:
    """A child case, to be opened under the rights of the person who asks for it."""
    child = str(uuid5(NAMESPACE_OID, f"bihuan:child:{deed.context.case_id}:{deed.version}"))
    data = {"fields": {}, "division": deed.case.division, **deed.fields, "case": child}
    one = asked(deed, facts, data=data)
    return one if isinstance(one, Refusal) else Consequence(opened=[one], other=child)


def recuse(deed: Deed, facts: Facts) -> Consequence | Refusal:
    """The person takes no part any more; the last meeting is counted again without him or her (DOMAIN §4)."""
    person, name, vote = (deed.fields.get(key) for key in ("person", "name", "vote"))
    if not person and not name:
        return _invalid("person", "请写明回避人", "missing_field")
    after: list[Event] = [PersonRecused(person, name)]
    last = max(deed.case.tallies.values(), key=lambda tally: tally.version, default=None)
    if vote is None or last is None:
        return Consequence(after=tuple(after))
    again = gates.without(deed.context.procedure.gates[last.gate], last, vote)
    if min(again.present, again.in_favour, again.opposed) < 0 or again.due < 1:
        return _invalid("vote", "与原计票不符：减去此人后人数小于 0")
    after.append(GateCounted(again, again=True))
    if not last.passed or again.passed:
        return Consequence(after=tuple(after))
    move = moved(deed, last.stage, {**facts, f"gate_{last.gate}": again.result}, None)
    return move if isinstance(move, Refusal) else Consequence(after=tuple(after), move=move)


def correct(deed: Deed, _facts: Facts) -> Consequence | Refusal:
    """A field of the case said wrongly: its own form says what would be right."""
    name, text = deed.fields["field"], deed.fields["value"]
    known = next((f for form in forms(deed.context.procedure) for f in form if f.name == name), None)
    if known is None or name not in deed.case.fields or known.type in UNCORRECTED:
        return _invalid("field", f"没有可以更正的“{name}”这一项", "unknown_field")
    value: Any = text
    if known.type is FieldType.NUMBER:
        value = int(text) if text.lstrip("-").isdecimal() else text
    if known.type is FieldType.BOOLEAN:
        value = {"true": True, "false": False, "是": True, "否": False}.get(text, text)
    if known.type is FieldType.CHOICES:
        value = [each for each in text.replace("，", ",").split(",") if each]
    kept, problems = answers((known,), {name: value}, replace(deed.context.known, at=deed.at))
    if problems:
        return Refusal("invalid_fields", problems[0].words, problems)
    return Consequence(after=(FieldCorrected(name, deed.case.fields[name], kept.get(name)),))


UNCORRECTED = {FieldType.EVIDENCE, FieldType.ITEM, FieldType.CLOCK, FieldType.CASE, FieldType.FIELDS}


def co_sign(deed: Deed, facts: Facts) -> Consequence | Refusal:
    """One signature is asked of every unit; in order, one after the other."""
    mode, names = deed.fields["mode"], deed.fields["units"]
    if mode == "ratio" and "percent" not in deed.fields:
        return _invalid("percent", "按比例通过的，请填写比例", "missing_field")
    names = names if isinstance(names, list) else [names]
    # The last of those asked in order will sign when nobody names the units any more.
    data = {**deed.fields, "units": names, "levels": [deed.context.units[name].level for name in names]}
    opened: list[ItemOpened] = []
    for name in names[:1] if mode == "in_order" else names:
        unit = deed.context.units[name]
        one = asked(deed, facts, unit=unit, data=data, place=len(opened), group=deed.version)
        if isinstance(one, Refusal):
            return one
        opened.append(one)
    return Consequence(opened=opened)


def sign_off(deed: Deed, facts: Facts) -> Consequence | Refusal:
    """Once the outcome is sure, nobody else need sign; in order, the next is asked."""
    item = deed.item
    assert item is not None
    group = [each for each in deed.case.items.values() if each.group == item.group and each.kind == item.kind]
    units = item.data["units"]
    agreed = sum(each.state == "agreed" for each in group) + (deed.fields["opinion"] == "agreed")
    answered = sum(not each.open for each in group) + 1
    needed = {"any": 1, "ratio": -(-len(units) * int(item.data.get("percent", 100)) // 100)}
    enough = max(1, needed.get(item.data["mode"], len(units)))
    rest = [each for each in group if each.open and each.id != item.id]
    if agreed >= enough or agreed + len(units) - answered < enough:
        return Consequence(after=tuple(ItemSettled(each.id, "not_needed", "无需再签") for each in rest))
    if item.data["mode"] != "in_order":
        return Consequence()
    following = deed.context.procedure.actions["co_sign"]
    unit = CaseUnit(units[answered], item.data["levels"][answered])
    one = asked(replace(deed, action=following), facts, unit=unit, data=item.data, group=item.group)
    return one if isinstance(one, Refusal) else Consequence(after=(one,))


EFFECTS: Mapping[str, Callable[[Deed, Facts], Consequence | Refusal]] = {
    "request_extension": request_extension,
    "rule_extension": rule_extension,
    "pause": pause,
    "resume": resume,
    "resubmit": resubmit,
    "merge": merge,
    "split": split,
    "link": link,
    "spawn": spawn,
    "recuse": recuse,
    "correct": correct,
    "co_sign": co_sign,
    "sign_off": sign_off,
}
