"""The registers that come as tables: for each its columns, its key, and what its rows refer to. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from domain.misreading import in_one_line
from domain.rules.hat import Hat
from ledger.registers import cell
from ledger.registers.cell import Code, Codes, Day, Division, Id, Moment, Name, Phone, Words, Worn, choices, of

GRID_LEVELS: Mapping[str, str] = {
    "A": "general", "B": "division", "C": "branch", "D": "group", "E": "micro", "F": "special",
}  # fmt: skip
GRID_TITLES: Mapping[str, str] = {
    "general": "总网格", "division": "分网格", "branch": "支网格", "group": "组网格", "micro": "微网格",
    "special": "专属网格",
}  # fmt: skip
LISTS: Mapping[str, str] = {"duty": "职责清单", "task": "任务清单", "negative": "负面清单"}
TIERS: Mapping[str, str] = {"county": "县级", "township": "乡镇", "village": "村级", "point": "网点"}
Reference = tuple[str, str, str]  # column, what it must be (division, unit, person, scope), value


class RegisterRow(BaseModel):
    """A row of a register, read from texts; an empty cell is left out. `title` of a field: its other heading."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    refers: ClassVar[Mapping[str, str]] = {}
    headed: ClassVar[Sequence[str]] = ()  # columns that must be there although cells may be empty

    def columns(self, _levels: Mapping[str, str]) -> dict[str, Any]:
        """Column → value as stored. `levels`: those of the divisions that the rows name."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in self}

    def references(self) -> Iterator[Reference]:
        """What must be on register for this row."""
        for column, what in self.refers.items():
            value = getattr(self, column)
            if value is not None:
                yield column, what, str(value)


class DatedRow(RegisterRow):
    """A row that is valid from one day to another. Without `valid_from`, from the day of loading."""

    valid_from: Day | None = Field(None, title="生效日期")
    valid_to: Day | None = Field(None, title="失效日期")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "DatedRow":
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise ValueError(f"失效日期 {self.valid_to} 应晚于生效日期 {self.valid_from}")
        return self


class VoidableRow(RegisterRow):
    """A row that is taken back when it was wrong, and stays on record as void.

    `span`: the columns between which it holds; no two rows of the same `alone` may hold at one time.
    """

    span: ClassVar[tuple[str, str]]
    alone: ClassVar[tuple[str, ...]]


def _apart(values: dict[str, Any]) -> dict[str, Any]:
    """A hat as two columns."""
    worn: Hat = values.pop("hat")
    return values | {"role": str(worn.role), "scope": worn.scope}


class PersonRow(RegisterRow):
    id: Id = Field(title="编号")
    name: Name = Field(title="姓名")


class PostRow(DatedRow):
    """Who wears a hat, from one day to another: `valid_to` is the first day on which he or she no longer does."""

    refers = {"person": "person"}
    person: Id = Field(title="人员编号")
    hat: Worn = Field(title="身份")

    def columns(self, levels: Mapping[str, str]) -> dict[str, Any]:
        return _apart(super().columns(levels))

    def references(self) -> Iterator[Reference]:
        yield from super().references()
        yield "hat", "scope", self.hat.scope


class UnitRow(RegisterRow):
    refers = {"division": "division"}
    id: Id = Field(title="编号")
    name: Name = Field(title="名称")
    division: Division = Field(title="区划")
    kinds: Codes = Field((), title="承办类别")

    def columns(self, levels: Mapping[str, str]) -> dict[str, Any]:
        return super().columns(levels) | {"level": levels[self.division]}


class MatterRow(DatedRow):
    refers = {"division": "division", "unit": "unit"}
    code: Code = Field(title="事项代码")
    division: Division = Field(title="区划")
    unit: Id = Field(title="承办单位")
    title: Words = Field(title="事项名称")


class DutyRow(DatedRow):
    """`matters`: the matter codes that the duty covers; left out, its own code."""

    refers = {"division": "division"}
    division: Division = Field(title="区划")
    list: Annotated[Literal["duty", "task", "negative"], of(LISTS)] = Field(title="清单", description=choices(LISTS))
    code: Code = Field(title="职责代码")
    title: Words = Field(title="职责名称")
    basis: Words = Field(title="依据")
    matters: Codes = Field((), title="涉及事项")

    def columns(self, levels: Mapping[str, str]) -> dict[str, Any]:
        return super().columns(levels) | {"matters": [*(self.matters or (self.code,))]}


class GridRow(DatedRow):
    """A grid: the code of its village (of its township for a general grid), a letter for the level, three digits."""

    refers = {"worker": "person"}
    code: cell.Grid = Field(title="网格代码")
    name: Name = Field(title="网格名称")
    worker: Id | None = Field(None, title="网格员")
    phone: Phone | None = Field(None, title="公开电话")

    def columns(self, levels: Mapping[str, str]) -> dict[str, Any]:
        return super().columns(levels) | {"division": self.code[:12], "level": GRID_LEVELS[self.code[12]]}

    def references(self) -> Iterator[Reference]:
        yield from super().references()
        yield "code", "township" if self.code[12] == "A" else "village", self.code[:12]


class ContactRow(DatedRow):
    refers = {"village": "village", "person": "person"}
    village: Division = Field(title="村（社区）")
    household: Code = Field(title="户编号")
    person: Id | None = Field(None, title="联系人")


class SiteRow(RegisterRow):
    refers = {"division": "division"}
    id: Id = Field(title="编号")
    name: Name = Field(title="名称")
    division: Division = Field(title="区划")
    tier: Annotated[Literal["county", "township", "village", "point"], of(TIERS)] = Field(
        title="层级", description=choices(TIERS)
    )
    address: Words = Field(title="地址")
    phone: Phone | None = Field(None, title="电话")


class AbsenceRow(VoidableRow):
    """Days, both included, on which somebody is away under a hat, and who stands in."""

    span, alone = ("from_on", "to_on"), ("person", "role", "scope")
    refers = {"person": "person", "delegate": "person"}
    person: Id = Field(title="人员编号")
    hat: Worn = Field(title="身份")
    from_on: Day = Field(title="起")
    to_on: Day = Field(title="止")
    delegate: Id = Field(title="代理人")

    @model_validator(mode="after")
    def _somebody_else_for_some_days(self) -> "AbsenceRow":
        if self.to_on < self.from_on:
            raise ValueError(f"止日 {self.to_on} 不能早于起日 {self.from_on}")
        if self.delegate == self.person:
            raise ValueError("代理人不能是本人")
        return self

    def columns(self, levels: Mapping[str, str]) -> dict[str, Any]:
        return _apart(super().columns(levels))

    def references(self) -> Iterator[Reference]:
        yield from super().references()
        yield "hat", "post", f"{self.person} {self.hat}"


class ShiftRow(VoidableRow):
    span, alone = ("from_at", "to_at"), ("division", "person")
    refers = {"division": "division", "person": "person"}
    division: Division = Field(title="区划")
    from_at: Moment = Field(title="起")
    to_at: Moment = Field(title="止")
    person: Id = Field(title="值班人")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "ShiftRow":
        if self.to_at <= self.from_at:
            raise ValueError("止应晚于起")
        return self


@dataclass(frozen=True, slots=True)
class RegisterKind:
    """A register: its table, the model of its rows, and what tells one row from another.

    `at`: the column that says where a row belongs; a division, or with `scope` the scope of a hat.
    """

    title: str
    table: str
    row: type[RegisterRow]
    key: tuple[str, ...]
    at: str
    scope: bool = False

    @property
    def dated(self) -> bool:
        """Whether its rows are valid from one day to another."""
        return issubclass(self.row, DatedRow)

    @property
    def voidable(self) -> bool:
        """Whether a wrong row is taken back."""
        return issubclass(self.row, VoidableRow)

    def heading(self, name: str) -> str:
        """What a column is called in Chinese."""
        return self.row.model_fields[name].title or name

    @property
    def stands(self) -> str:
        """The SQL condition on a row that has not been taken back."""
        return "voided_at is null" if self.voidable else "true"

    @property
    def matching(self) -> str:
        """The SQL condition on the key, its values being the first parameters."""
        return " and ".join(f"{name} = ${place}" for place, name in enumerate(self.key, 1))

    @property
    def key_fields(self) -> tuple[str, ...]:
        """The key as rows have it: role and scope together are a hat."""
        return tuple(dict.fromkeys("hat" if name in ("role", "scope") else name for name in self.key))

    def key_of(self, texts: Sequence[str]) -> tuple[Any, ...]:
        """The values of the key's columns as people write them, `key_fields` in order. Raises ValueError."""
        fields = self.row.model_fields
        if len(texts) != len(self.key_fields):
            raise ValueError(f"应写明 {'、'.join(fields[name].title or name for name in self.key_fields)}")
        values = dict[str, Any]()
        for name, text in zip(self.key_fields, texts, strict=True):
            try:
                values[name] = TypeAdapter(fields[name].rebuild_annotation()).validate_python(text)
            except ValidationError as error:
                raise ValueError(in_one_line(error.errors(), fields[name].title or name)) from None
        columns = _apart(values) if "hat" in values else values
        return tuple(columns[name] for name in self.key)


KINDS: Mapping[str, RegisterKind] = {
    "people": RegisterKind("人员", "person", PersonRow, ("id",), "id"),
    "posts": RegisterKind("任职", "hat", PostRow, ("person", "role", "scope"), "scope", scope=True),
    "units": RegisterKind("承办单位", "unit", UnitRow, ("id",), "division"),
    "matters": RegisterKind("承办事项", "matter", MatterRow, ("code", "division", "unit"), "division"),
    "duties": RegisterKind("职责清单", "duty", DutyRow, ("division", "list", "code"), "division"),
    "grids": RegisterKind("网格", "grid", GridRow, ("code",), "division"),
    "contacts": RegisterKind("联系户", "contact", ContactRow, ("village", "household"), "village"),
    "sites": RegisterKind("服务网点", "site", SiteRow, ("id",), "division"),
    "absences": RegisterKind(
        "请假与代理", "absence", AbsenceRow, ("person", "role", "scope", "from_on"), "scope", scope=True
    ),
    "rosters": RegisterKind("值班表", "roster", ShiftRow, ("division", "from_at", "person"), "division"),
}
