"""Procedures: the rules of one kind of case, as data.

A file under `procedures/` is read into `Procedure`, its defaults and the shared verbs written out, and pinned by the
hash of the result.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from domain.canonical import canonical
from domain.days.limit import Limit
from domain.format import PREFIX
from domain.misreading import listed
from domain.rules.form import FieldType, FormField
from domain.rules.reward import Table
from domain.rules.rule import (
    ClockRule,
    Closing,
    Computing,
    Condition,
    Counting,
    DocumentTemplate,
    Hands,
    Id,
    LadderRung,
    Part,
    PostText,
    RepeatedRule,
    Requirement,
    Separation,
    Settling,
    Spawning,
)
from domain.rules.vote import FORM, VoteRule

INTAKE = "intake"  # how opening a case is called among actions


OF_THE_CASE = {FieldType.ITEM, FieldType.CLOCK}  # what is chosen from the case itself


class Stage(Part):
    """Where a case can be: who holds it and which clocks run there.

    `clocks` start on arrival unless they run; `continues` go on if they run, and are not started. `sealed`: only these
    posts may look at a case while it is here (`opener`: whoever brought it, at how far it is); `public`: every resident
    of the place may, at what is not personal. `for_now`: sealed until it is known what it is, and may be opened then.
    """

    title: str
    holder: PostText | None = None
    clocks: list[Id] = []
    continues: list[Id] = []
    closed: bool = False
    sealed: list[PostText] = []
    for_now: bool = False
    public: bool = False

    later = frozenset({"for_now"})


class Branch(Part):
    """Where an action leads when the case's fields meet `when`; the first that fits is taken."""

    stage: Id
    when: Condition = {}


def _branches(to: Any) -> Any:
    return [{"stage": to}] if isinstance(to, str) else to


Branches = Annotated[list[Branch], BeforeValidator(_branches)]


class Action(Part):
    """What may be done: from which stages, by whom, with which form, where it leads (`to` left out: nowhere).

    `within`: only while this window is open; `after`: only once it has lapsed. `times`: at most so often in a case.
    `starts`, `stops`: clocks that it starts and stops by itself; `since`: the form's instant from which a clock that it
    starts is counted. `opens`, `settles`: kinds of items. `releases`: the unit no longer has the case; `returns`: the
    case can be resubmitted straight back. `failure`: counts as a failed closure. `issues`: documents it makes.
    `unseals`: it ends a seal that was only for a time.
    """

    title: str
    from_: list[Id] = Field(alias="from", min_length=1)
    to: Branches = []
    by: list[PostText] = Field(min_length=1)
    form: list[FormField] = []
    reason: bool = False
    within: Id | None = None
    after: Id | None = None
    times: int | None = None
    requires: list[Requirement] = []
    limits: dict[Id, Limit] = {}  # overrides of clocks that this action starts
    since: dict[Id, Id] = {}
    starts: list[Id] = []
    stops: list[Id] = []
    opens: Id | None = None
    settles: Settling | None = None
    releases: bool = False
    returns: bool = False
    effect: Id | None = None  # the shared verb whose class decides what it brings
    spawns: Spawning | None = None  # what the effect `spawn` opens; left out, the form itself says it
    counts: list[Counting] = []
    computes: Computing | None = None
    issues: list[Id] = []
    failure: bool = False
    unfinished: bool = False  # it closes the case without what closing needs: withdrawn, merged, not accepted
    verb: bool = False  # one of the shared verbs
    reveals_reporter: bool = False  # whoever has taken it may read who reported, while the case stays there
    unseals: bool = False
    not_before: list[Id] = []  # the day that the first of these fields to be said names must have come
    settled: list[Id] = []  # kinds of items of which none may be open
    hands: Hands | None = None

    later = frozenset({"spawns", "unseals", "not_before", "settled", "hands"})

    def child(self, fields: Mapping[str, Any]) -> Any:
        """The procedure of the child case that it opens, as the form says; None when it opens none."""
        if self.effect != "spawn":
            return None
        named = self.spawns.by_field if self.spawns else "procedure"
        return fields.get(named) if named else self.spawns and self.spawns.procedure

    @cached_property
    def asked(self) -> tuple[FormField, ...]:
        """The whole form: what a gate must count comes first."""
        return (*(FORM if self.counts else ()), *self.form)

    @cached_property
    def shown_form(self) -> list[dict[str, Any]] | None:
        """The form as the API shows it, made once; None where it depends on the case."""
        if any(field.type in OF_THE_CASE for field in self.asked):
            return None
        return [field.shown for field in self.asked]


