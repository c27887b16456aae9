"""A case that lives in memory: procedures, places and people for tests of the domain."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from calendars import load
from domain.case.acting import act
from domain.case.command import Act, Open, Rebind, Tell
from domain.case.context import Context, Place
from domain.case.event import ActionTaken, CaseOpened, Document, Event
from domain.case.expiry import Firing, expire
from domain.case.fold import evolve
from domain.case.inbox import hear, rederived
from domain.case.opening import numbered, open_case
from domain.case.rule_change import rebound
from domain.case.state import Case, Fact
from domain.clocks.clock import HandlingUnit
from domain.days.calendar import Calendar, YearDocument
from domain.days.instant import SHANGHAI, Instant
from domain.rules.form import Known
from domain.rules.hat import Actor, Hat
from domain.rules.procedure import Procedure, read
from domain.rules.refusal import Refusal
from domain.rules.verbs import resolved
from procedures import shared

ROOT = Path(__file__).parents[2]

VILLAGE, TOWNSHIP, COUNTY = "141025101200", "141025101000", "141025000000"
OTHER_TOWNSHIP = "141025102000"
TOWNSHIP_UNIT, COUNTY_UNIT = "U-141025101-01", "U-141025-01"
OTHER_UNITS = ("U-141025101-02", "U-141025101-03")  # of the same township
CLAIM_CODE = "0A1B2C3D4E"
PHOTO, UNKNOWN_PHOTO = "a" * 64, "b" * 64

PLACES = {
    VILLAGE: Place(VILLAGE, "village", {"village": VILLAGE, "township": TOWNSHIP, "county": COUNTY}),
    TOWNSHIP: Place(TOWNSHIP, "township", {"township": TOWNSHIP, "county": COUNTY}),
    COUNTY: Place(COUNTY, "county", {"county": COUNTY}),
}
UNITS = {unit: HandlingUnit(unit, "township") for unit in (TOWNSHIP_UNIT, *OTHER_UNITS)}
UNITS[COUNTY_UNIT] = HandlingUnit(COUNTY_UNIT, "county")
HOMES = {unit: TOWNSHIP if each.level == "township" else COUNTY for unit, each in UNITS.items()}
KNOWN = Known(frozenset(UNITS), frozenset({"P-0001"}), frozenset({PHOTO}))

HAZARD = {"kind": "safety", "place": "村口", "description": "路面塌陷"}
# The hats of the main line: who does it, and a different person for each.
GRID_WORKER = f"grid_worker@{VILLAGE}"
DISPATCHER = f"dispatcher@{TOWNSHIP}"
HANDLER = f"handler@{TOWNSHIP_UNIT}"
APPROVER = f"approver@{TOWNSHIP}"
CALLER = f"caller@{TOWNSHIP}"

MAIN_LINE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("triage", DISPATCHER, {"grade": "general"}),
    ("dispatch", DISPATCHER, {"unit": TOWNSHIP_UNIT}),
    ("sign", HANDLER, {}),
    ("progress", HANDLER, {"progress": "已设围挡"}),
    ("submit", HANDLER, {"result": "已填平", "evidence": [PHOTO]}),
    ("approve", APPROVER, {"approval_opinion": "属实"}),
    ("follow_up", CALLER, {"satisfaction": "satisfied", "follow_up_note": "满意"}),
    ("close", DISPATCHER, {}),
)


def when(text: str) -> Instant:
    """`2026-11-23 09:30` on the clocks of Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@cache
def document(procedure_id: str) -> str:
    """The text of a procedure file."""
    return (ROOT / f"procedures/{procedure_id}.yaml").read_text(encoding="utf-8")


@cache
def procedure(procedure_id: str) -> Procedure:
    """A procedure of the house."""
    return read(whole(yaml.safe_load(document(procedure_id))))


def whole(parsed: Any) -> Any:
    """A procedure file with the shared verbs written out."""
    return resolved(parsed, shared())


@cache
def stricter() -> Procedure:
    """The hazard as a county might change it: triage in 20 hours and not 24, and a rung more on two ladders."""
    changed = yaml.safe_load(document("hazard"))
    changed["version"] += 1
    changed["clocks"]["triage"]["limit"]["n"] = 20
    for ladder in ("unit", "township"):
        changed["ladders"][ladder].append({"to": "head@county", "after": {"n": 5, "unit": "working_day"}})
    return read(whole(changed))


@cache
def calendar() -> Calendar:
    """The calendars of the house."""
    return load()


# The calendar of a year that is made up: 2027 with a holiday in January, for what is provisional until it comes.
NEXT_YEAR = {
    "year": 2027,
    "version": 1,
    "source": "测试用，编写",
    "off": [{"from": "2027-01-01", "to": "2027-01-03", "name": "元旦"}],
    "work": [],
}


def wider() -> Calendar:
    """The calendars of the house and one year more."""
    return Calendar([*calendar().documents, YearDocument.model_validate(NEXT_YEAR)])


def context(procedure: Procedure, hat: str, person: str | None = None, division: str | None = None) -> Context:
    """What deciding needs. `person`: by default one who wears this hat only."""
    worn = Hat.parse(hat)
    return Context(
        procedure=procedure,
        calendar=calendar(),
        actor=Actor(person or hat, worn),
        home=HOMES.get(worn.scope, worn.scope),
        known=KNOWN,
        units=UNITS,
        place=PLACES.get(division or ""),
    )


