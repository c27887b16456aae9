"""Effects: what the shared verbs do that no form, stage or item alone can say; one function a verb."""

from collections.abc import Callable, Mapping

from domain.case.act import CheckedAct
from domain.case.consequence import Consequence, Facts
from domain.case.verbs import amendment, pacing, relation, signing
from domain.refusal import Refusal

EFFECTS: Mapping[str, Callable[[CheckedAct, Facts], Consequence | Refusal]] = {
    "request_extension": pacing.request_extension,
    "rule_extension": pacing.rule_extension,
    "pause": pacing.pause,
    "resume": pacing.resume,
    "resubmit": pacing.resubmit,
    "merge": relation.merge,
    "split": relation.split,
    "link": relation.link,
    "spawn": relation.spawn,
    "recuse": amendment.recuse,
    "readmit": amendment.readmit,
    "correct": amendment.correct,
    "claim": amendment.claim,
    "co_sign": signing.co_sign,
    "sign_off": signing.sign_off,
}


def consequence(deed: CheckedAct, facts: Facts) -> Consequence | Refusal:
    """What the action's effect brings, or why it cannot be."""
    return EFFECTS[deed.action.effect or ""](deed, facts)
