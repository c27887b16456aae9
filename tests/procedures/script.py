"""Scripts of lives: what people do to a case and when, told once and played wherever cases live."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from domain.rules.refusal import Refusal
from tests.domain.scene import GRID_WORKER, VILLAGE, Life, procedure, when

NONE: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Step:
    """One action. `refused`: the refusal expected. `person`: by default one who wears only this hat."""

    action: str
    hat: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    person: str | None = None
    refused: str | None = None


@dataclass(frozen=True)
class Wait:
    """So much time passes, and everything due in it happens. Or until an instant in Shanghai, `2026-11-23 09:30`."""

    days: float = 0
    hours: float = 0
    until: str | None = None


@dataclass(frozen=True)
class Script:
    """A life from its opening. `stage`: where it must end; `events`: names of events that must have happened."""

    procedure: str
    fields: Mapping[str, Any]
    steps: tuple[Step | Wait, ...]
    stage: str
    events: tuple[str, ...] = ()
    at: str = "2026-03-02 09:00"  # a Monday of an ordinary week
    hat: str = GRID_WORKER
    division: str = VILLAGE
    title: str = "样例事项"


def live(script: Script) -> Life:
    """The life in memory, with every expectation of the script held."""
    one = Life(procedure(script.procedure), when(script.at))
    opened = one.open(script.fields, script.hat, script.division, title=script.title)
    assert not isinstance(opened, Refusal), opened
    for place, step in enumerate(script.steps):
        if isinstance(step, Wait):
            one.expire(when(step.until) if step.until else one.at + timedelta(days=step.days, hours=step.hours))
            continue
        more = {"reason": step.reason} if step.reason else {}
        decided = one.act(step.action, step.hat, step.fields, step.person, **more)
        code = decided.code if isinstance(decided, Refusal) else None
        assert code == step.refused, (place, step.action, one.now.stage, decided)
    assert one.now.stage == script.stage, one.now.stage
    happened = {type(fact.event).__name__ for fact in one.facts}
    assert set(script.events) <= happened, set(script.events) - happened
    return one
