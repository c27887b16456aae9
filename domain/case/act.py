"""CheckedAct: an action that is permitted and whose form is valid, with everything that carrying it out reads."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from domain.case.context import Context
from domain.case.event import ItemOpened
from domain.case.item import Item
from domain.case.stage_entry import enter, stage_clocks
from domain.case.state import Case
from domain.clocks.clock import HandlingUnit, Move
from domain.clocks.schedule import start
from domain.days.instant import Instant, day_of, utc
from domain.days.limit import Limit
from domain.days.limit import TimeUnit as LimitUnit
from domain.rules.form import FieldType
from domain.rules.hat import Post
from domain.rules.procedure import Action, ItemKind
from domain.rules.refusal import Code, FieldProblem, Refusal

ITEMS_MAX = 200  # of one kind in one case
MATTER_FIELDS = ("matter_code", "kind")  # the fields that say which matter of the registers a case is about


@dataclass(frozen=True, slots=True)
class CheckedAct:
    """One action on one case, checked as far as its form goes."""

    case: Case
    name: str
    action: Action
    fields: dict[str, Any]
    reason: str | None
    context: Context
    at: Instant

    @property
    def version(self) -> int:
        """The version of its first event: clocks and items that it starts are called after it."""
        return self.case.version + 1

    @property
    def item(self) -> Item | None:
        """The item that it settles."""
        return self.case.items.get(self.fields.get("item", "")) if self.action.settles else None

    @property
    def unit(self) -> HandlingUnit | None:
        """The unit that its form names."""
        named = any(field.name == "unit" and field.type is FieldType.UNIT for field in self.action.form)
        return self.context.units.get(self.fields.get("unit", "")) if named else None

    @property
    def dispatched(self) -> HandlingUnit | None:
        """The unit to which it hands the case; one named for an item only gets that item."""
        return None if self.action.opens else self.unit

    @property
    def about_item(self) -> bool:
        """Whether what was said is about an item, not about the case as a whole."""
        return self.action.opens is not None or self.action.settles is not None

    @property
    def facts(self) -> dict[str, Any]:
        """What conditions speak of, as it will be once this is done."""
        before = self.case.facts
        facts = {**before, **earlier(self.case, self.context), **self.fields}
        unit = self.dispatched
        facts["unit"] = unit.id if unit else before["unit"]
        facts["unit_level"] = unit.level if unit else before["unit_level"]
        facts["on_duty_list"] = on_duty_list(self.unit, facts, self.context)
        return facts | self._handing_on

    @property
    def _handing_on(self) -> dict[str, Any]:
        """What handing the case on is bound by (DOMAIN §8): `had_before`: the unit named had it, and was not the first
        that received it; `assigned`: it is the first that did, or the county says so.
        """
        case, unit = self.case, self.dispatched
        first = unit is not None and unit.id == next(iter(case.had_by), None)
        # A unit that returned the case as "not ours" does not get it back before another unit has had it (DOMAIN §8).
        let_off = {i.from_unit for i in case.items.values() if i.kind == "return" and i.state == "accepted"}
        leads = len(case.had_by) > 2 or unit is None or unit.id not in let_off
        return {
            "had_before": unit is not None and unit.id in case.had_by and not (first and leads),
            "assigned": (first and leads) or self.context.home == case.lineage["county"],
        }


def on_duty_list(unit: HandlingUnit | None, facts: Mapping[str, Any], context: Context) -> bool | None:
    """Whether what the case is about is on the lists of the township of the unit that is named (DOMAIN §2 row 8).

    None: no unit of a township is named, no matter is said, or no list is loaded there.
    """
    duties = context.duties.get(unit.id) if unit else None
    matter = next((facts[name] for name in MATTER_FIELDS if facts.get(name)), None)
    return duties.cover(str(matter)) if duties and matter else None


def earlier(case: Case, context: Context) -> dict[str, Any]:
    """What other cases about the same matter say: `earlier` none, open, closed or exhausted; `first`: none came sooner.

    Of two received at one instant the lower number was first.
    """
    rivals = context.rivals
    mine = (case.received_at or case.opened_at, case.number)
    standing = "none"
    if any(rival.closed and rival.outcome in context.procedure.final_outcomes for rival in rivals):
        standing = "exhausted"
    elif any(not rival.closed for rival in rivals):
        standing = "open"
    elif rivals:
        standing = "closed"
    return {"earlier": standing, "first": all(mine < (rival.received_at, rival.number) for rival in rivals)}


def elsewhere(act: CheckedAct, unit: HandlingUnit | None) -> Refusal | None:
    """Refuse a unit of another township than the case's; units of the county serve every township."""
    home = act.context.unit_homes.get(unit.id, "") if unit else ""
    if home and home not in act.case.lineage.values():
        return Refusal(Code.UNIT_ELSEWHERE, "该单位不在本事项所在的乡镇，也不是县级单位")
    return None


