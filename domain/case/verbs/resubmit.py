"""Going straight back to where a case was returned from."""

from domain.case.act import CheckedAct, moved
from domain.case.consequence import Consequence, Facts
from domain.case.verbs.verb import Verb
from domain.rules.refusal import Refusal


class Resubmit(Verb):
    """Straight back to where the case was returned from, and to the unit that returned it."""

    name = "resubmit"

    def decide(self, act: CheckedAct, facts: Facts) -> Consequence | Refusal:
        """What the act brings, or why it cannot be."""
        left = act.case.left
        assert left is not None  # required by the verb
        there = {**facts, "unit": left.unit.id if left.unit else None}
        there["unit_level"] = left.unit.level if left.unit else None
        move = moved(act, left.stage, there, left.unit)
        return move if isinstance(move, Refusal) else Consequence(move=move)
