"""The procedure language: stages, holders, clocks, ladders, actions and separations, as data.

A file under `procedures/` is read into `Procedure`, its defaults written out, and pinned by the hash of the result.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from domain.form import FormField
from domain.hat import Post
from domain.limit import Limit, Roll, Unit
from domain.misfit import told

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


def _post(text: Any) -> Any:
    if isinstance(text, str):
        Post.parse(text)
    return text


PostText = Annotated[str, BeforeValidator(_post)]
Condition = dict[str, list[str | bool | int | None]]


def meets(condition: Condition, facts: Mapping[str, Any]) -> bool:
    """Whether every field that `condition` names has one of the values it allows (None: not given)."""
    return all(facts.get(name) in allowed for name, allowed in condition.items())


class Part(BaseModel):
    """A part of a procedure file: unknown keys are errors, so that a misspelt limit is never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Stage(Part):
    """Where a case can be: who holds it and which clocks run there."""

    title: str
    holder: PostText | None = None
    clocks: list[Id] = []
    closed: bool = False


class Branch(Part):
    """Where an action leads when the case's fields meet `when`; the first that fits is taken."""

    stage: Id
    when: Condition = {}


def _branches(to: Any) -> Any:
    return [{"stage": to}] if isinstance(to, str) else to


class Action(Part):
    """What may be done: from which stages, by whom, with which form, where it leads (`to` left out: nowhere)."""

    title: str
    from_: list[Id] = Field(alias="from", min_length=1)
    to: Annotated[list[Branch], BeforeValidator(_branches)] = []
    by: list[PostText] = Field(min_length=1)
    form: list[FormField] = []
    reason: bool = False
    within: Id | None = None  # only while this window is open
    limits: dict[Id, Limit] = {}  # overrides of clocks that this action starts
    reveals_reporter: bool = False  # whoever has taken it may read who reported, while the case stays there

    @cached_property
    def shown_form(self) -> list[dict[str, Any]]:
        """The form as the API shows it, made once."""
        return [field.shown for field in self.form]


class Share(Part):
    """A part of the time from start to due: numerator and denominator, from nothing to all of it."""

    share: tuple[int, int]

    @field_validator("share")
    @classmethod
    def _a_part(cls, share: tuple[int, int]) -> tuple[int, int]:
        if not 0 <= share[0] <= share[1] or share[1] == 0:
            raise ValueError(f"{share[0]}/{share[1]} 不是时限的一部分")
        return share


class Before(Part):
    """So much before the due date."""

    before: Limit


class Cards(Part):
    """When to warn (the internal due) and to show yellow; red is always the first late instant. None: never."""

    warning: Share | None = Share(share=(4, 5))
    yellow: Share | Before | None = None


class ClockVariant(Part):
    """Other terms of a clock for cases that meet `when`; the first that fits is taken."""

    when: Condition
    limit: Limit | None = None
    ladder: Id | None = None
    authority: str | None = None


class ClockRule(Part):
    """A clock: its limit, the rule behind it, its cards and its ladder. A window lapses instead of turning red."""

    title: str
    limit: Limit
    authority: str = Field(min_length=1)
    roll: Roll = Roll.NONE
    ladder: Id | None = None
    window: bool = False
    cards: Cards | None = None
    variants: list[ClockVariant] = []

    def terms(self, facts: Mapping[str, Any]) -> "ClockRule":
        """This clock as it stands for a case with these fields."""
        for variant in self.variants:
            if meets(variant.when, facts):
                given = variant.model_dump(include={"limit", "ladder", "authority"}, exclude_none=True)
                return self.model_copy(update={**given, "limit": variant.limit or self.limit})
        return self

    def cards_for(self, limit: Limit) -> Cards:
        """The cards for `limit`. Default: yellow one working day before due, for limits up to a day at 75 %."""
        if self.cards is not None:
            return self.cards
        return Cards(yellow=Share(share=(3, 4)) if limit.short else Before(before=Limit(1, Unit.WORKING_DAY)))


class LadderRung(Part):
    """Who is told so much after the due date; `when` leaves a rung out for cases that do not meet it."""

    to: PostText
    after: Limit
    when: Condition = {}


class Separation(Part):
    """Groups of actions; no person may act in two of them."""

    title: str
    groups: list[list[Id]] = Field(min_length=2)


class Closing(Part):
    """What closing needs: each of `acts` taken after the last of `after`, and evidence with each of `after`."""

    after: list[Id] = []
    acts: list[Id] = []
    evidence: bool = False


class Intake(Part):
    """How a case is opened: the stage it starts in, who may open it, and the form."""

    title: str
    stage: Id
    by: list[PostText] = Field(min_length=1)
    form: list[FormField] = []


class Procedure(Part):
    """One procedure, whole. `version` is the county's own count; identity is the hash."""

    format: Literal[1]
    id: Id
    version: int = Field(ge=1)
    title: str
    prefix: str = Field(pattern=r"^[A-Z]{2,4}$")
    intake: Intake
    stages: dict[Id, Stage]
    actions: dict[Id, Action]
    clocks: dict[Id, ClockRule]
    ladders: dict[Id, list[LadderRung]] = {}
    separation: list[Separation] = []
    closing: Closing = Closing()

    @cached_property
    def canonical(self) -> bytes:
        """The resolved procedure, defaults written out, as sorted JSON: what is stored and pinned."""
        return json.dumps(
            self.model_dump(mode="json", by_alias=True), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode()

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
        raise ProcedureFault(told(error.errors(), "（整个文件）")) from None
