"""Merging: one order with many sources."""

from dataclasses import replace

from domain.case.act import CheckedAct, moved
from domain.case.consequence import Consequence, Facts, invalid
from domain.case.event import ClocksPaused
from domain.case.stage_entry import stage_clocks
from domain.case.state import Case
from domain.case.verbs.verb import Verb
from domain.clocks.schedule import paused
from domain.rules.procedure import Procedure
from domain.rules.refusal import Code, Refusal


class Merge(Verb):
    """This case is closed into another; its clocks but windows are paused, so that `split` can undo the merge."""

    name = "merge"
    aside = True

    def decide(self, act: CheckedAct, facts: Facts) -> Consequence | Refusal:
        """What the act brings, or why it cannot be."""
        into = next(other for other in act.context.others.values() if other.case_id == act.fields["into"])
        if into.case_id == act.context.case_id:
            return invalid("into", "不能并入自身", "same_case")
        if into.procedure != act.case.procedure.id:
            return invalid("into", "只能并入同一类事项", "other_procedure")
        if into.closed:
            return Refusal(Code.OTHER_CASE_CLOSED, f"事项 {into.number} 已经了结，不能并入")
        if act.case.held:
            return Refusal(Code.CASE_ON_HOLD, f"事项已{act.case.held.title}，请先恢复")
        waiting = [item for item in act.case.items.values() if item.open and item.blocks]
        if any(item.kind == "source" for item in waiting):
            return Refusal(Code.HAS_SOURCES, "已有其他事项并入本事项，请把对方并入本事项，或先拆分")
        if waiting:
            return Refusal(Code.CLOSING_GATE, f"还有未办完的{waiting[0].title}（{waiting[0].id}），不能并案")
        move = moved(act, act.action.to[0].stage, facts, None)
        if isinstance(move, Refusal):
            return move
        running = stage_clocks(act.context.procedure, act.case.clocks)
        clocks = tuple(paused(act.case.clocks[c], "merged", act.at) for c in running if _runs(act.case, c))
        before = (ClocksPaused(clocks, "merged", "并案"),) if clocks else ()
        return Consequence(before=before, move=replace(move, stopped=(), remembers=True), other=into.case_id)

    def possible(self, case: Case, procedure: Procedure) -> bool:
        """Nothing that blocks closing is open."""
        return not any(item.open and item.blocks for item in case.items.values())


def _runs(case: Case, clock: str) -> bool:
    return case.clocks[clock].state == "running" and not case.clocks[clock].window
