"""The registers that come as tables: for each its columns, its key, and what its rows refer to. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from domain.form import control_free
from domain.hat import Hat
from domain.instant import SHANGHAI, utc
from ledger.division import CODE, NAME_LENGTH_MAX

DAY_NUMBER = re.compile(r"[1-9]\d{4}")  # how Excel keeps a date: days since 1899-12-30
SERIAL = re.compile(r"\d{5}(\.\d+)?", re.ASCII)
GRID = re.compile(r"(\d{12})([A-F])\d{3}")
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


def _day(given: Any) -> Any:
    if isinstance(given, str) and DAY_NUMBER.fullmatch(given):
        return date(1899, 12, 30) + timedelta(days=int(given))
    return given


def _serial(given: Any) -> Any:
    """A spreadsheet's own instant, days and their parts since 1899-12-30, on the clocks of Shanghai."""
    if isinstance(given, str) and SERIAL.fullmatch(given):
        whole = datetime(1899, 12, 30, tzinfo=SHANGHAI) + timedelta(seconds=round(float(given) * 86_400))
        return whole.isoformat()
    return given


def _moment(given: datetime) -> datetime:
    return utc(given if given.tzinfo else given.replace(tzinfo=SHANGHAI))


def _worn(given: Any) -> Any:
    return Hat.parse(given) if isinstance(given, str) else given


def _plain(text: str) -> str:
    if not control_free(text):
        raise ValueError("含有不可用的控制字符")
    return text


def _codes(given: Any) -> Any:
    return tuple(re.split(r"[\s、,，;；]+", given)) if isinstance(given, str) else given


def _of(titles: Mapping[str, str]) -> BeforeValidator:
    """A code, or its title as people write it."""
    codes = {title: code for code, title in titles.items()}
    return BeforeValidator(lambda given: codes.get(given, given))


def _division(text: str) -> str:
    if not CODE.fullmatch(text):
        raise ValueError("应为 12 位数字")
    return text


Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]
Name = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX), AfterValidator(_plain)]
Words = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_plain)]
Phone = Annotated[str, Field(pattern=r"^[0-9+-]{1,20}$")]
Division = Annotated[str, AfterValidator(_division)]
Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime, BeforeValidator(_serial), AfterValidator(_moment)]
Codes = Annotated[tuple[Code, ...], BeforeValidator(_codes)]


class Row(BaseModel):
    """A row of a register, read from texts; an empty cell is left out. `title` of a field: its other heading."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    refers: ClassVar[Mapping[str, str]] = {}

    def columns(self, _levels: Mapping[str, str]) -> dict[str, Any]:
        """Column → value as stored. `levels`: those of the divisions that the rows name."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in self}

    def references(self) -> Iterator[Reference]:
        """What must be on register for this row."""
        for column, what in self.refers.items():
            value = getattr(self, column)
            if value is not None:
                yield column, what, str(value)


class Dated(Row):
    """A row that is valid from one day to another. Without `valid_from`, from the day of loading."""

    valid_from: Day | None = Field(None, title="生效日期")
    valid_to: Day | None = Field(None, title="失效日期")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Dated":
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise ValueError("失效日期应晚于生效日期")
        return self


class Person(Row):
    id: Id = Field(title="编号")
    name: Name = Field(title="姓名")


class Post(Row):
    refers = {"person": "person"}
    person: Id = Field(title="人员编号")
    hat: Annotated[Hat, BeforeValidator(_worn)] = Field(title="身份")

    def columns(self, _levels: Mapping[str, str]) -> dict[str, Any]:
        return {"person": self.person, "role": str(self.hat.role), "scope": self.hat.scope}

    def references(self) -> Iterator[Reference]:
        yield from super().references()
        yield "hat", "scope", self.hat.scope


class Unit(Row):
    refers = {"division": "division"}
    id: Id = Field(title="编号")
    name: Name = Field(title="名称")
    division: Division = Field(title="区划")
    kinds: Codes = Field((), title="承办类别")

    def columns(self, levels: Mapping[str, str]) -> dict[str, Any]:
        return super().columns(levels) | {"level": levels[self.division]}


class Matter(Dated):
    refers = {"division": "division", "unit": "unit"}
    code: Code = Field(title="事项代码")
    division: Division = Field(title="区划")
    unit: Id = Field(title="承办单位")
    title: Words = Field(title="事项名称")


