"""Divisions, placed in the tree above them. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CODE = re.compile(r"[0-9]{12}")
NAME_LENGTH_MAX = 60
# Statistical tables tell villages from urban communities; to every procedure they are one level.
SAME_AS: Mapping[str, str] = {"community": "village"}
TITLES: Mapping[str, str] = {
    "province": "省级", "city": "市级", "county": "县级", "township": "乡镇", "village": "村", "community": "社区",
}  # fmt: skip
ABOVE: Mapping[str, str | None] = {
    "province": None,
    "city": "province",
    "county": "city",
    "township": "county",
    "village": "township",
}
IN_LINEAGE = ("county", "township", "village")


def county_of(code: str) -> str:
    """The county of a division: the first six digits of its code name it (GB/T 2260)."""
    return f"{code[:6]}000000"


class RegisterFault(Exception):
    """Rows that a register cannot take; nothing was written. `faults`: one line each, in Chinese, up to a limit.

    `count`: how many there are in all.
    """

    def __init__(self, faults: Sequence[str], count: int | None = None) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)
        self.count = len(faults) if count is None else count


@dataclass(frozen=True, slots=True)
class Division:
    """A division as a file lists it; `parent` is None at the top of the file's tree."""

    code: str
    name: str
    level: str
    parent: str | None


def lineages(tree: Mapping[str, Division]) -> dict[str, dict[str, str]]:
    """For every code of a whole tree: level → code, from the division itself up to its county.

    Empty above counties, where nothing is handled. Raises RegisterFault for a parent missing or out of level.
    """
    faults: list[str] = []
    found: dict[str, dict[str, str]] = {}
    order = list(ABOVE)
    for row in sorted(tree.values(), key=lambda row: order.index(row.level)):
        above = tree.get(row.parent) if row.parent else None
        if row.parent is None and row.level in ("township", "village"):
            faults.append(f"{row.code} {row.name}：缺少上级区划")
        elif row.parent is not None and above is None:
            faults.append(f"{row.code} {row.name}：上级 {row.parent} 既不在文件中，也不在登记册中")
        elif above is not None and above.level != ABOVE[row.level]:
            wanted = ABOVE[row.level]
            expected = f"应为{TITLES[wanted]}" if wanted else "应为空"
            faults.append(f"{row.code} {row.name}：上级 {above.code} {above.name} 是{TITLES[above.level]}，{expected}")
        upwards = found.get(above.code, {}) if above else {}
        found[row.code] = {row.level: row.code, **upwards} if row.level in IN_LINEAGE else {}
    if faults:
        raise RegisterFault(faults)
    return found
