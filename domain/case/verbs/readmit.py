"""Ending a recusal that was a mistake."""

from domain.case.act import CheckedAct
from domain.case.consequence import Consequence, Facts, invalid
from domain.case.event import PersonRecused
from domain.case.verbs.verb import Verb
from domain.rules.refusal import Refusal


class Readmit(Verb):
    """A recusal that was a mistake ends; whoever was recused cannot end it."""

    name = "readmit"
    aside = True

    def decide(self, act: CheckedAct, _facts: Facts) -> Consequence | Refusal:
        """What the act brings, or why it cannot be."""
        person = act.fields["person"]
        if person not in act.case.recused:
            return invalid("person", "此人没有回避", "not_recused")
        return Consequence(after=(PersonRecused(person, lifted=True),))
