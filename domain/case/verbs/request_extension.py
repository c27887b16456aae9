"""Asking for more time."""

from domain.case.act import CheckedAct, asked
from domain.case.consequence import Consequence, Facts, invalid
from domain.case.state import Case
from domain.case.verbs.verb import Verb
from domain.clocks.clock import Clock
from domain.rules.hat import Post
from domain.rules.procedure import Procedure
from domain.rules.refusal import Code, Refusal


class RequestExtension(Verb):
    """Before the due date, within the rule's cap and number of times; opens an item for the post that rules on it."""

    name = "request_extension"

    def decide(self, act: CheckedAct, facts: Facts) -> Consequence | Refusal:
        """What the act brings, or why it cannot be."""
        clock = act.case.clocks[act.fields["clock"]]
        rule = act.context.procedure.clocks[clock.rule or clock.id].extension
        assert rule is not None
        refusal = beyond_rule(act, clock, act.fields["units"])
        if refusal:
            return refusal
        asked_for = [item.data["clock"] for item in act.case.items.values() if item.kind == "extension" and item.open]
        if clock.id in asked_for:
            return Refusal(Code.ALREADY_ASKED, f"“{clock.title}”的延期申请正在审批")
        hats = [Post.parse(by).at(act.case.lineage, clock.unit) for by in rule.by]
        ruler = next((str(hat) for hat in hats if hat), None)
        if ruler is None:
            return Refusal(Code.NO_HOLDER, "没有可以审批延期的岗位")
        one = asked(act, facts, to=ruler)
        return one if isinstance(one, Refusal) else Consequence(opened=[one])

    def possible(self, case: Case, procedure: Procedure) -> bool:
        """Whether there is a clock that may be extended."""
        return bool(extendable(case, procedure))


def extendable(case: Case, procedure: Procedure) -> tuple[Clock, ...]:
    """The running clocks that have a rule for being extended."""
    return tuple(
        clock
        for clock in case.clocks.values()
        if clock.state == "running" and (rule := procedure.clocks.get(clock.rule or clock.id)) and rule.extension
    )


def beyond_rule(act: CheckedAct, clock: Clock, units: int) -> Refusal | None:
    """Why the clock gets no `units` more: too late, too often, or more than its rule allows."""
    rule = act.context.procedure.clocks[clock.rule or clock.id].extension
    assert rule is not None
    if act.at >= clock.due_at:
        return Refusal(Code.EXTENSION_TOO_LATE, f"“{clock.title}”已到期，延期须在到期前申请并审批")
    if len(clock.extensions) >= rule.times:
        return Refusal(Code.EXTENSION_USED_UP, f"“{clock.title}”最多延期 {rule.times} 次（{rule.authority}）")
    if clock.limit.unit != rule.most.unit or units > rule.most.n:
        return invalid("units", f"“{clock.title}”延期最多 {rule.most}（{rule.authority}）")
    return None