class ItemKind(Part):
    """A kind of item. `to`: the post that answers (`person`: whom the form names); `clock`: its own.

    `blocks`: no closing over an open one; `binding`: no giving up over it either. `passing`: it ends when the case goes
    elsewhere; `apart`: who opened it may not settle it. `states`: how it can end, with titles. `each`: how many open
    ones anybody but the holder may have.
    """

    title: str
    to: list[PostText] = []
    clock: Id | None = None
    blocks: bool = True
    passing: bool = False
    apart: bool = False
    binding: bool = False
    each: int | None = None
    states: dict[Id, str] = Field(min_length=1)

    later = frozenset({"each"})


class Intake(Part):
    """How a case is opened: the stage it starts in, who may open it, and the form.

    `transfers`: matters of another system are taken over here, with the times that they had there.
    """

    title: str
    stage: Branches
    by: list[PostText] = Field(min_length=1)
    form: list[FormField] = []
    issues: list[Id] = []
    transfers: bool = False

    later = frozenset({"transfers"})


class Procedure(Part):
    """One procedure, whole. `version` is the county's own count; identity is the hash.

    `identity`: the fields that together say which matter a case is about, for finding earlier cases about the same.
    `claim_code`: whoever brings a case gets a code, shown once and kept as a digest, by which he or she is known later
    without a name. `final_outcomes`: the outcomes after which that matter is not taken up again.
    """

    format: Literal[1]
    id: Id
    version: int = Field(ge=1)
    title: str
    prefix: str = Field(pattern=PREFIX)
    intake: Intake
    stages: dict[Id, Stage]
    actions: dict[Id, Action]
    clocks: dict[Id, ClockRule]
    ladders: dict[Id, list[LadderRung]] = {}
    separation: list[Separation] = []
    closing: Closing = Closing()
    items: dict[Id, ItemKind] = {}
    gates: dict[Id, VoteRule] = {}
    rewards: dict[Id, Table] = {}
    documents: dict[Id, DocumentTemplate] = {}
    identity: list[Id] = []
    claim_code: bool = False
    final_outcomes: list[str] = []
    repeated: RepeatedRule | None = None

    def act_title(self, name: str) -> str:
        """What an action, or opening a case, is called."""
        return self.intake.title if name == INTAKE else self.actions[name].title

    @cached_property
    def posts(self) -> frozenset[str]:
        """Every post that may do something."""
        return frozenset(post for action in self.actions.values() for post in action.by)

    @cached_property
    def fields(self) -> Mapping[str, FormField]:
        """Every field of every form, by name; of several the last."""
        forms = [self.intake.form, *(action.asked for action in self.actions.values())]
        return {field.name: field for form in forms for field in form}

    @cached_property
    def actions_at(self) -> Mapping[str, Sequence[tuple[str, Action]]]:
        """Stage → its actions, the procedure's own before the shared verbs."""
        ordered = sorted(self.actions.items(), key=lambda each: each[1].verb)
        return {stage: [each for each in ordered if stage in each[1].from_] for stage in self.stages}

    @cached_property
    def governing(self) -> frozenset[str]:
        """The fields on which something has been decided: conditions, gates, sums and the identity of the matter."""
        conditions = [
            *(branch.when for branch in self.intake.stage),
            *(branch.when for action in self.actions.values() for branch in action.to),
            *(each.when for action in self.actions.values() for each in action.requires),
            *(each.unless or {} for action in self.actions.values() for each in action.requires),
            *(counting.when for action in self.actions.values() for counting in action.counts),
            *(clock.when for clock in self.clocks.values()),
            *(variant.when for clock in self.clocks.values() for variant in clock.variants),
            *(rung.when for rungs in self.ladders.values() for rung in rungs),
        ]
        until = {clock.until for clock in self.clocks.values() if clock.until}
        named = {name for condition in conditions for name in condition}
        counted = {field.name for action in self.actions.values() if action.counts for field in FORM}
        summed = {table.fine for table in self.rewards.values()}
        return frozenset(named | until | counted | summed | set(self.identity) | {"unit", "served_at"})

    def names_in(self, documents: Iterable[str]) -> bool:
        """Whether any of these documents speaks of somebody or somewhere by name (`${unit_name}`)."""
        return any("_name}" in self.documents[each].text for each in documents)

    @cached_property
    def canonical(self) -> bytes:
        """The resolved procedure, defaults written out, as sorted JSON: what is stored and pinned."""
        return canonical(self.model_dump(mode="json", by_alias=True)).encode()

    @cached_property
    def sha256(self) -> str:
        """The identity of this procedure (hex)."""
        return hashlib.sha256(self.canonical).hexdigest()


class ProcedureFault(Exception):
    """A procedure file that cannot be used; the message names the place and the fault, in Chinese."""


def read(document: Any) -> Procedure:
    """The procedure in a parsed file. Raises ProcedureFault naming each faulty place."""
    try:
        return Procedure.model_validate(document)
    except ValidationError as error:
        raise ProcedureFault("\n".join(listed(error.errors(), document))) from None
