"""The map of an import: which column of a table from another system means what. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from calendars.file import FileFault, parsed
from domain.misreading import listed
from domain.rules.form import FieldType, FormField
from domain.rules.procedure import Procedure
from domain.rules.reference import TRANSFERRED
from domain.rules.rule import Id
from ledger.imports.foreign_time import ForeignTime
from ledger.registers.division import CODE

Cells = Mapping[str, str]


class MapFault(Exception):
    """A map that cannot be used; the message names each faulty place, in Chinese."""


class MapPart(BaseModel):
    """A part of a map; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _columns(given: object) -> object:
    return (given,) if isinstance(given, str) else given


class Said(MapPart):
    """An answer: the cells of some columns joined by `with`, then looked up in `table`, or the same `value` for all."""

    columns: Annotated[tuple[str, ...], BeforeValidator(_columns), Field(alias="column")] = ()
    joined: str = Field(default=" ", alias="with")
    table: dict[str, str] = {}
    otherwise: str | None = None
    value: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "Said":
        if bool(self.columns) == (self.value is not None):
            raise ValueError("column 和 value 须写其一")
        if self.otherwise is not None and not self.table:
            raise ValueError("otherwise 只与 table 同用")
        return self

    def of(self, cells: Cells) -> str:
        """What a row says; empty where it says nothing, or where the table does not know it."""
        if self.value is not None:
            return self.value
        text = self.joined.join(filter(None, (cells.get(each, "") for each in self.columns)))
        if not self.table:
            return text
        return self.table.get(text, self.otherwise if self.otherwise is not None else "")


def _said(given: object) -> object:
    return {"column": given} if isinstance(given, str | list) else given


Answer = Annotated[Said, BeforeValidator(_said)]


class Status(MapPart):
    """The column that says whether a matter is closed, and by which words."""

    column: str = Field(min_length=1)
    closed: tuple[str, ...] = Field(min_length=1)


class ForeignClosing(MapPart):
    """The action by which what was closed there is closed, and what its form says."""

    action: Id
    fields: dict[Id, Answer] = {}


class Map(MapPart):
    """A whole map. `source`: what the other system is called; with `reference` it is the identity of a matter."""

    format: Literal[1]
    procedure: Id
    source: str = Field(min_length=1, max_length=60)
    reference: str = Field(min_length=1)
    title: Answer
    division: Answer
    created: ForeignTime
    due: ForeignTime | None = None
    closed: ForeignTime | None = None
    status: Status | None = None
    fields: dict[Id, Answer] = {}
    closing: ForeignClosing

    @property
    def named(self) -> Iterator[tuple[str, str]]:
        """Every column that the map names, with the place where."""
        yield "reference", self.reference
        for place, one in self.answers:
            yield from ((place, column) for column in one.columns)
        for place, moment in (("created", self.created), ("due", self.due), ("closed", self.closed)):
            yield from [(f"{place}.column", moment.column)] if moment else []
        yield from [("status.column", self.status.column)] if self.status else []

    @property
    def answers(self) -> Iterator[tuple[str, Said]]:
        """Every answer of the map, with its place."""
        yield from (("title", self.title), ("division", self.division))
        yield from ((f"fields.{name}", one) for name, one in self.fields.items())
        yield from ((f"closing.fields.{name}", one) for name, one in self.closing.fields.items())

    def said(self, cells: Cells) -> Any:
        """Everything of a row that the map reads, and how it reads times: what a repeat must match."""
        times = [each.model_dump(mode="json") for each in (self.created, self.due, self.closed) if each]
        return {"cells": {column: cells.get(column, "") for _, column in self.named}, "times": times}


def read(text: str | bytes) -> Map:
    """The map in a YAML file. Raises MapFault."""
    try:
        said = parsed(text)
    except FileFault as fault:
        raise MapFault(str(fault)) from None
    try:
        return Map.model_validate(said)
    except ValidationError as error:
        raise MapFault("\n".join(listed(error.errors(), said))) from None


def fitting(one: Map, header: Sequence[str], procedure: Procedure | None) -> None:
    """Whether the map fits the table and the procedure. Raises MapFault with every place where it does not."""
    faults = [
        f"{place}：表中没有“{column}”这一列（有：{'、'.join(filter(None, header))[:300]}）"
        for place, column in one.named
        if column not in header
    ]
    twice = sorted({column for _, column in one.named if list(header).count(column) > 1})
    faults += [f"表中有几列都叫“{column}”，分不清用哪一列" for column in twice]
    codes = filter(None, [one.division.value, one.division.otherwise, *one.division.table.values()])
    faults += [f"division：“{code}”不是 12 位区划代码" for code in codes if not CODE.fullmatch(code)]
    raise_if([*faults, *_procedural(one, procedure)])


def _procedural(one: Map, procedure: Procedure | None) -> Iterator[str]:
    if procedure is None:
        yield f"procedure：没有名为“{one.procedure}”的办理流程"
        return
    if not procedure.intake.transfers:
        yield f"procedure：“{procedure.title}”不接受迁入"
    own = [name for name in one.fields if name in TRANSFERRED]
    yield from (f"fields.{name}：这一项由迁入自己填写，不能指定" for name in own)
    yield from _unasked("fields", one.fields, procedure.intake.form, own)
    action = procedure.actions.get(one.closing.action)
    if action is None or not any(procedure.stages[branch.stage].closed for branch in action.to):
        yield f"closing.action：“{procedure.title}”没有名为“{one.closing.action}”的办结操作"
    else:
        yield from _unasked("closing.fields", one.closing.fields, action.form, ())


def _unasked(place: str, given: Mapping[str, Said], form: Sequence[FormField], own: Sequence[str]) -> Iterator[str]:
    plain = {field.name for field in form if field.type in PLAIN}
    for name in given:
        if name not in plain and name not in own:
            yield f"{place}.{name}：表单没有这一项，或这一项不能由表格填写"
    for field in form:
        if field.required and field.name not in given and field.name not in TRANSFERRED:
            yield f"{place}：缺少必填的“{field.title}”（{field.name}）"


PLAIN = (FieldType.TEXT, FieldType.PLACE, FieldType.CHOICE, FieldType.UNIT, FieldType.PERSON)


def raise_if(faults: Sequence[str]) -> None:
    """Raises MapFault when there are any."""
    if faults:
        raise MapFault("\n".join(faults))
