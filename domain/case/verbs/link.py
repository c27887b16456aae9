"""Linking: two cases name each other."""

from domain.case.act import CheckedAct
from domain.case.consequence import Consequence, Facts, invalid
from domain.case.verbs.verb import Verb
from domain.rules.refusal import Code, Refusal


class Link(Verb):
    """Both cases record the link and change nothing else. Only a sealed case may link a sealed one."""

    name = "link"
    aside = True

    def decide(self, act: CheckedAct, _facts: Facts) -> Consequence | Refusal:
        """What the act brings, or why it cannot be."""
        other = next(each for each in act.context.others.values() if each.case_id == act.fields["other"])
        if other.case_id == act.context.case_id:
            return invalid("other", "不能与自身关联", "same_case")
        if other.sealed and not act.case.sealed:
            return Refusal(Code.SEALED_ELSEWHERE, "密封办理的事项不能写进其他事项")
        return Consequence(other=other.case_id)
