"""Typed forms: what an action asks of the person who takes it, and whether an answer fits."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.days.instant import Instant, day_of, local, shown, utc
from domain.format import NAME
from domain.rules.refusal import FieldProblem

TEXT_LENGTH_MAX = 4000
PLACE_LENGTH_MAX = 200
EVIDENCE_COUNT_MAX = 50
MANY_COUNT_MAX = 50
FAR = timedelta(days=731)
# Control characters other than tab, line feed and carriage return: nothing a person types, and NUL cannot be stored;
# with them what is invisible or turns the reading direction, for a text must be what it looks like.
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
LINE_BREAK = re.compile("[\t\n\r]")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
SHA256 = re.compile(r"[0-9a-f]{64}")


class FieldType(StrEnum):
    """The kinds of answer a form can ask for."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    INSTANT = "instant"
    PLACE = "place"
    UNIT = "unit"
    PERSON = "person"
    EVIDENCE = "evidence"
    ITEM = "item"  # one of the open items of the case, shown to clients as a choice
    CLOCK = "clock"  # one of its running clocks, shown to clients as a choice
    CASE = "case"  # another case, by number
    FIELDS = "fields"  # the answers to another procedure's intake form, as an object


class FormField(BaseModel):
    """One field of a form. `max`: characters for text and place, the largest value for number, and `min` the least.

    `whole`: a number without fraction; `many`: a list of units or persons. `past`: not after now; `future`: not before
    today, and within a year or two; `of_stage`: not before the case came to its stage; `during`: within the time of
    one of these clocks.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=NAME)
    title: str = Field(min_length=1)
    type: FieldType
    required: bool = False
    options: dict[str, str] | None = None
    max: int | None = None
    min: int | None = None
    whole: bool = False
    many: bool = False
    past: bool = False
    future: bool = False
    of_stage: bool = False
    during: tuple[str, ...] = ()

    @model_validator(mode="after")
    def options_fit_type(self) -> "FormField":
        """Choices need options; nothing else may have them."""
        if (self.type in (FieldType.CHOICE, FieldType.CHOICES)) != bool(self.options):
            raise ValueError(f"字段“{self.name}”：选项与类型 {self.type} 不符")
        return self

    @cached_property
    def shown(self) -> dict[str, Any]:
        """The field as the API shows it: name, title, type, required, and options or max where there are any."""
        shown: dict[str, Any] = {"name": self.name, "title": self.title, "type": str(self.type)}
        shown["required"] = self.required
        if self.options:
            shown["options"] = self.options
        if self.max is not None or self.type is FieldType.TEXT:
            shown["max"] = self.max if self.max is not None else TEXT_LENGTH_MAX
        if self.min is not None:
            shown["min"] = self.min
        shown |= {name: True for name in ("whole", "many") if getattr(self, name)}
        return shown


@dataclass(frozen=True, slots=True)
class Known:
    """What a form may name, by id: from the registers and the case. `evidence`: what is the actor's to name."""

    units: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
    evidence: frozenset[str] = frozenset()
    cases: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    clocks: frozenset[str] = frozenset()
    at: Instant | None = None
    came_at: Instant | None = None
    spans: Mapping[str, tuple[Instant, Instant]] = dataclass_field(default_factory=dict)


def control_free(text: str) -> bool:
    """Whether `text` has no control character that a person could not have meant."""
    return not CONTROL.search(text)


def legible(text: str, longest: int) -> str:
    """The beginning of a text that somebody sent, fit to be repeated to them: stored, encoded, shown."""
    return CONTROL.sub("\ufffd", text[:longest])


def answers(
    form: tuple[FormField, ...], fields: Mapping[str, Any], known: Known
) -> tuple[dict[str, Any], tuple[FieldProblem, ...]]:
    """The given `fields` as the form wants them, and everything that is wrong with them (empty when all is well)."""
    asked = {field.name for field in form}
    problems = [
        FieldProblem(legible(name, 60), "unknown_field", f"表单没有“{legible(name, 60)}”这一项")
        for name in fields
        if name not in asked
    ]
    kept: dict[str, Any] = {}
    for field in form:
        value = fields.get(field.name)
        if value is None or value == "" or value == []:
            if field.required:
                problems.append(FieldProblem(field.name, "missing_field", f"请填写“{field.title}”"))
            continue
        problem = CHECKS[field.type](field, value, known)
        if problem:
            problems.append(FieldProblem(field.name, *problem))
        else:
            kept[field.name] = value
    return kept, tuple(problems)


