"""Limits: how long something may take, as a number of units."""

import re
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass


class TimeUnit(StrEnum):
    """What is counted. The first three run through nights and holidays; the others end with a day."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working_day"
    MONTH = "month"


class Roll(StrEnum):
    """When the last day is a day off: nothing, or the next working day takes its place (民法典 203)."""

    NONE = "none"
    FORWARD = "forward"


EXACT = {
    TimeUnit.SECOND: timedelta(seconds=1),
    TimeUnit.MINUTE: timedelta(minutes=1),
    TimeUnit.HOUR: timedelta(hours=1),
}

WORDS = {
    TimeUnit.SECOND: "秒",
    TimeUnit.MINUTE: "分钟",
    TimeUnit.HOUR: "小时",
    TimeUnit.DAY: "日",
    TimeUnit.WORKING_DAY: "个工作日",
    TimeUnit.MONTH: "个月",
}

_SPOKEN = {
    **{unit.replace("_", ""): unit for unit in TimeUnit},
    **{unit.replace("_", "") + "s": unit for unit in TimeUnit},
    "秒": TimeUnit.SECOND,
    "秒钟": TimeUnit.SECOND,
    "分": TimeUnit.MINUTE,
    "分钟": TimeUnit.MINUTE,
    "小时": TimeUnit.HOUR,
    "个小时": TimeUnit.HOUR,
    "时": TimeUnit.HOUR,
    "日": TimeUnit.DAY,
    "天": TimeUnit.DAY,
    "个自然日": TimeUnit.DAY,
    "自然日": TimeUnit.DAY,
    "工作日": TimeUnit.WORKING_DAY,
    "个工作日": TimeUnit.WORKING_DAY,
    "月": TimeUnit.MONTH,
    "个月": TimeUnit.MONTH,
}

# A longer limit is a slip of the pen, and one that reaches the year 9999 could not be counted at all.
_LONGEST = {
    TimeUnit.SECOND: 3_155_760_000,
    TimeUnit.MINUTE: 52_596_000,
    TimeUnit.HOUR: 876_600,
    TimeUnit.DAY: 36_525,
    TimeUnit.WORKING_DAY: 26_000,
    TimeUnit.MONTH: 1_200,
}


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Limit:
    """`n` units, from 0 up to a century: `Limit(60, Unit.DAY)`, in a file `{n: 60, unit: day}`."""

    n: Annotated[int, Field(strict=True, ge=0)]
    unit: TimeUnit

    @model_validator(mode="after")
    def _within_a_century(self) -> "Limit":
        if self.n > _LONGEST[self.unit]:
            raise ValueError(f"时限过长：{self}，最长一百年")
        return self

    def __str__(self) -> str:
        """In Chinese: `60日`, `5个工作日`."""
        return f"{self.n}{WORDS[self.unit]}"

    @property
    def duration(self) -> timedelta | None:
        """The exact length of a limit in seconds, minutes or hours; None for one that ends with a day."""
        return EXACT[self.unit] * self.n if self.unit in EXACT else None

    @property
    def short(self) -> bool:
        """Whether it is one day, one working day or less: too short for a warning a working day before."""
        if self.duration is not None:
            return self.duration <= timedelta(days=1)
        return self.n <= (0 if self.unit is TimeUnit.MONTH else 1)

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """The limit named by `text`: `60 days`, `5 working days`, `60日`, `5个工作日`. Else ValueError."""
        match = re.fullmatch(r"\s*([0-9]{1,10})([^0-9]+)", text)
        unit = _SPOKEN.get(re.sub(r"[\s_-]", "", match[2]).lower()) if match else None
        if match is None or unit is None:
            raise ValueError(f"看不懂的时限：{text}。可写作 60 days、5 working days、60日、5个工作日、2小时")
        return cls(int(match[1]), unit)
