"""Co-signing: one signature is asked of every unit."""

from domain.case.act import CheckedAct, asked
from domain.case.consequence import Consequence, Facts, invalid
from domain.case.event import ItemOpened
from domain.case.verbs.verb import Verb
from domain.rules.refusal import Refusal


class CoSign(Verb):
    """One signature is asked of every unit; in order, one after the other."""

    name = "co_sign"

    def decide(self, act: CheckedAct, facts: Facts) -> Consequence | Refusal:
        """What the act brings, or why it cannot be."""
        mode, names = act.fields["mode"], act.fields["units"]
        if mode == "ratio" and "percent" not in act.fields:
            return invalid("percent", "按比例通过的，请填写比例", "missing_field")
        names = names if isinstance(names, list) else [names]
        # The last of those asked in order will sign when nobody names the units any more.
        data = {**act.fields, "units": names, "levels": [act.context.units[name].level for name in names]}
        opened: list[ItemOpened] = []
        for name in names[:1] if mode == "in_order" else names:
            unit = act.context.units[name]
            one = asked(act, facts, unit=unit, data=data, place=len(opened), group=act.version)
            if isinstance(one, Refusal):
                return one
            opened.append(one)
        return Consequence(opened=opened)
