"""What deciding needs besides the case: the rules, who acts, and what the registers and other cases say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.clocks.clock import HandlingUnit
from domain.clocks.schedule import Setting
from domain.days.calendar import Calendar
from domain.days.instant import Instant
from domain.rules.form import Known
from domain.rules.hat import Actor
from domain.rules.procedure import Procedure


@dataclass(frozen=True, slots=True)
class Place:
    """A division with its ancestors: level → code, from the division itself up to the county."""

    code: str
    level: str
    lineage: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Duties:
    """The matters on a township's lists. `listed`: of its duties and tasks, None where no such list is loaded;
    `barred`: what may not be asked of it.
    """

    listed: frozenset[str] | None = None
    barred: frozenset[str] = frozenset()

    def cover(self, matter: str) -> bool | None:
        """Whether a matter is the township's to handle; None: no list says anything about it."""
        if matter in self.barred:
            return False
        return None if self.listed is None else matter in self.listed


@dataclass(frozen=True, slots=True)
class Other:
    """Another case that a form names, as it stood when this was read."""

    case_id: str
    number: str
    title: str
    closed: bool
    sealed: bool = False
    procedure: str = ""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another case of the same procedure about the same matter. `outcome`: how it ended, if its form says."""

    case_id: str
    number: str
    closed: bool
    received_at: Instant
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What deciding needs besides the case. `home`: the division of the actor's scope.

    `others`: cases that the actor may see, by what the form calls them. `names`: for documents, id → name. `child`: the
    procedure under which a spawned case would be opened, in one of `places`. `unit_homes`: unit → its division.
    `former`: what a case has run under that is to go on under `procedure`. `duties`: of the townships whose units a
    form names, by unit.
    """

    procedure: Procedure
    calendar: Calendar
    actor: Actor
    home: str
    known: Known
    units: Mapping[str, HandlingUnit] = field(default_factory=dict)
    place: Place | None = None
    case_id: str = ""
    others: Mapping[str, Other] = field(default_factory=dict)
    rivals: Sequence[Rival] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    child: Procedure | None = None
    unit_homes: Mapping[str, str] = field(default_factory=dict)
    former: Procedure | None = None
    duties: Mapping[str, Duties] = field(default_factory=dict)

    def setting(self, lineage: Mapping[str, str]) -> Setting:
        """What clocks of a case there are counted by."""
        return Setting(self.procedure, self.calendar, lineage)
