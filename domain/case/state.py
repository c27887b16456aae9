"""The state of a case: what its events come to."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from domain.case.event import Event, ProcedureRef, Repeated
from domain.case.item import Item
from domain.clocks.clock import Clock, HandlingUnit, Rung
from domain.days.instant import Instant
from domain.rules.hat import Actor
from domain.rules.vote import Tally

# The version of the fold. Any change to `evolve` or `Case` must raise it: stored states are then folded again
# from events (tests/domain/case/test_fold.py compares the fold of golden histories and forces the bump).
FOLD = 10
HOLD = "hold"  # the clock that ends a pause by itself


@dataclass(frozen=True, slots=True)
class Fact:
    """An event with its place: version in the case, times, and who acted under which hat."""

    version: int
    event: Event
    occurred_at: Instant
    recorded_at: Instant
    actor: Actor
    received_at: Instant | None = None  # None: when it was recorded


@dataclass(frozen=True, slots=True)
class Doing:
    """Who has taken an action (persons, for the separation of duties), when it was last taken (version), how often."""

    persons: tuple[str, ...]
    version: int
    times: int = 1


@dataclass(frozen=True, slots=True)
class LeftStage:
    """Where a case stood before it was sent back: the stage and the unit that had it."""

    stage: str
    unit: HandlingUnit | None


@dataclass(frozen=True)  # without slots: `changed` copies its dictionary, the hottest step of every fold
class Case:
    """Everything that deciding about a case needs, and nothing that needs a rule to be understood."""

    number: str
    procedure: ProcedureRef
    title: str
    division: str
    lineage: dict[str, str]
    stage: str
    stage_title: str
    holder: str | None
    level: str | None
    closed: bool
    version: int
    opened_at: Instant
    occurred_at: Instant
    recorded_at: Instant
    opened_by: str = ""
    opened_as: str = ""  # under which hat
    has_reporter: bool = False
    unit: HandlingUnit | None = None
    units: tuple[str, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)
    done: dict[str, Doing] = field(default_factory=dict)
    clocks: dict[str, Clock] = field(default_factory=dict)
    cards: dict[str, int] = field(default_factory=dict)
    escalations: int = 0
    reopened: int = 0
    received_at: Instant | None = None  # None: at opening
    parent: str | None = None
    matter: str | None = None
    code: str | None = None
    merged_into: str | None = None
    items: dict[str, Item] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)
    recused: tuple[str, ...] = ()
    recused_names: tuple[str, ...] = ()  # of people who are not on register
    left: LeftStage | None = None
    had_by: tuple[str, ...] = ()  # the units that have had it, hop by hop; the first one received it first
    failures: int = 0
    papers: tuple[str, ...] = ()  # the documents issued, by id
    said: dict[str, str] = field(default_factory=dict)  # field → the person who said it
    arrived_at: Instant | None = None  # when it came to its stage; None: at opening
    sealed: tuple[str, ...] = ()
    public: bool = False
    repeated: Repeated | None = None
    notified: tuple[str, ...] = ()

    @property
    def facts(self) -> dict[str, Any]:
        """What conditions in a procedure may speak of: the form fields, and what the engine knows of the case."""
        returns = [item for item in self.items.values() if item.kind == "return"]
        return {
            **self.fields,
            **{f"done_{name}": True for name in self.done},
            "extended": any(clock.extensions for clock in self.clocks.values() if clock.state != "met"),
            "signatures": signatures(self),
            **{f"gate_{name}": tally.result for name, tally in self.tallies.items()},
            "unit": self.unit.id if self.unit else None,
            "unit_level": self.unit.level if self.unit else None,
            "returns": sum(item.state == "accepted" for item in returns),
            "unit_returned": any(self.unit and item.from_unit == self.unit.id for item in returns),
            "returned": self.left is not None,
            "hops": len(self.had_by),
            "has_reporter": self.has_reporter,
        }

    @property
    def came_at(self) -> Instant:
        """When it came to its stage."""
        return self.arrived_at or self.opened_at

    @property
    def held(self) -> Clock | None:
        """The clock that will end a pause, while one lasts."""
        hold = self.clocks.get(HOLD)
        return hold if hold and hold.state == "running" else None

    @property
    def wake_at(self) -> Instant | None:
        """When something next happens by itself; None when nothing will."""
        return min((rung.at for clock in self.clocks.values() for rung in pending(clock)), default=None)

    @property
    def due_at(self) -> Instant | None:
        """The earliest due date of the running clocks that are duties (windows are not)."""
        running = [c.due_at for c in self.clocks.values() if c.state == "running" and not c.window]
        return min(running, default=None)


def signatures(case: Case) -> str | None:
    """How the last signing came out: passed, failed, or open; None when there was none."""
    asked = [item for item in case.items.values() if item.group is not None]
    last = [item for item in asked if item.group == max(item.group or 0 for item in asked)]
    if not last:
        return None
    mode, units = last[0].data["mode"], len(last[0].data["units"])
    agreed = sum(item.state == "agreed" for item in last)
    needed = {"any": 1, "ratio": -(-units * int(last[0].data.get("percent", 100)) // 100)}.get(mode, units)
    if agreed >= max(1, needed):
        return "passed"
    return "open" if any(item.open for item in last) else "failed"


def pending(clock: Clock) -> tuple[Rung, ...]:
    """What a running clock has still to do, in order."""
    if clock.state != "running":
        return ()
    return tuple(rung for rung in clock.rungs if rung.id not in clock.fired)


STATE: TypeAdapter[Case] = TypeAdapter(Case)


def dump(case: Case) -> bytes:
    """The state as stored beside its FOLD."""
    return STATE.dump_json(case, exclude_defaults=True)


def load(state: bytes | str) -> Case:
    """A stored state of today's FOLD."""
    return STATE.validate_json(state)