def moved(act: CheckedAct, stage: str, facts: Mapping[str, Any], unit: HandlingUnit | None) -> Move | Refusal:
    """Going to `stage` by this act."""
    case, action = act.case, act.action
    since = {clock: utc(datetime.fromisoformat(act.fields[name])) for clock, name in action.since.items()}
    arriving = {**facts, "unit": None, "unit_level": None} if action.releases else facts
    running = stage_clocks(act.context.procedure, case.clocks)
    setting = act.context.setting(case.lineage)
    move = enter(setting, stage, arriving, act.at, act.version, running, action.limits, since)
    if isinstance(move, Refusal):
        return move
    return replace(move, unit=unit, released=action.releases, remembers=action.returns)


def asked(
    act: CheckedAct,
    facts: Mapping[str, Any],
    *,
    unit: HandlingUnit | None = None,
    to: str | None = None,
    data: Mapping[str, Any] | None = None,
    place: int = 0,
    group: int | None = None,
) -> ItemOpened | Refusal:
    """A new item of the kind that the action opens. `place`: how many this very act has opened before it."""
    case, procedure = act.case, act.context.procedure
    name = act.action.opens or ""
    kind = procedure.items[name]
    number = sum(item.kind == name for item in case.items.values()) + 1 + place
    refusal = _too_many(act, name, kind)
    if refusal:
        return refusal
    answers_at = unit or case.unit
    clock_limit = _own_limit(act)
    if isinstance(clock_limit, Refusal):
        return clock_limit
    item = Item(
        id=f"{name}.{number}",
        kind=name,
        title=kind.title,
        version=act.version,
        by=act.context.actor.person,
        to=to or addressee(kind, case, answers_at),
        from_unit=case.unit.id if case.unit else None,
        unit=unit,
        blocks=kind.blocks,
        passing=kind.passing,
        binding=kind.binding,
        group=group,
        data=dict(act.fields if data is None else data) | ({"reason": act.reason} if act.reason else {}),
    )
    if kind.clock is None:
        return ItemOpened(item)
    there = {**facts, "unit": answers_at.id if answers_at else None}
    there["unit_level"] = answers_at.level if answers_at else None
    setting = act.context.setting(case.lineage)
    return ItemOpened(item, start(setting, kind.clock, there, act.at, act.version, clock_limit, item=item.id))


def _too_many(act: CheckedAct, name: str, kind: ItemKind) -> Refusal | None:
    """Refuse more than `kind.each` open items of one person (the holder is exempt), or ITEMS_MAX in the case."""
    case, actor = act.case, act.context.actor
    mine = sum(item.kind == name and item.open and item.by == actor.person for item in case.items.values())
    if kind.each is not None and mine >= kind.each and str(actor.hat) != case.holder:
        return Refusal(Code.REQUIREMENT_NOT_MET, f"您已有 {mine} 件没有办结的{kind.title}，最多 {kind.each} 件")
    if sum(item.kind == name for item in case.items.values()) >= ITEMS_MAX:
        return Refusal(Code.REQUIREMENT_NOT_MET, f"本事项的{kind.title}已达 {ITEMS_MAX} 件，不能再加")
    return None


def addressee(kind: ItemKind, case: Case, unit: HandlingUnit | None) -> str | None:
    """The hat that answers: the first of the kind's posts that there is."""
    for text in kind.to:
        if text == "holder":
            return case.holder
        hat = Post.parse(text).at(case.lineage, unit.id if unit else None)
        if hat:
            return str(hat)
    return None


def _own_limit(act: CheckedAct) -> Limit | Refusal | None:
    """The limit that a form sets by the field `due_on`: to the end of that day."""
    if "due_on" not in act.fields:
        return None
    days = (date.fromisoformat(act.fields["due_on"]) - day_of(act.at)).days
    if not 0 <= days <= 366:
        words = "期限应在今天至一年之内"
        return Refusal(Code.INVALID_FIELDS, words, (FieldProblem("due_on", "out_of_range", words),))
    return Limit(days, LimitUnit.DAY)
