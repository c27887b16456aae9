"""The cells of a register's table: what each kind of column takes, and how it is read. Pure."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from domain.form import control_free
from domain.hat import Hat
from domain.instant import SHANGHAI, utc
from ledger.division import CODE, NAME_LENGTH_MAX

DAY_NUMBER = re.compile(r"[1-9]\d{4}")  # how Excel keeps a date: days since 1899-12-30
SERIAL = re.compile(r"\d{5}(\.\d+)?", re.ASCII)


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


def _hat(given: Any) -> Any:
    return Hat.parse(given) if isinstance(given, str) else given


def _plain(text: str) -> str:
    if not control_free(text):
        raise ValueError("含有不可用的控制字符")
    return text


def _codes(given: Any) -> Any:
    return tuple(re.split(r"[\s、,，;；]+", given)) if isinstance(given, str) else given


def of(titles: Mapping[str, str]) -> BeforeValidator:
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
Worn = Annotated[Hat, BeforeValidator(_hat)]
