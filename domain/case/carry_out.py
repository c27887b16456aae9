"""Outcomes: everything that a deed makes happen, or what still speaks against it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from domain.case.act import CheckedAct, asked, elsewhere, moved
from domain.case.consequence import Consequence
from domain.case.document import issue, last_day
from domain.case.event import ActionTaken, DisciplineNotified, Document, Event, GateCounted, ItemOpened, ItemSettled
from domain.case.stage_entry import begun
from domain.case.verbs.effect import consequence
from domain.clocks.clock import Clock, Move
from domain.days.instant import day_of
from domain.refusal import Code, FieldProblem, Refusal
from domain.rules import vote as gates
from domain.rules.rule import Requirement, meets
from domain.rules.vote import Tally

ITEM_FIELDS = {"item"}
# What is said with these is about the act itself and tells nothing of the matter.
ASIDE = {"pause", "resume", "correct", "recuse", "readmit", "link", "merge", "split"}
UNWRITTEN = {"claim_code"}  # what opens a door is checked and forgotten
OVERRIDE = "override"  # the field in which an event keeps over what an action went


def carry_out(deed: CheckedAct) -> tuple[Event, ...] | Refusal:
    """The events of a deed, or what still speaks against it."""
    facts = deed.facts
    failing = [each for each in deed.action.requires if not each.holds(facts)]
    refusal = _refused(deed, facts, failing)
    if refusal:
        return refusal
    if failing:  # it goes on over these, on record
        deed = replace(deed, fields=deed.fields | {OVERRIDE: "；".join(each.words for each in failing)})
    tally = _counted(deed, facts)
    if isinstance(tally, Refusal):
        return tally
    if tally:
        facts |= {f"gate_{tally.gate}": tally.result}
    if deed.action.computes:
        facts |= _computed(deed, facts)
    effect = consequence(deed, facts) if deed.action.effect else Consequence()
    if isinstance(effect, Refusal):
        return effect
    move = effect.move or _move(deed, facts)
    if isinstance(move, Refusal):
        return move
    refusal = _blocked(deed, move)
    if refusal:
        return refusal
    opened = effect.opened if effect.opened is not None else _opened(deed, facts)
    if isinstance(opened, Refusal):
        return opened
    taken = _taken(deed, facts, move, opened, effect.other)
    if isinstance(taken, Refusal):
        return taken
    events: list[Event] = [*effect.before, taken, *_settled(deed)]
    if tally:
        events.append(GateCounted(replace(tally, led_to=move.stage if move else deed.case.stage)))
    events += [*effect.after, *opened]
    return (*events, *_notice(deed))


def _refused(deed: CheckedAct, facts: Mapping[str, Any], failing: Sequence[Requirement]) -> Refusal | None:
    """What speaks against a deed before anything of it is worked out."""
    strict = next((each for each in failing if not each.overridden(facts)), None)
    refusal = _unsettled(deed) or _untimely(deed, facts) or _uncounted(deed) or elsewhere(deed, deed.unit)
    if refusal or strict:
        return refusal or Refusal(Code.REQUIREMENT_NOT_MET, strict.words if strict else "")
    if failing and not (deed.reason or "").strip():  # whoever goes over a rule says why
        words = f"须说明理由方可先行办理：{'；'.join(each.words for each in failing)}"
        return Refusal(Code.INVALID_FIELDS, words, (FieldProblem("reason", "missing_field", words),))
    return None


def _unsettled(deed: CheckedAct) -> Refusal | None:
    """Why this person may not settle this item: who asked may not answer (DOMAIN §6.1)."""
    item, kind = deed.item, None
    if item:
        kind = deed.context.procedure.items.get(item.kind)
    if item and kind and kind.apart and item.by == deed.context.actor.person:
        return Refusal(Code.SAME_PERSON, f"提出人与裁定人不得为同一人：这项{item.title}是您提出的")
    return None


def _untimely(deed: CheckedAct, facts: Mapping[str, Any]) -> Refusal | None:
    """The day that was announced has not come, or something must be settled first."""
    said = next((str(facts[name]) for name in deed.action.not_before if facts.get(name)), None)
    if said and day_of(deed.at).isoformat() < said:
        return Refusal(Code.REQUIREMENT_NOT_MET, f"定在 {said}，还没有到，不能{deed.action.title}")
    waiting = next((i for i in deed.case.items.values() if i.open and i.kind in deed.action.settled), None)
    if waiting:
        return Refusal(
            Code.REQUIREMENT_NOT_MET, f"还有没有办完的{waiting.title}（{waiting.id}），不能{deed.action.title}"
        )
    return None


def _uncounted(deed: CheckedAct) -> Refusal | None:
    """More hands than there were people."""
    hands = deed.action.hands
    tally = deed.case.tallies.get(hands.gate) if hands else None
    if hands is None or tally is None:
        return None
    raised = sum(int(deed.fields.get(name) or 0) for name in hands.fields)
    if raised <= tally.present:
        return None
    words = f"合计 {raised} 人，超过到会的 {tally.present} 人"
    return Refusal(Code.INVALID_FIELDS, words, tuple(FieldProblem(n, "out_of_range", words) for n in hands.fields))


def _counted(deed: CheckedAct, facts: Mapping[str, Any]) -> Tally | Refusal | None:
    counting = next((each for each in deed.action.counts if meets(each.when, facts)), None)
    if counting is None:
        return None
    gate, case = deed.context.procedure.gates[counting.gate], deed.case
    counted = gates.counted(counting.gate, gate, deed.fields)
    counted = replace(counted, stage=case.stage, version=case.version, held_on=day_of(deed.at).isoformat())
    return gates.again(gate.title, case.tallies.get(counting.gate), counted, deed.reason) or counted


def _computed(deed: CheckedAct, facts: Mapping[str, Any]) -> dict[str, Any]:
    computing = deed.action.computes
    assert computing is not None
    named = facts.get(computing.table)
    tables = deed.context.procedure.rewards
    table = tables.get(str(named)) or next(iter(tables.values()))
    return {computing.field: table.amount(int(facts.get(table.fine) or 0))}


def _move(deed: CheckedAct, facts: Mapping[str, Any]) -> Move | Refusal | None:
    case, action = deed.case, deed.action
    branch = next((each for each in action.to if meets(each.when, facts)), None)
    unit = deed.dispatched
    if branch is None or (branch.stage == case.stage and unit is None):
        return None
    if unit and case.unit and unit.id == case.unit.id and not case.closed:
        return Refusal(Code.SAME_UNIT, "该单位已是承办单位")
    return moved(deed, branch.stage, facts, unit)


def _blocked(deed: CheckedAct, move: Move | None) -> Refusal | None:
    """What stands in the way of going anywhere, or of closing."""
    case = deed.case
    if move is None:
        return None
    if case.held and not move.closed:
        return Refusal(Code.CASE_ON_HOLD, f"事项已{case.held.title}，请先恢复")
    if not move.closed or case.closed or (deed.action.unfinished and deed.action.verb):
        return None
    if case.facts["signatures"] == "failed" and not deed.action.unfinished:
        return Refusal(Code.CLOSING_GATE, f"会签未通过，不能{deed.action.title}，请修改后重新会签")
    settling, giving_up = deed.fields.get("item"), deed.action.unfinished
    open_items = [item for item in case.items.values() if item.open and item.id != settling]
    waiting = next((item for item in open_items if (item.binding if giving_up else item.blocks)), None)
    if waiting:
        return Refusal(Code.CLOSING_GATE, f"还有未办完的{waiting.title}（{waiting.id}），不能{deed.action.title}")
    return None


def _taken(
    deed: CheckedAct, facts: Mapping[str, Any], move: Move | None, opened: list[ItemOpened], other: str | None
) -> ActionTaken | Refusal:
    case, action = deed.case, deed.action
    setting = deed.context.setting(case.lineage)
    moving = {clock.id for clock in move.started} if move else set()
    started = [
        begun(setting, clock, facts, deed.at, deed.version, action.limits.get(clock))
        for clock in action.starts
        if clock not in moving and meets(setting.procedure.clocks[clock].when, facts)
    ]
    refusal = next((each for each in started if isinstance(each, Refusal)), None)
    if refusal:
        return refusal
    item = deed.item.id if deed.item else opened[0].item.id if opened else None
    spoken = {name: value for name, value in deed.fields.items() if name not in UNWRITTEN}
    said = {**spoken, **({action.computes.field: facts[action.computes.field]} if action.computes else {})}
    return ActionTaken(
        deed.name,
        action.title,
        {} if deed.about_item else said,
        deed.reason,
        move,
        reopened=case.closed and move is not None and not move.closed,
        item=item if deed.about_item else None,
        aside=action.effect in ASIDE,
        other=other,
        failure=action.failure and move is not None,
        started=tuple(each for each in started if isinstance(each, Clock)),
        stopped=tuple(clock for clock in action.stops if clock in case.clocks),
        papers=_papers(deed, facts) if action.issues else (),
    )


def _settled(deed: CheckedAct) -> list[ItemSettled]:
    item, settles = deed.item, deed.action.settles
    if item is None or settles is None:
        return []
    state = settles.state or str(deed.fields[settles.by_field or ""])
    kind = deed.context.procedure.items[item.kind]
    answer = {name: value for name, value in deed.fields.items() if name not in ITEM_FIELDS}
    return [ItemSettled(item.id, state, kind.states.get(state, state), answer)]


def _opened(deed: CheckedAct, facts: Mapping[str, Any]) -> list[ItemOpened] | Refusal:
    if deed.action.opens is None:
        return []
    unit = deed.unit
    if unit and deed.case.unit and unit.id == deed.case.unit.id:
        return Refusal(Code.SAME_UNIT, "该单位已是承办单位")
    one = asked(deed, facts, unit=unit)
    return one if isinstance(one, Refusal) else [one]


def _papers(deed: CheckedAct, facts: Mapping[str, Any]) -> tuple[Document, ...]:
    case, context = deed.case, deed.context
    holder = (case.holder or "").partition("@")[2]
    item = deed.item
    given = {
        **case.fields, **(item.data if item else {}), **facts,
        **{f"due_{clock.id}": last_day(clock.due_at) for clock in case.clocks.values() if clock.state == "running"},
        "number": case.number, "title": case.title, "reason": deed.reason,
        "division_name": context.names.get(case.division, case.division),
        "holder_name": context.names.get(holder, holder),
        "unit_name": context.names.get(str(facts.get("unit")), ""),
        "issuer_name": context.names.get(context.actor.hat.scope, context.actor.hat.scope),
        "officer_name": context.names.get(context.actor.person, context.actor.person),
    }  # fmt: skip
    return tuple(
        issue(context.procedure, name, given, case.number, len(case.papers) + place, deed.at)
        for place, name in enumerate(deed.action.issues)
    )


def _notice(deed: CheckedAct) -> list[DisciplineNotified]:
    """A case whose closing has failed so often that it counts as repeated."""
    case = deed.case
    rule, failures = case.repeated, case.failures + deed.action.failure
    if rule is None or not deed.action.failure or failures != rule.failures or "failures" in case.notified:
        return []
    return [DisciplineNotified(rule.to, "failures", failures)]