Problem = tuple[str, str] | None


def _text(field: FormField, value: Any, _known: Known) -> Problem:
    longest = field.max or (PLACE_LENGTH_MAX if field.type is FieldType.PLACE else TEXT_LENGTH_MAX)
    if not isinstance(value, str):
        return "mistyped_field", f"“{field.title}”应为文字"
    if len(value) > longest:
        return "field_too_long", f"“{field.title}”最多 {longest} 字，现有 {len(value)} 字"
    if not control_free(value):
        return "control_character", f"“{field.title}”含有不可用的控制字符"
    if not value.strip():
        return "missing_field", f"请填写“{field.title}”"
    return None


def _number(field: FormField, value: Any, _known: Known) -> Problem:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return "mistyped_field", f"“{field.title}”应为数字"
    if isinstance(value, float) and not math.isfinite(value):  # of an integer too long it cannot be asked
        return "mistyped_field", f"“{field.title}”应为数字"
    if field.whole and not isinstance(value, int):
        return "mistyped_field", f"“{field.title}”应为整数"
    if abs(value) > 2**53 - 1 or (field.max is not None and value > field.max):
        most = "" if field.max is None else f"，最大 {field.max}"
        return "number_too_large", f"“{field.title}”超出范围{most}"
    if field.min is not None and value < field.min:
        return "number_too_small", f"“{field.title}”不能小于 {field.min}"
    return None


def _boolean(field: FormField, value: Any, _known: Known) -> Problem:
    return None if isinstance(value, bool) else ("mistyped_field", f"“{field.title}”应为 true 或 false")


def _choice(field: FormField, value: Any, _known: Known) -> Problem:
    options = field.options or {}
    if isinstance(value, str) and value in options:
        return None
    return (
        "unknown_choice",
        f"“{field.title}”应为：{'、'.join(f'{code}（{title}）' for code, title in options.items())}",
    )


def _choices(field: FormField, value: Any, known: Known) -> Problem:
    if not isinstance(value, list) or len(value) > len(field.options or ()):
        return "mistyped_field", f"“{field.title}”应为选项列表"
    problem = next((problem for item in value if (problem := _choice(field, item, known))), None)
    if problem is None and len(set(value)) < len(value):
        return "mistyped_field", f"“{field.title}”中有选项重复"
    return problem


def _date(field: FormField, value: Any, known: Known) -> Problem:
    try:
        # Python also reads 20261123 and 2026-W48-1: one way of writing, so that dates can be compared as text.
        fits = date.fromisoformat(value).isoformat() == value
    except (TypeError, ValueError):
        fits = False
    if not fits:
        return "mistyped_field", f"“{field.title}”应为日期，如 2026-11-23"
    today = day_of(known.at) if known.at else day_of(datetime.fromisoformat(f"{value}T12:00:00+08:00"))
    if field.past and value > today.isoformat():
        return "in_future", f"“{field.title}”不能晚于今天"
    if field.future and not today.isoformat() <= value <= (today + FAR).isoformat():
        return "out_of_range", f"“{field.title}”应在今天至两年之内"
    return None


def _instant(field: FormField, value: Any, known: Known) -> Problem:
    try:
        # Python takes any character between date and time, half of a surrogate pair too.
        aware = RFC3339.fullmatch(value) is not None and bool(utc(datetime.fromisoformat(value)))
    except (TypeError, ValueError, OverflowError):
        aware = False
    if aware:
        return _timely(field, datetime.fromisoformat(value), known)
    return "mistyped_field", f"“{field.title}”应为带时区的时间，如 2026-11-23T09:30:00+08:00"


