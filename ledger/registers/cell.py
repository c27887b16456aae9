"""The cells of a register's table: what each kind of column takes, and how it is read. Pure."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from domain import format as pattern
from domain.days.instant import SHANGHAI, utc
from domain.rules.form import control_free
from domain.rules.hat import ROLES, WEARABLE, Hat
from ledger.registers.division import NAME_LENGTH_MAX

WORDS_LENGTH_MAX = 200
EPOCH = date(1899, 12, 30)  # of the days that Excel counts
SERIAL = re.compile(r"([1-9]\d{4})(\.\d+)?", re.ASCII)
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})", re.ASCII)
CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})(?:[:：](\d{2})(?:\.(\d{1,6}))?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
A_DAY, A_MOMENT = "日期，如 2026-11-23", "日期和时间，如 2026-11-23 08:00"
A_HAT = "角色@区划代码或承办单位编号，如 调度员@141025101000"


def _day(given: Any) -> Any:
    """A day as people and spreadsheets write it: 2026-11-23, 2026/11/23, 2026年11月23日, or days since 1899-12-30."""
    if not isinstance(given, str):
        return given
    if (serial := SERIAL.fullmatch(given)) and not serial[2]:
        return EPOCH + timedelta(days=int(serial[1]))
    written = given.removesuffix(" 00:00:00").removesuffix(" 0:00:00").removesuffix(" 0:00")
    found = _date(written)
    if found is None:
        raise ValueError(f"应为{A_DAY}")
    return found


def _date(text: str) -> date | None:
    found = DAY.fullmatch(text)
    try:
        return date(*(int(each) for each in found.groups() if each)) if found else None
    except ValueError:
        return None


def _moment(given: Any) -> Any:
    """A day and a time on the clocks of Shanghai, unless it names another zone; without a time, 00:00."""
    if not isinstance(given, str):
        return given
    if SERIAL.fullmatch(given):
        days = timedelta(seconds=round(float(given) * 86_400))
        return utc(datetime.combine(EPOCH, time(), SHANGHAI) + days)
    day, _, clock = given.replace("T", " ", 1).replace("日", "日 ", 1).partition(" ")
    on, at = _date(day), CLOCK.fullmatch(clock.strip() or "00:00")
    if on is None or at is None:
        raise ValueError(f"应为{A_MOMENT}")
    hour, minute, second, part, zone = at.groups()
    try:
        naive = datetime.combine(on, time(int(hour), int(minute), int(second or 0), int((part or "0").ljust(6, "0"))))
        return utc(datetime.fromisoformat(f"{naive.isoformat()}{zone}") if zone else naive.replace(tzinfo=SHANGHAI))
    except (ValueError, OverflowError):
        raise ValueError(f"应为{A_MOMENT}") from None


def _hat(given: Any) -> Any:
    """A role by its code or its title, at a scope."""
    if not isinstance(given, str):
        return given
    role, at, scope = (each.strip() for each in given.replace("＠", "@").partition("@"))
    if not at or not scope:
        raise ValueError(f"应为{A_HAT}")
    role = ROLES.get(role, role)
    if role not in WEARABLE:
        raise ValueError(f"没有这个角色，应为 {'、'.join(ROLES)}之一")
    return Hat(role, scope)


def _plain(text: str) -> str:
    if not control_free(text):
        raise ValueError("含有不可用的控制字符")
    return text


def _codes(given: Any) -> Any:
    return tuple(re.split(r"[\s、,，;；]+", given)) if isinstance(given, str) else given


def of(titles: Mapping[str, str]) -> BeforeValidator:
    """A code, or its title as people write it."""
    codes = {title: code for code, title in titles.items()}

    def read(given: Any) -> Any:
        if given not in titles and given not in codes:
            raise ValueError(f"应为{choices(titles)}")
        return codes.get(given, given)

    return BeforeValidator(read)


def choices(titles: Mapping[str, str]) -> str:
    """Titles with the codes that may be written instead."""
    return " " + "、".join(f"{title}（{code}）" for code, title in titles.items()) + "之一"


Id = Annotated[str, Field(pattern=pattern.CODE, description=pattern.WORDS[pattern.CODE])]
Code = Annotated[str, Field(pattern=pattern.CODE, description=pattern.WORDS[pattern.CODE])]
Name = Annotated[
    str, Field(min_length=1, max_length=NAME_LENGTH_MAX, description=f"1 至 {NAME_LENGTH_MAX} 字"),
    AfterValidator(_plain),
]  # fmt: skip
Words = Annotated[
    str, Field(min_length=1, max_length=WORDS_LENGTH_MAX, description=f"1 至 {WORDS_LENGTH_MAX} 字"),
    AfterValidator(_plain),
]  # fmt: skip
Phone = Annotated[str, Field(pattern=pattern.PHONE, description=pattern.WORDS[pattern.PHONE])]
Division = Annotated[str, Field(pattern=pattern.DIVISION, description=pattern.WORDS[pattern.DIVISION])]
Grid = Annotated[str, Field(pattern=pattern.GRID, description=pattern.WORDS[pattern.GRID])]
Day = Annotated[date, BeforeValidator(_day), Field(description=A_DAY)]
Moment = Annotated[datetime, BeforeValidator(_moment), Field(description=A_MOMENT)]
Codes = Annotated[tuple[Code, ...], BeforeValidator(_codes), Field(description="代码，几个之间用空格或顿号隔开")]
Worn = Annotated[Hat, BeforeValidator(_hat), Field(description=A_HAT)]
