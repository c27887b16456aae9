"""A clock as events and states carry it: its limit and extensions, its pauses, and what it does when (rungs)."""

from dataclasses import dataclass, field

from domain.days.counting import Pause
from domain.days.instant import Instant
from domain.days.limit import Limit


@dataclass(frozen=True, slots=True)
class Rung:
    """What a clock does at `at`: kind warn, card, climb or lapse; `to` (a hat) and `level`: the post it notifies."""

    id: str
    at: Instant
    kind: str
    color: str | None = None
    to: str | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """So many units more, granted at `at`, and the rule that allows it."""

    n: int
    at: Instant
    authority: str


@dataclass(frozen=True, slots=True)
class Clock:
    """A started clock with everything it will do. `version`: the case version whose event started it.

    Its budget is `limit` and `extensions`; the time in `pauses` is not taken from it. `variant` is the place of the
    rule's variant by which it runs; `item` the part of the case whose clock it is, with the `unit` that answers there.
    `until`: the last moment in time, where the form has named it; the time up to it is then the budget.
    """

    id: str
    title: str
    limit: Limit
    roll: str
    authority: str
    started_at: Instant
    due_at: Instant
    internal_due_at: Instant | None
    provisional: bool
    calendar: str
    version: int
    window: bool = False
    state: str = "running"  # running, paused, met, lapsed, dropped
    rungs: tuple[Rung, ...] = ()
    fired: tuple[str, ...] = ()
    extensions: tuple[Extension, ...] = ()
    pauses: tuple[Pause, ...] = ()
    variant: int | None = None
    rule: str | None = None  # the procedure's clock, where it is not called like this one
    item: str | None = None
    unit: str | None = None
    unit_level: str | None = None
    then: "Then | None" = None
    until: Instant | None = None

    @property
    def budget(self) -> Limit:
        """The limit with every extension."""
        return Limit(self.limit.n + sum(each.n for each in self.extensions), self.limit.unit)

    @property
    def red(self) -> bool:
        """Whether its red card has been issued."""
        return "red" in self.fired


@dataclass(frozen=True, slots=True)
class HandlingUnit:
    """A handling unit as dispatched to: its id and the level of its division."""

    id: str
    level: str


@dataclass(frozen=True, slots=True)
class Move:
    """Where a case went: the stage, its holder, the clocks that stopped (by id) and started.

    `released`: no unit has the case any more. `remembers`: where it came from, so that it can go straight back.
    `sealed`: the only hats that may look at it from now on; `public`: every resident of the place may.
    """

    stage: str
    stage_title: str
    holder: str | None
    level: str | None
    closed: bool
    unit: HandlingUnit | None
    stopped: tuple[str, ...] = ()
    started: tuple[Clock, ...] = ()
    released: bool = False
    remembers: bool = False
    sealed: tuple[str, ...] = ()
    public: bool = False


@dataclass(frozen=True, slots=True)
class Then:
    """What happens when a window lapses: `move`, the case goes to a stage with `fields` set; `resumed`: paused clocks
    run on. Computed when the window opens and stored in the clock: expiry reads neither rules nor calendar."""

    move: Move | None = None
    fields: dict[str, str] = field(default_factory=dict)
    resumed: tuple[Clock, ...] = ()