class Duty(Dated):
    """`matters`: the matter codes that the duty covers; left out, its own code."""

    refers = {"division": "division"}
    division: Division = Field(title="区划")
    list: Annotated[Literal["duty", "task", "negative"], _of(LISTS)] = Field(title="清单")
    code: Code = Field(title="职责代码")
    title: Words = Field(title="职责名称")
    basis: Words = Field(title="依据")
    matters: Codes = Field((), title="涉及事项")

    def columns(self, levels: Mapping[str, str]) -> dict[str, Any]:
        return super().columns(levels) | {"matters": [*(self.matters or (self.code,))]}


class Grid(Dated):
    """A grid: the code of its village (of its township for a general grid), a letter for the level, three digits."""

    refers = {"worker": "person"}
    code: Annotated[str, Field(pattern=f"^{GRID.pattern}$")] = Field(title="网格代码")
    name: Name = Field(title="网格名称")
    worker: Id | None = Field(None, title="网格员")
    phone: Phone | None = Field(None, title="公开电话")

    def columns(self, levels: Mapping[str, str]) -> dict[str, Any]:
        return super().columns(levels) | {"division": self.code[:12], "level": GRID_LEVELS[self.code[12]]}

    def references(self) -> Iterator[Reference]:
        yield from super().references()
        yield "code", "township" if self.code[12] == "A" else "village", self.code[:12]


class Contact(Dated):
    refers = {"village": "village", "person": "person"}
    village: Division = Field(title="村（社区）")
    household: Code = Field(title="户编号")
    person: Id | None = Field(None, title="联系人")


class Site(Row):
    refers = {"division": "division"}
    id: Id = Field(title="编号")
    name: Name = Field(title="名称")
    division: Division = Field(title="区划")
    tier: Annotated[Literal["county", "township", "village", "point"], _of(TIERS)] = Field(title="层级")
    address: Words = Field(title="地址")
    phone: Phone | None = Field(None, title="电话")


class Absence(Row):
    refers = {"person": "person", "delegate": "person"}
    person: Id = Field(title="人员编号")
    hat: Annotated[Hat, BeforeValidator(_worn)] = Field(title="身份")
    from_on: Day = Field(title="起")
    to_on: Day = Field(title="止")
    delegate: Id = Field(title="代理人")

    @model_validator(mode="after")
    def _somebody_else_for_some_days(self) -> "Absence":
        if self.to_on < self.from_on:
            raise ValueError("止日不能早于起日")
        if self.delegate == self.person:
            raise ValueError("代理人不能是本人")
        return self

    def columns(self, _levels: Mapping[str, str]) -> dict[str, Any]:
        own = {name: value for name, value in self if name != "hat"}
        return own | {"role": str(self.hat.role), "scope": self.hat.scope}

    def references(self) -> Iterator[Reference]:
        yield from super().references()
        yield "hat", "post", f"{self.person} {self.hat}"


class Shift(Row):
    refers = {"division": "division", "person": "person"}
    division: Division = Field(title="区划")
    from_at: Moment = Field(title="起")
    to_at: Moment = Field(title="止")
    person: Id = Field(title="值班人")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Shift":
        if self.to_at <= self.from_at:
            raise ValueError("止应晚于起")
        return self


@dataclass(frozen=True, slots=True)
class Kind:
    """A register: its table, the model of its rows, and what tells one row from another.

    `at`: the column that says where a row belongs; a division, or with `scope` the scope of a hat.
    """

    title: str
    table: str
    row: type[Row]
    key: tuple[str, ...]
    at: str
    scope: bool = False

    @property
    def dated(self) -> bool:
        """Whether its rows are valid from one day to another."""
        return issubclass(self.row, Dated)


KINDS: Mapping[str, Kind] = {
    "people": Kind("人员", "person", Person, ("id",), "id"),
    "posts": Kind("任职", "hat", Post, ("person", "role", "scope"), "scope", scope=True),
    "units": Kind("承办单位", "unit", Unit, ("id",), "division"),
    "matters": Kind("承办事项", "matter", Matter, ("code", "division", "unit"), "division"),
    "duties": Kind("职责清单", "duty", Duty, ("division", "list", "code"), "division"),
    "grids": Kind("网格", "grid", Grid, ("code",), "division"),
    "contacts": Kind("联系户", "contact", Contact, ("village", "household"), "village"),
    "sites": Kind("服务网点", "site", Site, ("id",), "division"),
    "absences": Kind("请假与代理", "absence", Absence, ("person", "role", "scope", "from_on"), "scope", scope=True),
    "rosters": Kind("值班表", "roster", Shift, ("division", "from_at", "person"), "division"),
}
