"""Rounds: what opens by itself, where and how often. One file each under `procedures/rounds/`."""

from collections.abc import Mapping
from string import Template
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from domain.misreading import listed
from domain.rules.cadence import Cadence
from domain.rules.lot import Drawing
from domain.rules.procedure import ProcedureFault
from domain.rules.rule import Id, Part, PostText
from domain.rules.template import filled

# What a template may speak of. `carried` needs an agenda before, `seed` lots that are drawn; the last four need a list
# of open cases.
NAMES = {"period", "previous", "division", "carried", "seed", "list", "as_of", "cases", "overdue"}


class Listing(Part):
    """The list of open cases that a round freezes for each division; `without`: procedures that it leaves out."""

    without: list[Id] = []


class Round(Part):
    """A round: in every current division of `level` it opens one case of procedure `opens` a period, under `hat`.

    `name`: the case's title, and `fields` its form, with ${period} and the other NAMES; a field that is one name alone
    keeps that value's type. `carries`: the new case hears what the one before left unfinished. `draws`: only in those
    divisions that are drawn by lot.
    """

    id: Id
    title: str
    opens: Id
    level: Literal["village", "township", "county"]
    cadence: Cadence
    hat: PostText
    name: str = Field(min_length=1)
    fields: dict[Id, str | bool | int] = {}
    carries: bool = False
    lists: Listing | None = None
    draws: Drawing | None = None

    @field_validator("hat")
    @classmethod
    def _at_a_level(cls, hat: str) -> str:
        if "@" not in hat:
            raise ValueError("身份应写明层级，如 integration@county")
        return hat

    @field_validator("name", "fields")
    @classmethod
    def _known_names(cls, value: Any) -> Any:
        for text in value.values() if isinstance(value, dict) else (value,):
            if not isinstance(text, str):
                continue
            if not Template(text).is_valid():
                raise ValueError(f"“{text}”中的 $ 须写作 $$ 或 ${{名称}}")
            if unknown := set(Template(text).get_identifiers()) - NAMES:
                raise ValueError(f"未知名称：{'、'.join(sorted(unknown))}")
        return value

    @model_validator(mode="after")
    def _seed_of_lots(self) -> "Round":
        texts = [self.name, *(value for value in self.fields.values() if isinstance(value, str))]
        if self.draws is None and any("seed" in Template(text).get_identifiers() for text in texts):
            raise ValueError("没有抽取（draws），不能写 ${seed}")
        return self

    def titled(self, names: Mapping[str, Any]) -> str:
        """The title of a case."""
        return Template(self.name).substitute(names)

    def filled(self, names: Mapping[str, Any]) -> dict[str, Any]:
        """The form of a case; what comes to nothing is left out."""
        return filled(self.fields, names)


def read(document: Any) -> Round:
    """The round in a parsed file. Raises ProcedureFault naming each faulty place."""
    try:
        return Round.model_validate(document)
    except ValidationError as error:
        raise ProcedureFault("\n".join(listed(error.errors(), document))) from None
