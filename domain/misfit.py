"""What does not fit a model, in words for the person who wrote it: one vocabulary for files, forms and messages."""

from collections.abc import Iterable, Mapping
from typing import Any

MISFITS_MAX = 20

WORDS: Mapping[str, str] = {
    "missing": "缺少此项",
    "extra_forbidden": "没有这一项，请检查拼写",
    "string_type": "应为文字",
    "string_too_long": "最多 {max_length} 字",
    "string_too_short": "至少 {min_length} 字",
    "string_pattern_mismatch": "格式不对，应合 {pattern}",
    "literal_error": "只能是 {expected}",
    "enum": "只能是 {expected}",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
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
    "less_than_equal": "不能大于 {le}",
    "date_type": "应为日期，如 2026-11-23",
    "date_parsing": "应为日期，如 2026-11-23",
    "date_from_datetime_parsing": "应为日期，如 2026-11-23",
    "datetime_type": "应为带时区的时间，如 2026-11-23T09:30:00+08:00",
    "datetime_parsing": "应为带时区的时间，如 2026-11-23T09:30:00+08:00",
    "datetime_from_date_parsing": "应为带时区的时间，如 2026-11-23T09:30:00+08:00",
    "timezone_aware": "应为带时区的时间，如 2026-11-23T09:30:00+08:00",
}


def words(found: Mapping[str, Any]) -> str:
    """One of pydantic's errors in words, its place left out."""
    context = found.get("ctx", {})
    if found["type"] == "value_error":
        return str(context.get("error", "格式不正确"))
    if "expected" in context:
        context = {"expected": str(context["expected"]).replace(" or ", "、").replace(", ", "、")}
    return WORDS.get(found["type"], "格式不正确").format_map(context)


def told(found: Iterable[Mapping[str, Any]], whole: str = "") -> str:
    """Errors with their places, in one line; `whole` names the place of what concerns everything."""
    lines = []
    for each, _ in zip(found, range(MISFITS_MAX), strict=False):
        place = ".".join(str(step)[:60] for step in each["loc"]) or whole
        lines.append(f"{place}：{words(each)}" if place else words(each))
    return "；".join(lines)
