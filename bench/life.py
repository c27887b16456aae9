"""Whole lives of cases in six steps each, as requests to the registrar."""

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bench.register import PEOPLE, PHOTO, UNIT, VILLAGE, person
from domain.case.command import Act, Open
from domain.rules.hat import Actor
from ledger.registrar.registrar import Registrar
from ledger.registrar.request import PoisonedCase, Request, Ruling, callers_id, request_hash

DESCRIPTION = "村口往南约五十米，路面塌出一个大坑，夜间没有照明，已有一辆电动车掉进去，请尽快处理。"


@dataclass(frozen=True, slots=True)
class LifeStep:
    """What whoever fills `post` does: `action` with `fields`."""

    post: str
    action: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Script:
    """A life under one procedure: an opening and five actions."""

    procedure: str
    opening: Mapping[str, Any]
    steps: Sequence[LifeStep]

    def request(self, step: int, case_id: UUID | None) -> Request:
        """The request of step `step` (0 opens), each under a key of its own."""
        post = self.steps[step].post
        actor = Actor(person(post), PEOPLE[post])
        command_id = callers_id(actor.person, os.urandom(12).hex())
        if step == 0:
            command: Open | Act = Open(self.procedure, VILLAGE, "村口路面塌陷", self.opening)
        else:
            command = Act(self.steps[step].action, self.steps[step].fields)
        digest = request_hash("POST", self.steps[step].action, str(actor.hat), str(command))
        return Request(command_id, digest, command, actor, None if step == 0 else case_id)


HAZARD = Script(
    "hazard",
    {"kind": "safety", "place": "北平镇北平村村口", "description": DESCRIPTION},
    [
        LifeStep("reporter", "open"),
        LifeStep("dispatcher", "triage", {"grade": "general", "opinion": "需设警示并尽快回填"}),
        LifeStep("dispatcher", "dispatch", {"unit": UNIT, "instructions": "先设警示，再行回填"}),
        LifeStep("handler", "sign"),
        LifeStep("handler", "progress", {"progress": "已设置警示标志，正在联系施工队伍"}),
        LifeStep("handler", "submit", {"result": "已回填压实并恢复路面", "evidence": PHOTO}),
    ],
)
# The drill's shape: it ends closed, with no window left open behind it.
DRILL = Script(
    "drill",
    {"description": DESCRIPTION},
    [
        LifeStep("reporter", "open"),
        LifeStep("clerk", "dispatch", {"unit": UNIT}),
        LifeStep("handler", "sign"),
        LifeStep("handler", "progress", {"progress": "已设置警示标志，正在联系施工队伍"}),
        LifeStep("handler", "submit", {"result": "已回填压实并恢复路面"}),
        LifeStep("approver", "approve"),
    ],
)
STEPS = len(HAZARD.steps)


def accepted(ruling: Ruling | PoisonedCase) -> UUID:
    """The case of a ruling that went well. Raises RuntimeError: a refusal here would make every figure wrong."""
    if isinstance(ruling, PoisonedCase) or ruling.refused or ruling.case_id is None:
        raise RuntimeError(f"指令未被受理：{ruling}")
    return ruling.case_id


async def live(registrar: Registrar, script: Script = HAZARD) -> UUID:
    """One life, command by command."""
    case_id: UUID | None = None
    for step in range(len(script.steps)):
        case_id = accepted(await registrar.rule(script.request(step, case_id)))
    assert case_id is not None
    return case_id


def lives_together(registrar: Registrar, count: int, script: Script = HAZARD) -> Callable[[], Awaitable[None]]:
    """`count` lives side by side: each step of all of them is one batch."""

    async def together() -> None:
        ids: list[UUID | None] = [None] * count
        for step in range(len(script.steps)):
            rulings = await registrar.rule_many([script.request(step, case_id) for case_id in ids])
            ids = [accepted(ruling) for ruling in rulings]

    return together
