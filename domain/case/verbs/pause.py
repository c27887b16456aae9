"""Letting clocks stand still."""

from dataclasses import replace
from datetime import date

from domain.case.act import CheckedAct
from domain.case.consequence import Consequence, Facts, invalid
from domain.case.event import ClocksPaused
from domain.case.state import HOLD, Case
from domain.case.verbs.verb import Verb
from domain.clocks.clock import Then
from domain.clocks.schedule import paused, resumed, start
from domain.days.instant import day_of
from domain.days.limit import Limit, TimeUnit
from domain.rules.procedure import Procedure
from domain.rules.refusal import Code, Refusal
from domain.rules.verbs import SHELVING


class Pause(Verb):
    """Every clock that this ground may pause stops, until resumed or until a day by which it resumes by itself."""

    name = "pause"
    aside = True

    def decide(self, act: CheckedAct, facts: Facts) -> Consequence | Refusal:
        """What the act brings, or why it cannot be."""
        ground = act.fields.get("ground", SHELVING)
        rules = act.context.procedure.clocks
        stopping = [
            clock
            for clock in act.case.clocks.values()
            if clock.state == "running" and not clock.red and ground in rules[clock.rule or clock.id].pauses
        ]
        if not stopping:
            return Refusal(Code.NOTHING_TO_PAUSE, "没有可以按此事由中止的时限（已超期的不能中止）")
        most = act.action.limits[HOLD].n
        days = (date.fromisoformat(act.fields["until"]) - day_of(act.at)).days
        if not 1 <= days <= most:
            return invalid("until", f"日期应在明天至 {most} 日之内")
        setting = act.context.setting(act.case.lineage)
        held = start(setting, HOLD, facts, act.at, act.version, Limit(days, TimeUnit.DAY))
        clocks = tuple(paused(clock, ground, act.at) for clock in stopping)
        title = rules[stopping[0].rule or stopping[0].id].pauses[ground]
        back = tuple(resumed(setting, clock, facts, held.due_at) for clock in clocks)
        hold = replace(held, title=act.action.title, then=Then(resumed=back))
        return Consequence(after=(ClocksPaused(clocks, ground, title, hold),))

    def timely(self, case: Case, title: str) -> Refusal | None:
        """One pause at a time."""
        return Refusal(Code.CASE_ON_HOLD, f"事项已在{case.held.title}，不能再{title}") if case.held else None

    def possible(self, case: Case, procedure: Procedure) -> bool:
        """Whether some clock runs, is not late, and may be paused on some ground."""
        clocks = [clock for clock in case.clocks.values() if clock.state == "running" and not clock.red]
        return any(procedure.clocks[clock.rule or clock.id].pauses for clock in clocks)
