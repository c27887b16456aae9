"""Letting clocks run on."""

from domain.case.act import CheckedAct
from domain.case.consequence import Consequence, Facts
from domain.case.event import ClocksResumed
from domain.case.state import Case
from domain.case.verbs.verb import Verb
from domain.clocks.schedule import resumed
from domain.rules.refusal import Code, Refusal


class Resume(Verb):
    """The paused clocks run on from now."""

    name = "resume"
    aside = True
    ends_hold = True

    def decide(self, act: CheckedAct, facts: Facts) -> Consequence | Refusal:
        """What the act brings, or why it cannot be."""
        setting = act.context.setting(act.case.lineage)
        back = [resumed(setting, clock, facts, act.at) for clock in act.case.clocks.values() if clock.state == "paused"]
        return Consequence(after=(ClocksResumed(tuple(back)),))

    def timely(self, case: Case, title: str) -> Refusal | None:
        """Only what is paused can be resumed."""
        return None if case.held else Refusal(Code.NOT_ON_HOLD, "事项没有中止或挂账，不需要恢复")
