"""A petition in memory whose documents know names, and beside which others about the same matter may stand."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from domain.case.acting import act
from domain.case.command import Act
from domain.case.context import Rival
from domain.case.event import Document, Event
from domain.clocks.clock import Clock
from domain.days.instant import local
from domain.rules.refusal import Refusal
from tests.domain.scene import COUNTY, COUNTY_UNIT, TOWNSHIP, TOWNSHIP_UNIT, VILLAGE, Life, context, procedure, when
from tests.procedures.petition import CLAIM
from tests.procedures.script import Step

NAMES = {
    VILLAGE: "某村", TOWNSHIP: "某乡", COUNTY: "某县信访局", TOWNSHIP_UNIT: "某乡自然资源所",
    COUNTY_UNIT: "县自然资源局",
}  # fmt: skip


@dataclass
class Petition(Life):
    """A petition whose documents know names; `rivals`: other petitions about the same matter."""

    rivals: tuple[Rival, ...] = ()

    @property
    def papers(self) -> list[Document]:
        """What was issued after the receipt."""
        return super().papers[1:]

    def act(
        self, action: str, hat: str, fields: Mapping[str, Any] = {}, person: str | None = None, **more: Any
    ) -> tuple[Event, ...] | Refusal:
        given = replace(context(self.rules, hat, person), rivals=self.rivals)
        given = replace(given, names={**NAMES, given.actor.person: "经办人"})
        return self._take(act(self.now, Act(action, fields, **more), given, self.at), given.actor)

    def take(self, step: Step, at: str | None = None, **changes: Any) -> None:
        """The step, which must succeed, at a time of Shanghai. `changes` go over its fields and its hat."""
        if at:
            self.expire(when(at))
        hat, reason = changes.pop("hat", step.hat), changes.pop("reason", step.reason)
        more = {"reason": reason} if reason else {}
        done = self.act(step.action, hat, {**step.fields, **changes}, step.person, **more)
        assert not isinstance(done, Refusal), (step.action, done)

    def last_day(self, clock: str) -> str:
        return last_day(self.now.clocks[clock])


def last_day(clock: Clock) -> str:
    """A due date is the first late instant: midnight after the last day."""
    assert local(clock.due_at).strftime("%H:%M") == "00:00"
    return (local(clock.due_at) - timedelta(days=1)).date().isoformat()


def petition(at: str, rivals: tuple[Rival, ...] = (), **fields: Any) -> Petition:
    one = Petition(procedure("petition"), when(at), rivals=rivals)
    opened = one.open(CLAIM | fields, title="宅基地边界纠纷")
    assert not isinstance(opened, Refusal), opened
    return one
