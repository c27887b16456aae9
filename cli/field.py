"""Answers to a form as a terminal gives them: `name=value` texts, typed by the form."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from domain.rules.form import FieldType, FormField

TRUE, FALSE = ("true", "yes", "是", "1"), ("false", "no", "否", "0")
WORDS = {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}
LISTS = (FieldType.CHOICES, FieldType.EVIDENCE)


def typed(pairs: Iterable[str], document: str | None, form: Sequence[FormField]) -> dict[str, Any]:
    """The fields of a JSON object and of `name=value` pairs, which win. Lists: several pairs, or commas.

    What does not fit its type stays text, for the registrar to refuse. Raises ValueError, in Chinese.
    """
    fields = _object(document)
    types = {field.name: field.type for field in form}
    many = {field.name for field in form if field.type in LISTS or field.many}
    lists: dict[str, list[str]] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise ValueError(f"--field 应写作 名称=值，收到的是“{pair}”")
        if name in many:
            lists.setdefault(name, []).extend(item.strip() for item in value.split(",") if item.strip())
        else:
            fields[name] = _value(types.get(name), value)
    return fields | lists


def _object(document: str | None) -> dict[str, Any]:
    try:
        fields = json.loads(document or "{}")
    except ValueError as error:
        raise ValueError(f"--fields-json 不是合格的 JSON：{error}") from None
    if not isinstance(fields, dict):
        raise ValueError("--fields-json 应为 JSON 对象")
    return fields


def _value(kind: FieldType | None, text: str) -> Any:
    match kind:
        case FieldType.BOOLEAN:
            return WORDS.get(text.lower(), text)
        case FieldType.NUMBER:
            try:
                return float(text) if set(text) & set(".eE") else int(text)
            except ValueError:
                return text
        case FieldType.FIELDS:
            return _object(text)
        case _:
            return text


def attached(fields: Mapping[str, Any], form: Sequence[FormField]) -> dict[str, list[str]]:
    """The evidence fields that name files to be stored first (`@photo.jpg`)."""
    names = {field.name for field in form if field.type is FieldType.EVIDENCE}
    return {
        name: value
        for name, value in fields.items()
        if name in names and isinstance(value, list) and any(str(item).startswith("@") for item in value)
    }
