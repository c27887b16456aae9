"""The rows of the sample files."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from domain.rules.hat import Hat

Code = Annotated[str, Field(pattern=r"^\d{12}$")]
UnitId = Annotated[str, Field(pattern=r"^U-\d{6}(\d{3})?-\d{2}$")]
MadeUpName = Annotated[str, Field(pattern=r"^样例·.+$")]
Level = Literal["province", "city", "county", "township", "village", "community"]
Kind = Literal[
    "natural_disaster",
    "environment",
    "public_health",
    "safety",
    "forest_fire",
    "illegal_mining",
    "dispute",
    "emergency_event",
]


def _hat(given: Any) -> Any:
    return Hat.parse(given) if isinstance(given, str) else given


class SampleRow(BaseModel):
    """A row of a sample file: unknown keys are errors, so that a misspelt one is never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SampleDivision(SampleRow):
    """A division of the statistics bureau's edition 2023; `parent` is None at the top."""

    code: Code
    name: str = Field(min_length=1)
    level: Level
    parent: Annotated[Code | None, BeforeValidator(lambda given: given or None)]


class SamplePerson(SampleRow):
    """A made-up person and the hats they wear."""

    id: str = Field(pattern=r"^P-\d{4}$")
    name: MadeUpName
    hats: tuple[Annotated[Hat, BeforeValidator(_hat)], ...] = Field(min_length=1)


class SampleUnit(SampleRow):
    """A handling unit of a county or township, with the kinds of hazard it handles."""

    id: UnitId
    name: str = Field(min_length=1)
    division: Code
    kinds: tuple[Kind, ...] = Field(min_length=1)


class SampleReporter(SampleRow):
    """Who saw it, made up; the phone is in a range that no operator uses."""

    name: MadeUpName
    phone: str = Field(pattern=r"^100\d{8}$")


class SampleStep(SampleRow):
    """One action of a sample's life. `evidence` is the text of an attachment: upload it, give its sha256.

    `days_ahead`: fields that are days, counted from the day on which the samples are loaded.
    """

    act: str = Field(pattern=r"^[a-z_]+$")
    by: str
    fields: dict[str, Any] = {}
    days_ahead: dict[str, int] = {}
    evidence: str | None = None
    reason: str | None = None

    def filled_in(self, today: date) -> dict[str, Any]:
        """The fields as they are filled in on this day, without evidence."""
        ahead = {name: (today + timedelta(days=days)).isoformat() for name, days in self.days_ahead.items()}
        return {**self.fields, **ahead}


class SampleHazard(SampleRow):
    """A made-up hazard, the role that reports it (`by`), and the `life` it has led once loaded."""

    division: Code
    title: str = Field(min_length=1, max_length=60)
    kind: Kind
    place: str = Field(min_length=1, max_length=200)
    by: str
    seen_hours_ago: int = Field(ge=0)
    emergency: bool = False
    description: str = Field(min_length=80, max_length=200)
    reporter: SampleReporter | None = None
    life: tuple[SampleStep, ...] = ()

    def hat_of(self, step: SampleStep | None = None) -> Hat:
        """The hat under which `step` is taken; without a step, the one that reports the hazard.

        Raises ValueError when a handler acts on a hazard that was never dispatched.
        """
        role = step.by if step else self.by
        match role:
            case "integration":
                return Hat(role, self.division[:6] + "000000")
            case "dispatcher" | "approver" | "caller" | "head":
                return Hat(role, self.division[:9] + "000")
            case "handler":
                return Hat(role, self._unit())
            case _:
                return Hat(role, self.division)

    def _unit(self) -> str:
        units = [step.fields.get("unit") for step in self.life if step.act == "dispatch"]
        if not units:
            words = f"“{self.title}”还没有派单，不能由承办人办理"
            raise ValueError(words)
        return str(units[-1])
