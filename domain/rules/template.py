"""Forms filled in from texts with ${names}, for cases that the engine opens."""

from collections.abc import Mapping
from string import Template
from typing import Any


class Blank(Template):
    """`${name}` and nothing else: no expression is ever evaluated."""

    idpattern = r"[a-z][a-z0-9_]{0,39}"


def filled(fields: Mapping[str, str | bool | int], names: Mapping[str, Any]) -> dict[str, Any]:
    """The form. A text that is one name alone keeps the type of its value; an empty result is left out."""
    given = {field: _value(value, names) for field, value in fields.items()}
    return {field: value for field, value in given.items() if value != ""}


def _value(value: str | bool | int, names: Mapping[str, Any]) -> Any:
    if not isinstance(value, str):
        return value
    alone = value.removeprefix("${").removesuffix("}")
    return names[alone] if value == f"${{{alone}}}" and alone in names else Template(value).substitute(names)
