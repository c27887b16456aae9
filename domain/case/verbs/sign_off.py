"""Signing: one unit's opinion on what was sent round for signature."""

from dataclasses import replace

from domain.case.act import CheckedAct, asked
from domain.case.consequence import Consequence, Facts
from domain.case.event import ItemSettled
from domain.case.verbs.verb import Verb
from domain.clocks.clock import HandlingUnit as CaseUnit
from domain.rules.refusal import Refusal


class SignOff(Verb):
    """One unit signs. The others need not once the outcome is settled; with `in_order`, the next unit is asked."""

    name = "sign_off"

    def decide(self, act: CheckedAct, facts: Facts) -> Consequence | Refusal:
        """What the act brings, or why it cannot be."""
        item = act.item
        assert item is not None
        group = [each for each in act.case.items.values() if each.group == item.group and each.kind == item.kind]
        units = item.data["units"]
        agreed = sum(each.state == "agreed" for each in group) + (act.fields["opinion"] == "agreed")
        answered = sum(not each.open for each in group) + 1
        needed = {"any": 1, "ratio": -(-len(units) * int(item.data.get("percent", 100)) // 100)}
        enough = max(1, needed.get(item.data["mode"], len(units)))
        rest = [each for each in group if each.open and each.id != item.id]
        if agreed >= enough or agreed + len(units) - answered < enough:
            return Consequence(after=tuple(ItemSettled(each.id, "not_needed", "无需再签") for each in rest))
        if item.data["mode"] != "in_order":
            return Consequence()
        following = act.context.procedure.actions["co_sign"]
        unit = CaseUnit(units[answered], item.data["levels"][answered])
        one = asked(replace(act, action=following), facts, unit=unit, data=item.data, group=item.group)
        return one if isinstance(one, Refusal) else Consequence(after=(one,))
