"""Carrying out an act: everything that it makes happen, or what still speaks against it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from domain.case.act import CheckedAct, asked, elsewhere, moved
from domain.case.consequence import Consequence
from domain.case.document import issue, last_day
from domain.case.event import ActionTaken, DisciplineNotified, Document, Event, GateCounted, ItemOpened, ItemSettled
from domain.case.stage_entry import begun
from domain.case.verbs import VERBS
from domain.clocks.clock import Clock, Move
from domain.days.instant import day_of
from domain.rules import vote as votes
from domain.rules.refusal import Code, FieldProblem, Refusal
from domain.rules.rule import Requirement, meets
from domain.rules.vote import Tally

ITEM_FIELDS = {"item"}
OVERRIDE = "override"  # the field in which an event keeps over what an action went


def carry_out(act: CheckedAct) -> tuple[Event, ...] | Refusal:
    """The events of an act, or what still speaks against it."""
    facts = act.facts
    failing = [each for each in act.action.requires if not each.holds(facts)]
    refusal = _refused(act, facts, failing)
    if refusal:
        return refusal
    if failing:  # the rule may be overridden: the event names what was
        act = replace(act, fields=act.fields | {OVERRIDE: "；".join(each.words for each in failing)})
    tally = _counted(act, facts)
    if isinstance(tally, Refusal):
        return tally
    if tally:
        facts |= {f"gate_{tally.gate}": tally.result}
    if act.action.computes:
        facts |= _computed(act, facts)
    verb = VERBS.get(act.action.effect or "")
    effect = verb.decide(act, facts) if verb else Consequence()
    if isinstance(effect, Refusal):
        return effect
    move = effect.move or _move(act, facts)
    if isinstance(move, Refusal):
        return move
    refusal = _blocked(act, move)
    if refusal:
        return refusal
    opened = effect.opened if effect.opened is not None else _opened(act, facts)
    if isinstance(opened, Refusal):
        return opened
    taken = _taken(act, facts, move, opened, effect.other)
    if isinstance(taken, Refusal):
        return taken
    events: list[Event] = [*effect.before, taken, *_settled(act)]
    if tally:
        events.append(GateCounted(replace(tally, led_to=move.stage if move else act.case.stage)))
    events += [*effect.after, *opened]
    return (*events, *_notice(act))


def _refused(act: CheckedAct, facts: Mapping[str, Any], failing: Sequence[Requirement]) -> Refusal | None:
    """What speaks against an act before any of its events is computed."""
    strict = next((each for each in failing if not each.overridden(facts)), None)
    refusal = _unsettled(act) or _untimely(act, facts) or _uncounted(act) or elsewhere(act, act.unit)
    if refusal or strict:
        return refusal or Refusal(Code.REQUIREMENT_NOT_MET, strict.words if strict else "")
    if failing and not (act.reason or "").strip():  # overriding a rule needs a reason
        words = f"须说明理由方可先行办理：{'；'.join(each.words for each in failing)}"
        return Refusal(Code.INVALID_FIELDS, words, (FieldProblem("reason", "missing_field", words),))
    return None


def _unsettled(act: CheckedAct) -> Refusal | None:
    """Why this person may not settle this item: who asked may not answer (DOMAIN §6.1)."""
    item, kind = act.item, None
    if item:
        kind = act.context.procedure.items.get(item.kind)
    if item and kind and kind.apart and item.by == act.context.actor.person:
        return Refusal(Code.SAME_PERSON, f"提出人与裁定人不得为同一人：这项{item.title}是您提出的")
    return None


def _untimely(act: CheckedAct, facts: Mapping[str, Any]) -> Refusal | None:
    """The day that was announced has not come, or something must be settled first."""
    said = next((str(facts[name]) for name in act.action.not_before if facts.get(name)), None)
    if said and day_of(act.at).isoformat() < said:
        return Refusal(Code.REQUIREMENT_NOT_MET, f"定在 {said}，还没有到，不能{act.action.title}")
    waiting = next((i for i in act.case.items.values() if i.open and i.kind in act.action.settled), None)
    if waiting:
        return Refusal(
            Code.REQUIREMENT_NOT_MET, f"还有没有办完的{waiting.title}（{waiting.id}），不能{act.action.title}"
        )
    return None


def _uncounted(act: CheckedAct) -> Refusal | None:
    """Refuse a vote with more votes than people present."""
    hands = act.action.hands
    tally = act.case.tallies.get(hands.gate) if hands else None
    if hands is None or tally is None:
        return None
    raised = sum(int(act.fields.get(name) or 0) for name in hands.fields)
    if raised <= tally.present:
        return None
    words = f"合计 {raised} 人，超过到会的 {tally.present} 人"
    return Refusal(Code.INVALID_FIELDS, words, tuple(FieldProblem(n, "out_of_range", words) for n in hands.fields))


def _counted(act: CheckedAct, facts: Mapping[str, Any]) -> Tally | Refusal | None:
    counting = next((each for each in act.action.counts if meets(each.when, facts)), None)
    if counting is None:
        return None
    gate, case = act.context.procedure.gates[counting.gate], act.case
    counted = votes.counted(counting.gate, gate, act.fields)
    counted = replace(counted, stage=case.stage, version=case.version, held_on=day_of(act.at).isoformat())
    return votes.again(gate.title, case.tallies.get(counting.gate), counted, act.reason) or counted


def _computed(act: CheckedAct, facts: Mapping[str, Any]) -> dict[str, Any]:
    computing = act.action.computes
    assert computing is not None
    named = facts.get(computing.table)
    tables = act.context.procedure.rewards
    table = tables.get(str(named)) or next(iter(tables.values()))
    return {computing.field: table.amount(int(facts.get(table.fine) or 0))}


def _move(act: CheckedAct, facts: Mapping[str, Any]) -> Move | Refusal | None:
    case, action = act.case, act.action
    branch = next((each for each in action.to if meets(each.when, facts)), None)
    unit = act.dispatched
    if branch is None or (branch.stage == case.stage and unit is None):
        return None
    if unit and case.unit and unit.id == case.unit.id and not case.closed:
        return Refusal(Code.SAME_UNIT, "该单位已是承办单位")
    return moved(act, branch.stage, facts, unit)


def _blocked(act: CheckedAct, move: Move | None) -> Refusal | None:
    """Open items that keep the case at its stage (binding) or from closing (blocks)."""
    case = act.case
    if move is None:
        return None
    if case.held and not move.closed:
        return Refusal(Code.CASE_ON_HOLD, f"事项已{case.held.title}，请先恢复")
    if not move.closed or case.closed or (act.action.unfinished and act.action.verb):
        return None
    if case.facts["signatures"] == "failed" and not act.action.unfinished:
        return Refusal(Code.CLOSING_GATE, f"会签未通过，不能{act.action.title}，请修改后重新会签")
    settling, giving_up = act.fields.get("item"), act.action.unfinished
    open_items = [item for item in case.items.values() if item.open and item.id != settling]
    waiting = next((item for item in open_items if (item.binding if giving_up else item.blocks)), None)
    if waiting:
        return Refusal(Code.CLOSING_GATE, f"还有未办完的{waiting.title}（{waiting.id}），不能{act.action.title}")
    return None


def _taken(
    act: CheckedAct, facts: Mapping[str, Any], move: Move | None, opened: list[ItemOpened], other: str | None
) -> ActionTaken | Refusal:
    case, action, verb = act.case, act.action, VERBS.get(act.action.effect or "")
    setting = act.context.setting(case.lineage)
    moving = {clock.id for clock in move.started} if move else set()
    started = [
        begun(setting, clock, facts, act.at, act.version, action.limits.get(clock))
        for clock in action.starts
        if clock not in moving and meets(setting.procedure.clocks[clock].when, facts)
    ]
    refusal = next((each for each in started if isinstance(each, Refusal)), None)
    if refusal:
        return refusal
    item = act.item.id if act.item else opened[0].item.id if opened else None
    spoken = {name: value for name, value in act.fields.items() if not (verb and name in verb.forgets)}
    said = {**spoken, **({action.computes.field: facts[action.computes.field]} if action.computes else {})}
    return ActionTaken(
        act.name,
        action.title,
        {} if act.about_item else said,
        act.reason,
        move,
        reopened=case.closed and move is not None and not move.closed,
        item=item if act.about_item else None,
        aside=verb is not None and verb.aside,
        other=other,
        failure=action.failure and move is not None,
        started=tuple(each for each in started if isinstance(each, Clock)),
        stopped=tuple(clock for clock in action.stops if clock in case.clocks),
        papers=_papers(act, facts) if action.issues else (),
    )


def _settled(act: CheckedAct) -> list[ItemSettled]:
    item, settles = act.item, act.action.settles
    if item is None or settles is None:
        return []
    state = settles.state or str(act.fields[settles.by_field or ""])
    kind = act.context.procedure.items[item.kind]
    answer = {name: value for name, value in act.fields.items() if name not in ITEM_FIELDS}
    return [ItemSettled(item.id, state, kind.states.get(state, state), answer)]


def _opened(act: CheckedAct, facts: Mapping[str, Any]) -> list[ItemOpened] | Refusal:
    if act.action.opens is None:
        return []
    unit = act.unit
    if unit and act.case.unit and unit.id == act.case.unit.id:
        return Refusal(Code.SAME_UNIT, "该单位已是承办单位")
    one = asked(act, facts, unit=unit)
    return one if isinstance(one, Refusal) else [one]


def _papers(act: CheckedAct, facts: Mapping[str, Any]) -> tuple[Document, ...]:
    case, context = act.case, act.context
    holder = (case.holder or "").partition("@")[2]
    item = act.item
    given = {
        **case.fields, **(item.data if item else {}), **facts,
        **{f"due_{clock.id}": last_day(clock.due_at) for clock in case.clocks.values() if clock.state == "running"},
        "number": case.number, "title": case.title, "reason": act.reason,
        "division_name": context.names.get(case.division, case.division),
        "holder_name": context.names.get(holder, holder),
        "unit_name": context.names.get(str(facts.get("unit")), ""),
        "issuer_name": context.names.get(context.actor.hat.scope, context.actor.hat.scope),
        "officer_name": context.names.get(context.actor.person, context.actor.person),
    }  # fmt: skip
    return tuple(
        issue(context.procedure, name, given, case.number, len(case.papers) + place, act.at)
        for place, name in enumerate(act.action.issues)
    )


def _notice(act: CheckedAct) -> list[DisciplineNotified]:
    """The event DisciplineNotified when this act makes the failed closures reach the limit of the rule."""
    case = act.case
    rule, failures = case.repeated, case.failures + act.action.failure
    if rule is None or not act.action.failure or failures != rule.failures or "failures" in case.notified:
        return []
    return [DisciplineNotified(rule.to, "failures", failures)]
