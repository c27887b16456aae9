"""What the people of the county will do in a year: hazards from opening to wherever they are left, and some agendas.

A plan follows from its seed, so that what must be in the ledger afterwards is known beforehand.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bench.register import PHOTO
from domain.case.command import Act, Open
from domain.rules.hat import Actor, Hat
from ledger.registrar.request import Request, callers_id, case_of, request_hash

KINDS = ("natural_disaster", "environment", "public_health", "safety", "forest_fire", "dispute", "emergency_event")
# What becomes of a hazard, and of how many in a hundred.
FATES = {"prompt": 40, "late": 15, "left": 14, "returned": 8, "rejected": 7, "reopened": 6, "extended": 4, "paused": 3,
         "merged": 3}  # fmt: skip
EMERGENCIES = 0.08
MERGED_AFTER = timedelta(days=15)
AGENDAS_A_MONTH = 8


@dataclass(frozen=True, slots=True)
class PlannedPlace:
    """A village, its township and a unit there."""

    village: str
    township: str
    unit: str

    def hat(self, post: str) -> str:
        """`clerk@village` here."""
        role, _, level = post.partition("@")
        return f"{role}@{getattr(self, level)}"


@dataclass(frozen=True, slots=True)
class PlannedAct:
    """An action so many hours after the one before. `ahead`: fields that name a day so many days later."""

    hours: float
    action: str
    post: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    ahead: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlannedLife:
    """One case: opened at `at` with `opening` (None: by its round, as `case_id`), then one deed after the other."""

    key: str
    fate: str
    at: datetime
    place: PlannedPlace
    deeds: Sequence[PlannedAct]
    opening: Mapping[str, Any] | None
    case_id: UUID

    def request(self, step: int, now: datetime) -> Request:
        """The request of step `step`, 0 being the first of all: always with the same id."""
        if self.opening is not None and step == 0:
            hat = self.place.hat("grid_worker@village")
            command: Open | Act = Open("hazard", self.place.village, f"样例隐患 {self.key}", self.opening)
        else:
            deed = self.deeds[step - (self.opening is not None)]
            hat = self.place.hat(deed.post)
            days = {name: (now + timedelta(days=n)).date().isoformat() for name, n in deed.ahead.items()}
            command = Act(deed.action, {**deed.fields, **days}, deed.reason)
        command_id = callers_id(hat, f"{self.key}/{step}")
        digest = request_hash("YEAR", self.key, str(step), repr(command))
        case_id = None if isinstance(command, Open) else self.case_id
        return Request(command_id, digest, command, Actor(hat, Hat.parse(hat)), case_id)

    @property
    def steps(self) -> int:
        """How many requests it takes."""
        return len(self.deeds) + (self.opening is not None)


def hazards(
    chance: random.Random, places: Sequence[PlannedPlace], count: int, start: datetime, end: datetime
) -> list[PlannedLife]:
    """So many hazards between two instants, in order."""
    moments = sorted(start + (end - start) * chance.random() for _ in range(count))
    fates = chance.choices(list(FATES), list(FATES.values()), k=count)
    left: list[PlannedLife] = []
    lives = []
    for number, (at, fate) in enumerate(zip(moments, fates, strict=True)):
        life = _hazard(chance, f"{number:05}", fate, at, chance.choice(places), left)
        lives.append(life)
        if life.fate == "left":
            left.append(life)
    return lives


def _hazard(
    chance: random.Random, key: str, fate: str, at: datetime, place: PlannedPlace, left: Sequence[PlannedLife]
) -> PlannedLife:
    into = next((one for one in left if one.place.township == place.township and one.at < at - MERGED_AFTER), None)
    if fate == "merged" and into is None:
        fate = "prompt"
    opening: dict[str, Any] = {"kind": chance.choice(KINDS), "place": "样例地点", "description": f"样例情况 {key}"}
    if fate in ("prompt", "late", "left", "rejected") and chance.random() < EMERGENCIES:
        opening["emergency"] = True
    case_id = case_of(callers_id(place.hat("grid_worker@village"), f"{key}/0"))
    merge = [
        PlannedAct(chance.uniform(1, 20), "merge", "dispatcher@township", {"into": str(into.case_id if into else "")})
    ]
    deeds = merge if fate == "merged" else _deeds(chance, fate, place)
    return PlannedLife(key, fate, at, place, deeds, opening, case_id)


def _deeds(chance: random.Random, fate: str, place: PlannedPlace) -> list[PlannedAct]:
    slow = {"late": 12.0}.get(fate, 1.0)

    def after(low: float, high: float) -> float:
        return chance.uniform(low, high) * (slow if chance.random() < 0.5 else 1.0)

    grade = "hard" if fate in ("extended", "paused") else chance.choice(["simple", "general"])
    started = [
        PlannedAct(after(1, 20), "triage", "dispatcher@township", {"grade": grade}),
        PlannedAct(after(1, 10), "dispatch", "dispatcher@township", {"unit": place.unit}),
        *(_returned(after) if fate == "returned" else ()),
        PlannedAct(after(1, 10), "sign", "handler@unit"),
        *(_extended(after) if fate == "extended" else _paused(after) if fate == "paused" else ()),
    ]
    reject = PlannedAct(after(10, 40), "reject", "approver@township", reason="样例：未达标准")
    reopen = PlannedAct(after(48, 140), "reopen", "dispatcher@township", reason="样例：复发")
    submit = PlannedAct(after(20, 60), "submit", "handler@unit", {"result": "已处置", "evidence": [PHOTO]})
    finished = [
        submit,
        *((reject, submit) if fate == "rejected" else ()),
        PlannedAct(after(10, 40), "approve", "approver@township", {"approval_opinion": "属实"}),
        PlannedAct(
            after(10, 40), "follow_up", "caller@township", {"satisfaction": "satisfied", "follow_up_note": "满意"}
        ),
        PlannedAct(after(2, 12), "close", "dispatcher@township"),
    ]
    whole = [*started, *finished, *([reopen, *finished] if fate == "reopened" else ())]
    return whole[: chance.randrange(4)] if fate == "left" else whole


def _returned(after: Any) -> tuple[PlannedAct, ...]:
    ruling = {"item": "return.1", "ruling": "accepted", "ruling_opinion": "同意"}
    return (
        PlannedAct(after(1, 10), "return", "handler@unit", reason="样例：不属我单位职责"),
        PlannedAct(after(1, 10), "rule_return", "dispatcher@township", ruling),
        PlannedAct(after(1, 10), "resubmit", "dispatcher@township", {"supplement": "已核实"}),
    )


def _extended(after: Any) -> tuple[PlannedAct, ...]:
    asked, granted = {"clock": "handle", "units": 5}, {"item": "extension.1", "ruling": "granted"}
    return (
        PlannedAct(after(5, 20), "request_extension", "handler@unit", asked, "样例：备料"),
        PlannedAct(after(1, 5), "rule_extension", "head@township", granted),
    )


def _paused(after: Any) -> tuple[PlannedAct, ...]:
    return (
        PlannedAct(after(5, 20), "pause", "head@township", {"ground": "weather"}, "样例：连日降雨", {"until": 20}),
        PlannedAct(after(48, 90), "resume", "head@township", reason="样例：天晴"),
    )


def agenda(chance: random.Random, key: str, at: datetime, place: PlannedPlace, case_id: UUID) -> PlannedLife:
    """An agenda worked through, from topics to the verified close, or left on the way."""
    clerk = "clerk@village"
    topic = {"topic_kind": "people", "proposer": "样例村民"}
    met = {"members": 40, "present": 20, "in_favour": 20, "opposed": 0, "roll": [PHOTO], "witness": "样例列席人",
           "officers_present": 1}  # fmt: skip
    decided = {
        "item": "topic.1",
        "resolution": "修好",
        "hands_for": 18,
        "hands_against": 2,
        "responsible": "样例责任人",
        "handled_as": "commitment",
    }
    announced = {"agenda_text": "路灯", "research": "可行", "meeting_place": "村委会"}
    deeds = [
        PlannedAct(2, "propose_topic", "grid_worker@village", {"topic_title": "路灯不亮", **topic}),
        PlannedAct(9, "propose_topic", "grid_worker@village", {"topic_title": "修路", **topic}),
        PlannedAct(40, "fix_topics", clerk, {"topics": "路灯、道路"}),
        PlannedAct(24, "announce_agenda", clerk, announced, ahead={"planned_on": 4}),
        PlannedAct(100, "open_meeting", clerk, met),  # three whole days, and what is left of the first
        PlannedAct(1, "decide_topic", clerk, decided),
        PlannedAct(1, "decline_topic", clerk, {"item": "topic.2", "decline_reason": "没有资金"}, "没有资金"),
        PlannedAct(10, "publish_results", clerk, {"results": "路灯月底修好", "photos": [PHOTO]}),
        PlannedAct(200, "implement", clerk),
        PlannedAct(30, "carry_over", clerk, {"item": "child.1"}, "还在办"),  # its case goes on by itself
        PlannedAct(10, "submit", clerk, {"summary": "已落实"}),
        PlannedAct(20, "verify", "committee@village", {"verify_opinion": "属实"}),
    ]
    kept = deeds if chance.random() < 0.7 else deeds[: chance.randrange(1, len(deeds))]
    return PlannedLife(key, "agenda", at, place, kept, None, case_id)
