"""Ruling on more time."""

from dataclasses import replace

from domain.case.act import CheckedAct
from domain.case.consequence import Consequence, Facts
from domain.case.event import ClockExtended
from domain.case.verbs.request_extension import beyond_rule
from domain.case.verbs.verb import Verb
from domain.clocks.clock import Extension
from domain.clocks.schedule import timed
from domain.rules.refusal import Code, Refusal


class RuleExtension(Verb):
    """Granted: the budget grows, due and internal due move, fired cards stay. After the due date nothing is granted."""

    name = "rule_extension"

    def decide(self, act: CheckedAct, facts: Facts) -> Consequence | Refusal:
        """What the act brings, or why it cannot be."""
        assert act.item is not None
        if act.fields["ruling"] != "granted":
            return Consequence()
        clock = act.case.clocks.get(act.item.data["clock"])
        if clock is None or clock.state != "running":
            return Refusal(Code.CLOCK_NOT_RUNNING, "该时限已不在计时，不能延期")
        units = int(act.item.data["units"])
        refusal = beyond_rule(act, clock, units)
        if refusal:
            return refusal
        rule = act.context.procedure.clocks[clock.rule or clock.id].extension
        assert rule is not None
        extension = Extension(units, act.at, rule.authority)
        longer = replace(clock, extensions=(*clock.extensions, extension))
        again = timed(act.context.setting(act.case.lineage), longer, facts, act.at)
        return Consequence(after=(ClockExtended(again, extension, clock.due_at),))