def _timely(field: FormField, moment: Instant, known: Known) -> Problem:
    if field.past and known.at is not None and moment > known.at:
        return "in_future", f"“{field.title}”不能晚于现在"
    if field.of_stage and known.came_at is not None and moment < known.came_at:
        return "too_early", f"“{field.title}”不能早于 {local(known.came_at):%Y-%m-%d %H:%M}（到达本阶段的时间）"
    spans = [known.spans[clock] for clock in field.during if clock in known.spans]
    if spans and not any(begin <= moment < end for begin, end in spans):
        allowed = " 或 ".join(f"{local(begin):%Y-%m-%d} 至 {shown(end)}" for begin, end in spans)
        return "out_of_range", f"“{field.title}”应在 {allowed} 之间"
    return None


def _one_of(things: Callable[[Known], frozenset[str]], what: str) -> Callable[[FormField, Any, Known], Problem]:
    def check(field: FormField, value: Any, known: Known) -> Problem:
        if field.many:
            return _each(field, value, known)
        if not isinstance(value, str) or not control_free(value):
            return "mistyped_field", f"“{field.title}”应为{what}编号"
        return (
            None if value in things(known) else (f"unknown_{field.type}", f"没有编号为“{legible(value, 60)}”的{what}")
        )

    def _each(field: FormField, value: Any, known: Known) -> Problem:
        items = value if isinstance(value, list) else [value]
        if len(items) > MANY_COUNT_MAX or not all(isinstance(item, str) for item in items):
            return "mistyped_field", f"“{field.title}”应为{what}编号的列表（最多 {MANY_COUNT_MAX} 个）"
        if len(set(items)) < len(items):
            return "mistyped_field", f"“{field.title}”中有{what}重复"
        one = field.model_copy(update={"many": False})
        return next((problem for item in items if (problem := check(one, item, known))), None)

    return check


def _fields(field: FormField, value: Any, _known: Known) -> Problem:
    """Check for a flat object of texts, numbers, booleans and lists of texts; the other procedure checks the rest."""
    plain = (str, bool, int, float)
    if not isinstance(value, dict) or len(value) > MANY_COUNT_MAX:
        return "mistyped_field", f"“{field.title}”应为对象（最多 {MANY_COUNT_MAX} 项）"
    texts = [text for each in value.values() for text in (each if isinstance(each, list) else [each])]
    if not all(isinstance(each, plain) for each in texts) or not all(isinstance(name, str) for name in value):
        return "mistyped_field", f"“{field.title}”的各项应为文字、数字、是否或文字的列表"
    if any(isinstance(each, float) and not math.isfinite(each) for each in texts):
        return "mistyped_field", f"“{field.title}”中有不能保存的数字"
    if any(isinstance(each, int) and abs(each) > 2**53 - 1 for each in texts):
        return "number_too_large", f"“{field.title}”中有数字超出范围"
    strings = [each for each in [*texts, *value] if isinstance(each, str)]
    if any(len(each) > TEXT_LENGTH_MAX or not control_free(each) for each in strings):
        return "control_character", f"“{field.title}”中有过长的文字或不可用的控制字符"
    return None


def _evidence(field: FormField, value: Any, known: Known) -> Problem:
    items = value if isinstance(value, list) else [value]
    if len(items) > EVIDENCE_COUNT_MAX or not all(isinstance(i, str) and SHA256.fullmatch(i) for i in items):
        return "mistyped_field", f"“{field.title}”应为已上传附件的 sha256（最多 {EVIDENCE_COUNT_MAX} 个）"
    missing = [item for item in items if item not in known.evidence]
    return ("unknown_evidence", f"附件尚未上传：{missing[0]}") if missing else None


CHECKS: dict[FieldType, Callable[[FormField, Any, Known], Problem]] = {
    FieldType.TEXT: _text, FieldType.PLACE: _text, FieldType.NUMBER: _number, FieldType.BOOLEAN: _boolean,
    FieldType.CHOICE: _choice, FieldType.CHOICES: _choices, FieldType.DATE: _date, FieldType.INSTANT: _instant,
    FieldType.EVIDENCE: _evidence, FieldType.FIELDS: _fields,
    FieldType.UNIT: _one_of(lambda known: known.units, "承办单位"),
    FieldType.PERSON: _one_of(lambda known: known.persons, "人员"),
    FieldType.ITEM: _one_of(lambda known: known.items, "待办项"),
    FieldType.CLOCK: _one_of(lambda known: known.clocks, "可以延期的时限"),
    FieldType.CASE: _one_of(lambda known: known.cases, "事项"),
}  # fmt: skip
