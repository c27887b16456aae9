"""What does not fit a model, in words for the person who wrote it: one vocabulary for files, tables and messages."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from domain.format import WORDS as PATTERNS

MISFITS_MAX = 20
QUOTED_MAX = 30
MISSING, UNKNOWN = "missing", "extra_forbidden"
DAY, INSTANT = "应为日期，如 2026-11-23", "应为带时区的时间，如 2026-11-23T09:30:00+08:00"

Found = Mapping[str, Any]  # one of pydantic's errors
Place = tuple[int | str, ...]

WORDS: Mapping[str, str] = {
    MISSING: "缺少此项",
    UNKNOWN: "没有这一项，请检查拼写",
    "string_type": "应为文字",
    "string_too_long": "最多 {max_length} 字",
    "string_too_short": "至少 {min_length} 字",
    "string_pattern_mismatch": "格式不对",
    "literal_error": "只能是 {expected}",
    "enum": "只能是 {expected}",
    "none_required": "应留空",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "finite_number": "应为数字",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "uuid_parsing": "应为 UUID",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "dataclass_type": "应为对象",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "greater_than_equal": "不能小于 {ge}",
    "greater_than": "应大于 {gt}",
    "less_than_equal": "不能大于 {le}",
    "date_type": DAY,
    "date_parsing": DAY,
    "date_from_datetime_parsing": DAY,
    "date_from_datetime_inexact": DAY,
    "datetime_type": INSTANT,
    "datetime_parsing": INSTANT,
    "datetime_from_date_parsing": INSTANT,
    "timezone_aware": INSTANT,
}

PAIRS, LIST = "应为下一级的各项，写作“名称: 值”", "应为列表，写作 [甲, 乙] 或每项一行、以 - 开头"
IN_FILES: Mapping[str, str] = {
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type", "dataclass_type"), PAIRS),
    **dict.fromkeys(("list_type", "tuple_type"), LIST),
}
HINTS: Mapping[str, str] = {"int_type": "，不加引号", "string_type": "，请加引号"}


def words(found: Found) -> str:
    """One of pydantic's errors in words, its place left out."""
    context = found.get("ctx", {})
    if found["type"] == "value_error":
        return str(context.get("error", "格式不正确"))
    if context.get("pattern") in PATTERNS:
        return f"应为 {PATTERNS[context['pattern']]}"
    if "expected" in context:
        options = str(context["expected"]).replace(" or ", "、").replace(", ", "、")
        context = {"expected": options.replace("'", "")}
    plain = {name: f"{value:g}" if isinstance(value, float) else value for name, value in context.items()}
    return WORDS.get(found["type"], "格式不正确").format_map(plain)


def in_one_line(found: Iterable[Found], whole: str = "") -> str:
    """Errors with their places, in one line; `whole` names the place of what concerns everything."""
    lines = []
    for each, _ in zip(found, range(MISFITS_MAX), strict=False):
        place = _place(each["loc"], whole)
        lines.append(f"{place}：{words(each)}" if place else words(each))
    return "；".join(lines)


def listed(found: Sequence[Found], document: Any, whole: str = "（整个文件）") -> list[str]:
    """What is wrong with a file that says `document`: one line for each place, with what stands there."""
    lines = dict[Place, list[str]]()
    values = dict[Place, str]()
    for steps, each in _chosen(found, document):
        of_key = steps[-1:] == ("[key]",)
        place = steps[:-1] if of_key else steps
        said = f"名称{_written(each)}" if of_key else _written(each)
        if not of_key and each["type"] not in (MISSING, UNKNOWN):
            values[place] = quoted(each["input"])
        if said not in lines.setdefault(place, []):
            lines[place].append(said)
    listing = [f"{_place(place, whole)}：{'，或'.join(said)}{values.get(place, '')}" for place, said in lines.items()]
    more = [f"……共 {len(listing)} 处"] if len(listing) > MISFITS_MAX else []
    return [*listing[:MISFITS_MAX], *more]


def quoted(value: Any) -> str:
    """`，现为“…”`: what somebody has written, shortened; empty for what is more than one value."""
    if value is None:
        return "，现为空"
    if not isinstance(value, str | int | float):
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    plain = "".join(each if each.isprintable() else "□" for each in text)
    return f"，现为“{plain[:QUOTED_MAX]}{'…' if len(plain) > QUOTED_MAX else ''}”"


def _written(found: Found) -> str:
    """The words for whoever writes a file."""
    hint = HINTS.get(found["type"], "") if isinstance(found["input"], str | int | float) else ""
    return IN_FILES.get(found["type"]) or words(found) + hint


def _place(steps: Iterable[int | str], whole: str) -> str:
    return ".".join(str(step)[:60] for step in steps) or whole


def _chosen(found: Sequence[Found], document: Any) -> list[tuple[Place, Found]]:
    """Errors at places of the file. Of what may be written in several ways, the way that has least wrong with it.

    pydantic names such a way between the steps; it is no place of the file.
    """
    ways = dict[Place, dict[str, list[tuple[Place, Found]]]]()
    for each in found:
        place, choice, way = _walked(each, document)
        ways.setdefault(choice, {}).setdefault(way, []).append((place, each))
    chosen = []
    for choice, each_way in ways.items():
        least = min(map(len, each_way.values()))
        best = [errors for errors in each_way.values() if len(errors) == least]
        alike = all(place == choice for errors in best for place, _ in errors)
        chosen += [error for errors in (best if alike else best[:1]) for error in errors]
    return chosen


def _walked(found: Found, document: Any) -> tuple[Place, Place, str]:
    """Where in the file; and the place that may be written in several ways, with the way."""
    steps, at, choice, way = list[int | str](), document, None, ""
    *before, last = found["loc"] or ("",)
    for step in (*before, last):
        inside = (isinstance(at, dict) and step in at) or (isinstance(at, list) and isinstance(step, int))
        if inside:
            at = at[step] if isinstance(at, dict) or step < len(at) else None
            steps.append(step)
        elif step is last and (found["type"] == MISSING or step == "[key]"):
            steps.append(step)
        elif step != "":
            choice, way = (tuple(steps) if choice is None else choice), f"{way}/{step}"
    place = tuple(steps)
    return place, place if choice is None else choice, way
