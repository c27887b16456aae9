"""Times as other systems write them: without zone, as day numbers, in hours that a change of clocks leaves out."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from domain.days.instant import SHANGHAI, Instant, utc

EXCEL = "excel"  # days and their parts since 1899-12-30, as spreadsheets keep a time
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a reading without zone
DAY_NUMBERS = range(1, 110_000)  # up to the year 2201
HOURS = ("%H", "%I", "%X", "%c", "%T")
LAST = time(23, 59, 59, 999999)


@dataclass(frozen=True, slots=True)
class Reading:
    """A time as read; `remarks`: what somebody should know about it."""

    at: Instant
    remarks: tuple[str, ...] = ()


class ForeignTime(BaseModel):
    """A column of times. `format`: strptime's, or several to be tried in turn, or `excel`; `zone`: an IANA name.

    A time of day that is not there is the beginning of the day; of what ends (`last`), its end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str = Field(min_length=1)
    format: tuple[str, ...] = Field(min_length=1)
    zone: str = "Asia/Shanghai"

    @field_validator("format", mode="before")
    @classmethod
    def _several(cls, given: object) -> object:
        return (given,) if isinstance(given, str) else given

    @field_validator("format")
    @classmethod
    def _dates(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for each in given:
            if each != EXCEL and not _names_a_day(each):
                raise ValueError(f"“{each}”不是时间格式，须含年月日，如 %Y-%m-%d %H:%M，或写 {EXCEL}")
        return given

    @model_validator(mode="after")
    def _known_zone(self) -> "ForeignTime":
        try:
            _ = self.clocks
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"没有名为“{self.zone}”的时区，如 Asia/Shanghai、America/New_York") from None
        return self

    @cached_property
    def clocks(self) -> tzinfo:
        """The zone; Shanghai's is fixed, as everywhere here. Raises ZoneInfoNotFoundError and ValueError."""
        return SHANGHAI if self.zone == str(SHANGHAI) else ZoneInfo(self.zone)

    def read(self, text: str, last: bool = False) -> Reading | None:
        """What a cell says; None when it is no time. Of an hour that comes twice the first is taken."""
        for form in self.format:
            naive = _parsed(text, form)
            if naive is None:
                continue
            if naive.tzinfo is not None:
                return Reading(utc(naive))
            if last and not _has_hours(form, naive):
                naive = datetime.combine(naive.date(), LAST)
            return self._placed(naive)
        return None

    def _placed(self, naive: datetime) -> Reading:
        first = naive.replace(tzinfo=self.clocks)
        second = first.replace(fold=1)
        remarks: tuple[str, ...] = ()
        if first.utcoffset() != second.utcoffset():
            there = f"{naive:%Y-%m-%d %H:%M:%S}（{self.zone}）"
            # An hour that was left out is not what comes back from it.
            absent = first.astimezone(UTC).astimezone(self.clocks).replace(tzinfo=None) != naive
            remarks = (f"拨快时钟，没有 {there}这一时刻" if absent else f"拨慢时钟，{there}有两次，取前一次",)
        return Reading(utc(first), remarks)


def _names_a_day(form: str) -> bool:
    """Whether a format tells the day, month and year, and reads back what it writes."""
    day = datetime(2011, 12, 31, tzinfo=UTC)
    try:
        return datetime.strptime(day.strftime(form), form).date() == day.date()  # noqa: DTZ007
    except ValueError:
        return False


def _has_hours(form: str, naive: datetime) -> bool:
    return naive.time() != time() if form == EXCEL else any(each in form for each in HOURS)


def _parsed(text: str, form: str) -> datetime | None:
    try:
        if form != EXCEL:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the column's
        days = float(text)
        return EPOCH + timedelta(seconds=round(days * 86_400)) if int(days) in DAY_NUMBERS else None
    except (ValueError, OverflowError):
        return None