@dataclass
class Life:
    """One case. Commands are given at times that the test chooses; `facts` is everything that happened."""

    rules: Procedure
    at: Instant
    case: Case | None = None
    facts: list[Fact] = field(default_factory=list)

    @property
    def now(self) -> Case:
        assert self.case is not None
        return self.case

    @property
    def papers(self) -> list[Document]:
        """Every document issued so far."""
        said = [fact.event for fact in self.facts]
        return [paper for event in said if isinstance(event, CaseOpened | ActionTaken) for paper in event.papers]

    def record(self, event: Event, actor: Actor, occurred_at: Instant) -> None:
        fact = Fact(len(self.facts) + 1, event, occurred_at, self.at, actor)
        self.facts.append(fact)
        self.case = evolve(self.case, fact)

    def open(
        self, fields: Mapping[str, Any] = HAZARD, hat: str = GRID_WORKER, division: str = VILLAGE, **more: Any
    ) -> tuple[Event, ...] | Refusal:
        command = Open(self.rules.id, division, more.pop("title", "路边大坑"), fields, **more)
        given = context(self.rules, hat, division=division)
        decided = open_case(command, given, self.at)
        if not isinstance(decided, Refusal):
            assert isinstance(decided[0], CaseOpened)
            code = CLAIM_CODE if self.rules.claim_code else None
            decided = (numbered(decided[0], given, self.at, "YH-2026-000001", code), *decided[1:])
        return self._take(decided, given.actor)

    def act(
        self, action: str, hat: str, fields: Mapping[str, Any] = {}, person: str | None = None, **more: Any
    ) -> tuple[Event, ...] | Refusal:
        given = context(self.rules, hat, person)
        known = self.rules.actions.get(action)
        name = known.child(fields) if known else None
        if name and (ROOT / f"procedures/{name}.yaml").exists():
            given = replace(given, child=procedure(name), places=PLACES)
        return self._take(act(self.now, Act(action, fields, **more), given, self.at), given.actor)

    def hear(self, news: Tell) -> tuple[Event, ...] | Refusal:
        """What another case says to this one."""
        given = context(self.rules, f"dispatcher@{COUNTY}")
        return self._take(hear(self.now, news, given, self.at), Actor("bihuan", Hat("clock", COUNTY)))

    def rederive(self, calendar: Calendar) -> tuple[Event, ...] | Refusal:
        """A new calendar comes into force."""
        given = replace(context(self.rules, f"dispatcher@{COUNTY}"), calendar=calendar)
        return self._take(rederived(self.now, given, self.at), Actor("bihuan", Hat("clock", COUNTY)))

    def rebind(self, rules: Procedure, stages: Mapping[str, str] = {}) -> tuple[Event, ...] | Refusal:
        """The case goes on under other rules, if it can."""
        given = replace(context(rules, f"administrator@{COUNTY}"), former=self.rules)
        decided = self._take(rebound(self.now, Rebind(rules.sha256, "P-0001", stages), given, self.at), given.actor)
        if not isinstance(decided, Refusal):
            self.rules = rules
        return decided

    def wait(self, **duration: float) -> tuple[Firing, ...]:
        """Let so much time pass, and everything due in it happen."""
        return self.expire(self.at + timedelta(**duration))

    def expire(self, at: Instant) -> tuple[Firing, ...]:
        self.at = at
        everything: tuple[Firing, ...] = ()
        while firings := expire(self.now, at):
            everything += firings
            for firing in firings:
                self.record(firing.event, Actor("bihuan", Hat("clock", COUNTY)), firing.due_at)
        return everything

    def lead(self, until: str, start: str | None = None) -> None:
        """The main line up to and including `until`; `start` leaves out what was done before."""
        names = [name for name, _, _ in MAIN_LINE]
        first = names.index(start) if start else 0
        for name, hat, fields in MAIN_LINE[first : names.index(until) + 1]:
            done = self.act(name, hat, fields)
            assert not isinstance(done, Refusal), (name, done)

    def _take(self, decided: tuple[Event, ...] | Refusal, actor: Actor) -> tuple[Event, ...] | Refusal:
        if not isinstance(decided, Refusal):
            for event in decided:
                self.record(event, actor, self.at)
        return decided


def life(procedure_id: str = "hazard", at: str = "2026-11-23 09:00", fields: Mapping[str, Any] | None = None) -> Life:
    """A case just opened. Monday 2026-11-23 is followed by four working days."""
    new = Life(procedure(procedure_id), when(at))
    intake = HAZARD if procedure_id == "hazard" else {}
    decided = new.open({**intake, **(fields or {})})
    assert not isinstance(decided, Refusal), decided
    return new


def taken(decided: tuple[Event, ...] | Refusal) -> ActionTaken:
    """The one event of an action; fails when it was refused."""
    assert isinstance(decided, tuple), decided
    (event,) = decided
    assert isinstance(event, ActionTaken)
    return event


def code(decided: object) -> str:
    """The code of a refusal; fails when it is none."""
    assert isinstance(decided, Refusal), decided
    return decided.code
