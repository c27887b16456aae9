"""A register as its own table: Chinese headings and values, as the loader takes them. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

from pydantic.fields import FieldInfo

from domain.days.instant import local
from domain.rules.hat import ROLE_TITLES
from ledger.registers.division import TITLES
from ledger.registers.register_kind import GRID_TITLES, LISTS, TIERS, RegisterKind

# What stands beside the columns that are loaded.
BESIDE: Mapping[str, str] = {
    "level": "级别", "sample": "样例", "voided_at": "作废时间", "voided_by": "作废人", "voided_hat": "作废时身份",
    "voided_why": "作废理由",
}  # fmt: skip
VALUES: Mapping[str, Mapping[str, str]] = {"list": LISTS, "tier": TIERS}


def headings(kind: RegisterKind) -> list[str]:
    """The columns that are loaded."""
    return [kind.heading(name) for name in kind.row.model_fields]


def line(kind: RegisterKind, row: Mapping[str, Any]) -> list[str]:
    """A row as stored, in those columns."""
    return [_cell(_value(name, row)) for name in kind.row.model_fields]


def beside(kind: RegisterKind, row: Mapping[str, Any]) -> dict[str, str]:
    """Heading → what else is known of a row."""
    levels = GRID_TITLES if kind.table == "grid" else TITLES
    voided = row.get("voided_at")
    values = {
        **row,
        "level": levels.get(row.get("level") or "", ""),
        "sample": "是" if row.get("sample") else "",
        "voided_at": voided and voided.replace(second=0, microsecond=0),
    }
    shown = [name for name in BESIDE if name in row and (row.get("voided_at") or not name.startswith("voided"))]
    return {BESIDE[name]: _cell(values[name]) for name in shown}


def demands(kind: RegisterKind) -> Iterator[str]:
    """For every column what belongs there."""
    for name, field in kind.row.model_fields.items():
        needed = "必填" if field.is_required() or name in kind.row.headed else "可空"
        yield f"{kind.heading(name)}（{needed}）：{_description(field).strip()}"


def _description(field: FieldInfo) -> str:
    """The words of a column; those of one that may be empty lie within its type."""
    if field.description:
        return field.description
    inner: Sequence[Any] = [each for kind in get_args(field.annotation) for each in get_args(kind)]
    return next((each.description for each in inner if isinstance(each, FieldInfo) and each.description), "")


def _value(name: str, row: Mapping[str, Any]) -> Any:
    if name == "hat":
        return f"{ROLE_TITLES.get(row['role'], row['role'])}@{row['scope']}"
    return VALUES[name].get(row[name], row[name]) if name in VALUES else row[name]


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return local(value).replace(tzinfo=None).isoformat(" ").removesuffix(":00")
    if isinstance(value, list):
        return "、".join(map(str, value))
    return "" if value is None else str(value)
