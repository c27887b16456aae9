"""Claiming by the code that was shown when the case was opened."""

from domain.case.act import CheckedAct
from domain.case.claim_code import sealed_code
from domain.case.consequence import Consequence, Facts, invalid
from domain.case.verbs.verb import Verb
from domain.rules.refusal import Refusal


class Claim(Verb):
    """Whoever claims shows the code that was given when the case was opened; the code itself is not written down."""

    name = "claim"
    forgets = frozenset({"claim_code"})

    def decide(self, act: CheckedAct, _facts: Facts) -> Consequence | Refusal:
        """What the act brings, or why it cannot be."""
        given = "".join(str(act.fields["claim_code"]).split()).upper()
        if sealed_code(act.context.case_id, given) != act.case.code:
            return invalid("claim_code", "领取码不符", "wrong_code")
        return Consequence()
