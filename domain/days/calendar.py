"""Working days: years of official days off and make-up days, as the State Council publishes them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from domain.canonical import canonical
from domain.days.instant import ONE_DAY

Kind = Literal["workday", "weekend", "holiday", "makeup"]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

SATURDAY = 5
DAYS_OFF_MAX = 120  # with the weekends that holidays take in, a year has had 35 at most


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class DaysOff(_Part):
    """Days off under one name: `{date, name}` for one day, `{from, to, name}` for several."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    name: Name

    @model_validator(mode="before")
    @classmethod
    def _one_day(cls, given: Any) -> Any:
        if isinstance(given, dict) and "date" in given and not {"from", "to"} & given.keys():
            rest = {key: value for key, value in given.items() if key != "date"}
            return {**rest, "from": given["date"], "to": given["date"]}
        return given

    def days(self) -> Iterator[date]:
        """Every day from the first to the last."""
        for ordinal in range(self.first.toordinal(), self.last.toordinal() + 1):
            yield date.fromordinal(ordinal)


class MakeupDay(_Part):
    """A Saturday or Sunday that is worked, and the holiday for which."""

    date: date
    name: Name


class YearDocument(_Part):
    """One published year. `version` counts corrections; `source` is the notice. The year's own days only:
    days that a notice moves in the December before belong to a further version of that year's document."""

    year: int = Field(ge=1949, le=9998)
    version: int = Field(ge=1)
    source: Name
    off: tuple[DaysOff, ...]
    work: tuple[MakeupDay, ...]

    @model_validator(mode="after")
    def _consistent(self) -> "YearDocument":
        for span in self.off:
            if span.first > span.last:
                raise ValueError(f"{span.name}的起止日期颠倒：{span.first}至{span.last}")
            _in_year(self.year, span.first, span.last)
        if len(self.off_days()) > DAYS_OFF_MAX:
            raise ValueError(f"放假 {len(self.off_days())} 天，超过 {DAYS_OFF_MAX} 天，请核对通知")
        seen: set[date] = set()
        for day, _ in [*self.off_days(), *self.work_days()]:
            if day in seen:
                raise ValueError(f"{day}重复列出")
            seen.add(day)
        for makeup in self.work:
            _in_year(self.year, makeup.date)
            if makeup.date.weekday() < SATURDAY:
                raise ValueError(f"{makeup.date}本来就是工作日，不能列为调休上班日")
        return self

    def off_days(self) -> list[tuple[date, str]]:
        """Every day off with its name, in order."""
        return sorted((day, span.name) for span in self.off for day in span.days())

    def work_days(self) -> list[tuple[date, str]]:
        """Every make-up day with its name, in order."""
        return sorted((makeup.date, makeup.name) for makeup in self.work)

    def contents(self) -> dict[str, Any]:
        """What the document says, day by day and in order, so that two ways of writing it are equal."""
        return {
            "year": self.year,
            "version": self.version,
            "source": self.source,
            "off": [[day.isoformat(), name] for day, name in self.off_days()],
            "work": [[day.isoformat(), name] for day, name in self.work_days()],
        }


def _in_year(year: int, *days: date) -> None:
    for day in days:
        if day.year != year:
            raise ValueError(f"{day}不在{year}年内")


@dataclass(frozen=True, slots=True)
class Day:
    """One day. `name` is the holiday's (also on its make-up day), None on plain days.

    `provisional`: its year is not published, so Monday to Friday is assumed."""

    working: bool
    name: str | None
    kind: Kind
    provisional: bool


@dataclass(frozen=True, init=False)
class Calendar:
    """Published years, immutable. Of several documents for one year the highest version holds."""

    documents: tuple[YearDocument, ...]
    _off: dict[date, str] = field(init=False, repr=False, compare=False)
    _work: dict[date, str] = field(init=False, repr=False, compare=False)
    _years: frozenset[int] = field(init=False, repr=False, compare=False)

    def __init__(self, documents: Iterable[YearDocument] = ()) -> None:
        newest: dict[int, YearDocument] = {}
        for document in sorted(documents, key=lambda one: (one.year, one.version)):
            held = newest.get(document.year)
            if held and held.version == document.version and held != document:
                raise ValueError(f"{document.year}年日历的第{document.version}版有两份，内容不同")
            newest[document.year] = document
        held_years = tuple(newest.values())
        object.__setattr__(self, "documents", held_years)
        object.__setattr__(self, "_off", dict(day for one in held_years for day in one.off_days()))
        object.__setattr__(self, "_work", dict(day for one in held_years for day in one.work_days()))
        object.__setattr__(self, "_years", frozenset(newest))

    @cached_property
    def version(self) -> str:
        """12 hexadecimal digits that change with any document: sha256 of their contents as canonical JSON."""
        contents = [document.contents() for document in self.documents]
        return sha256(canonical(contents).encode()).hexdigest()[:12]

    def published(self, year: int) -> bool:
        """Whether the official days of `year` are known."""
        return year in self._years

    def is_working(self, day: date) -> bool:
        """Whether `day` is worked; in a year not published, Monday to Friday."""
        return day in self._work or (day.weekday() < SATURDAY and day not in self._off)

    def day(self, day: date) -> Day:
        """What `day` is and why."""
        provisional = day.year not in self._years
        if day in self._work:
            return Day(True, self._work[day], "makeup", provisional)
        if day in self._off:
            return Day(False, self._off[day], "holiday", provisional)
        if day.weekday() < SATURDAY:
            return Day(True, None, "workday", provisional)
        return Day(False, None, "weekend", provisional)

    def provisional(self, first: date, last: date) -> bool:
        """Whether a year from `first` to `last`, both consulted, is not published."""
        return any(year not in self._years for year in range(first.year, last.year + 1))

    def unlike(self, other: "Calendar") -> list[date]:
        """The days of the years published here that `other` counts otherwise, in order."""
        spans = [(date(one.year, 1, 1).toordinal(), date(one.year, 12, 31).toordinal()) for one in self.documents]
        days = [date.fromordinal(ordinal) for first, last in spans for ordinal in range(first, last + 1)]
        return [day for day in days if self.is_working(day) != other.is_working(day)]

    def working_day_from(self, day: date) -> date:
        """`day` itself when it is worked, otherwise the next day that is."""
        while not self.is_working(day):
            day += ONE_DAY
        return day
