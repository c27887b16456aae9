"""Divisions as files list them: read, checked row by row, and placed in the tree above them. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.form import control_free

COLUMNS = ("code", "name", "level", "parent")
CODE = re.compile(r"[0-9]{12}")
NAME_LENGTH_MAX = 60
# Statistical tables tell villages from urban communities; to every procedure they are one level.
SAME_AS: Mapping[str, str] = {"community": "village"}
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
    """Rows that a register cannot take; nothing was written. `faults`: one line each, in Chinese."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Division:
    """A division as a file lists it; `parent` is None at the top of the file's tree."""

    code: str
    name: str
    level: str
    parent: str | None


def parse(data: bytes) -> tuple[Division, ...]:
    """The rows of a CSV file with at least the columns code, name, level, parent. Raises RegisterFault.

    UTF-8, or GB 18030 as spreadsheets write it in China.
    """
    rows, faults = [], []
    seen: dict[str, int] = {}
    reader = csv.DictReader(io.StringIO(decoded(data)), strict=True)
    try:
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise RegisterFault([f"第 1 行：缺少列 {'、'.join(missing)}（应有 {','.join(COLUMNS)}）"])
        for given in reader:
            code, name, level, parent = ((given[column] or "").strip() for column in COLUMNS)
            row = Division(code, name, SAME_AS.get(level, level), parent or None)
            faults += [f"第 {reader.line_num} 行：{words}" for words in _faults(row, seen)]
            seen.setdefault(row.code, reader.line_num)
            rows.append(row)
    except csv.Error as error:
        raise RegisterFault([*faults, f"第 {reader.line_num} 行：不是合格的 CSV（{error}）"]) from None
    if not rows and not faults:
        faults.append("文件里没有区划")
    if faults:
        raise RegisterFault(faults)
    return tuple(rows)


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
            faults.append(f"{row.code} {row.name}：上级 {above.code} {above.name} 的层级 {above.level} 不对")
        upwards = found.get(above.code, {}) if above else {}
        found[row.code] = {row.level: row.code, **upwards} if row.level in IN_LINEAGE else {}
    if faults:
        raise RegisterFault(faults)
    return found


def decoded(data: bytes) -> str:
    """A text file as spreadsheets write it: UTF-8 or GB 18030. Raises RegisterFault."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RegisterFault(["文件不是文本（应为 UTF-8 或 GB 18030 编码的 CSV）"])


def _faults(row: Division, seen: Mapping[str, int]) -> Iterable[str]:
    if not CODE.fullmatch(row.code):
        yield f"代码“{row.code[:20]}”应为 12 位数字"
    elif row.code in seen:
        yield f"代码 {row.code} 与第 {seen[row.code]} 行重复"
    if not row.name or len(row.name) > NAME_LENGTH_MAX or not control_free(row.name):
        yield f"名称“{row.name[:20]}”应为 1 至 {NAME_LENGTH_MAX} 字"
    if row.level not in ABOVE:
        yield f"层级“{row.level[:20]}”应为 {'、'.join((*ABOVE, *SAME_AS))} 之一"
    if row.parent is not None and not CODE.fullmatch(row.parent):
        yield f"上级代码“{row.parent[:20]}”应为 12 位数字"
