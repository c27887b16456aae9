"""What clients send, as shapes; and what is wrong with what they sent, in Chinese."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from domain import misreading
from domain.days.instant import utc
from domain.format import PHONE
from domain.rules.form import control_free
from domain.rules.refusal import FieldProblem

YEARS = range(1900, 9000)
DATE = re.compile(r"\d{4}-\d\d-\d\d[Tt]", re.ASCII)
SPACED_ZONE = re.compile(r" (\d\d:?\d\d)$", re.ASCII)


def _plain(text: str) -> str:
    if not control_free(text):
        raise ValueError("含有不可用的控制字符")
    return text


def _written(text: object) -> str:
    """An instant is written out: a bare number is none. In an address a zone's `+` arrives as a space."""
    if not isinstance(text, str) or not DATE.match(text):
        raise ValueError("应为带时区的时间，如 2026-11-23T09:30:00+08:00")
    return SPACED_ZONE.sub(r"+\1", text)


def _moment(instant: datetime) -> datetime:
    # The far ends of the calendar cannot be shown in another zone.
    if instant.year not in YEARS:
        raise ValueError("年份超出范围")
    return utc(instant)


Name = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_plain)]
Moment = Annotated[datetime, Field(strict=False), BeforeValidator(_written), AfterValidator(_moment)]
Answers = Annotated[dict[str, Any], Field(max_length=100)]


class Body(BaseModel):
    """A request body: nothing is converted, and unknown keys are errors."""

    model_config = ConfigDict(strict=True, extra="forbid")


class ReporterBody(Body):
    """Who reported; kept apart from the case and never shown."""

    name: Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_plain)] | None = None
    phone: Annotated[str, Field(pattern=PHONE)] | None = None


class OpeningBody(Body):
    """`fields`: the answers to the procedure's intake form. `occurred_at`: when the matter was seen; `received_at`:
    when it reached an office, if that was before it is recorded (a letter, a call on paper).
    """

    procedure: Name
    division: Name
    title: str
    fields: Answers = {}
    reporter: ReporterBody | None = None
    occurred_at: Moment | None = None
    received_at: Moment | None = None


class ActingBody(Body):
    """`fields`: the answers to the action's form. `expected_version`: refuse if the case has moved since."""

    fields: Answers = {}
    reason: str | None = None
    expected_version: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None


CODES: Mapping[str, str] = {
    "missing": "missing_field",
    "string_too_short": "missing_field",
    "extra_forbidden": "unknown_field",
    "string_too_long": "field_too_long",
    "too_long": "field_too_long",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "string_pattern_mismatch": "invalid_field",
    "value_error": "invalid_field",
}


def problems(found: Iterable[Mapping[str, Any]], within: int = 0) -> tuple[FieldProblem, ...]:
    """pydantic's errors as problems of single fields; `within`: how many steps of the place to leave out."""
    return tuple(_problem(each, within) for each, _ in zip(found, range(misreading.MISFITS_MAX), strict=False))


def _problem(found: Mapping[str, Any], within: int) -> FieldProblem:
    name = ".".join(str(step)[:60] for step in found["loc"][within:])
    known = CODES.get(found["type"], "mistyped_field" if found["type"] in misreading.WORDS else "invalid_field")
    return FieldProblem(name, known, misreading.words(found))
