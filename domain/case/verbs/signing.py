"""Effects of co-signing: asking every unit, and deciding once the outcome is sure."""

from dataclasses import replace

from domain.case.act import CheckedAct, asked
from domain.case.consequence import Consequence, Facts, invalid
from domain.case.event import ItemOpened, ItemSettled
from domain.clocks.clock import HandlingUnit as CaseUnit
from domain.refusal import Refusal


def co_sign(deed: CheckedAct, facts: Facts) -> Consequence | Refusal:
    """One signature is asked of every unit; in order, one after the other."""
    mode, names = deed.fields["mode"], deed.fields["units"]
    if mode == "ratio" and "percent" not in deed.fields:
        return invalid("percent", "按比例通过的，请填写比例", "missing_field")
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


def sign_off(deed: CheckedAct, facts: Facts) -> Consequence | Refusal:
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
