"""Splitting: a merged source goes its own way again."""

from domain.case.act import CheckedAct
from domain.case.consequence import Consequence, Facts
from domain.case.verbs.verb import Verb
from domain.rules.refusal import Refusal


class Split(Verb):
    """Undo a merge: a letter reopens the source case where it stood."""

    name = "split"
    aside = True

    def decide(self, act: CheckedAct, _facts: Facts) -> Consequence | Refusal:
        """What the act brings, or why it cannot be."""
        assert act.item is not None
        return Consequence(other=act.item.data["case"])
