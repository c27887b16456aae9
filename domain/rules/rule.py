"""Rules that procedures are made of: conditions, clocks with their cards, and ladders."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from domain.days.instant import Instant, day_of, utc
from domain.days.limit import Limit, Roll, TimeUnit
from domain.format import NAME
from domain.rules.hat import Post

Id = Annotated[str, Field(pattern=NAME)]


def _post(text: Any) -> Any:
    if isinstance(text, str):
        Post.parse(text)
    return text


PostText = Annotated[str, BeforeValidator(_post)]
Value = str | bool | int | None
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
Condition = dict[str, list[Value]]


def meets(condition: Condition, facts: Mapping[str, Any]) -> bool:
    """Whether every field that `condition` names has one of the values it allows (None: not given)."""
    return all(facts.get(name) in allowed for name, allowed in condition.items())


class Part(BaseModel):
    """A part of a procedure file: unknown keys are errors, so that a misspelt limit is never ignored.

    `later`: keys that came after hashes had been pinned; they are written only where something is said.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    later: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _pinned(self, dumped: SerializerFunctionWrapHandler) -> dict[str, Any]:
        whole: dict[str, Any] = dumped(self)
        return {name: value for name, value in whole.items() if name not in self.later or value}


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

    warning: Share | Before | None = Share(share=(4, 5))
    yellow: Share | Before | None = None


class ClockVariant(Part):
    """Other terms of a clock for cases that meet `when`; the first that fits is taken."""

    when: Condition
    limit: Limit | None = None
    ladder: Id | None = None
    authority: str | None = None


class Extending(Part):
    """By how much in all, how often, and on whose ruling a clock may be extended (the first post that there is)."""

    most: Limit
    times: int = Field(default=1, ge=1)
    by: list[PostText] = Field(min_length=1)
    authority: str = Field(min_length=1)


class ClockRule(Part):
    """A clock: its limit, the rule behind it, its cards and its ladder. A window lapses instead of turning red.

    `pauses`: the grounds on which its time stops, with their titles. `when`: it only starts for such cases.
    `lapses_to`: the stage to which a case goes when this window lapses, with the `outcome` it then has. `until`: the
    form's instant that is the last moment in time, or date that is the last day; unless it says one, the limit holds.
    """

    title: str
    limit: Limit
    authority: str = Field(min_length=1)
    roll: Roll = Roll.NONE
    ladder: Id | None = None
    window: bool = False
    cards: Cards | None = None
    variants: list[ClockVariant] = []
    when: Condition = {}
    extension: Extending | None = None
    pauses: dict[Id, str] = {}
    lapses_to: Id | None = None
    outcome: str | None = None
    until: Id | None = None

    later = frozenset({"until"})

    def variant(self, facts: Mapping[str, Any]) -> int | None:
        """The place of the variant for a case with these fields; None: the rule as it stands."""
        return next((place for place, each in enumerate(self.variants) if meets(each.when, facts)), None)

    def ends(self, facts: Mapping[str, Any]) -> Instant | None:
        """The last moment in time, where the form has named it."""
        said = facts.get(self.until) if self.until else None
        return utc(datetime.fromisoformat(said)) if isinstance(said, str) and not DAY.fullmatch(said) else None

    def days(self, facts: Mapping[str, Any], at: Instant) -> Limit | None:
        """The days from `at` to the last day, where the form has named it."""
        said = facts.get(self.until) if self.until else None
        if not isinstance(said, str) or not DAY.fullmatch(said):
            return None
        return Limit(max(0, (date.fromisoformat(said) - day_of(at)).days), TimeUnit.DAY)

    def terms(self, variant: int | None) -> "ClockRule":
        """This clock as the variant at that place has it."""
        if variant is None:
            return self
        chosen = self.variants[variant]
        given = chosen.model_dump(include={"ladder", "authority"}, exclude_none=True)
        return self.model_copy(update={**given, "limit": chosen.limit or self.limit})

    def cards_for(self, limit: Limit) -> Cards:
        """The cards for `limit`. Default: yellow one working day before due, for limits up to a day at 75 %."""
        if self.cards is not None:
            return self.cards
        return Cards(yellow=Share(share=(3, 4)) if limit.short else Before(before=Limit(1, TimeUnit.WORKING_DAY)))


class LadderRung(Part):
    """Which post is notified so long after the due date; `when` leaves a rung out for cases that do not meet it."""

    to: PostText
    after: Limit
    when: Condition = {}


class Requirement(Part):
    """What must be so for an action (`when`), or must not be (`unless`), and the words for the person otherwise.

    `override`: for such cases the action goes on all the same, and the event keeps over what it went.
    """

    when: Condition = {}
    unless: Condition | None = None
    words: str = Field(min_length=1)
    override: Condition | None = None

    later = frozenset({"override"})

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Whether the action may go on."""
        return meets(self.when, facts) and (self.unless is None or not meets(self.unless, facts))

    def overridden(self, facts: Mapping[str, Any]) -> bool:
        """Whether the action may go on although this does not hold."""
        return self.override is not None and meets(self.override, facts)


class Settling(Part):
    """Which kinds of item an action settles, and the state they are in then (or the field that says it)."""

    kinds: list[Id] = Field(min_length=1)
    state: Id | None = None
    by_field: Id | None = None


class Spawning(Part):
    """The child case that an action opens by itself: under `procedure`, or under the one that the form says `by_field`.

    `title`, and for each procedure `fields`, are texts with ${names} of the case, of the item that is settled and of
    the form, the last that says something first; the form's own `more` goes over them.
    """

    procedure: Id | None = None
    by_field: Id | None = None
    title: str
    fields: dict[Id, dict[Id, str]] = {}
    more: Id | None = None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> "Spawning":
        if (self.procedure is None) == (self.by_field is None):
            raise ValueError("procedure 与 by_field 应写其中一个")
        return self


class Counting(Part):
    """The gate that an action's counts must pass, for cases that meet `when`."""

    gate: Id
    when: Condition = {}


class Computing(Part):
    """A sum of money in fen that an action works out: the field it goes to, and the table that says how."""

    field: Id
    table: Id


class Hands(Part):
    """Heads that a form counts in `fields`: together no more than were present at the gate."""

    gate: Id
    fields: list[Id] = Field(min_length=1)


class Separation(Part):
    """Groups of actions (`intake`: opening the case); no person may act in two of them."""

    title: str
    groups: list[list[Id]] = Field(min_length=2)


class Closing(Part):
    """What closing needs: each of `acts` taken after the last of `after`, and evidence with each of `after`."""

    after: list[Id] = []
    acts: list[Id] = []
    evidence: bool = False


class RepeatedRule(Part):
    """After how many red cards or failed closures a case counts as "repeated", and the post that is notified."""

    red: int = Field(default=3, ge=1)
    failures: int = Field(default=2, ge=1)
    to: PostText = "inspector@county"


class DocumentTemplate(Part):
    """A numbered document to print: its title, the sign before the number, and its text with ${names}."""

    title: str
    sign: str
    text: str = Field(min_length=1)
