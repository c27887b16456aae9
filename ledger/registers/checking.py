"""A table checked against its register: headings, cells, keys, and what the rows refer to. Every fault is told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from domain import misreading as misfit
from ledger.registers.division import TITLES
from ledger.registers.register_kind import Reference, RegisterKind, RegisterRow
from ledger.registers.sheet import Fault, Sheet
from ledger.store.connection import Connection

NAMED: Mapping[str, str] = {
    "division": "区划", "village": "村（社区）", "township": "乡镇", "unit": "承办单位", "person": "人员",
    "scope": "区划或承办单位",
}  # fmt: skip
# What of the wanted is on register, and the level of divisions.
ON_REGISTER = """
select 'division' as what, code as id, level from division where valid_to is null and code = any($1)
union all select 'unit', id, null from unit where id = any($1)
union all select 'person', id, null from person where id = any($1)
union all select distinct 'post', person || ' ' || role || '@' || scope, null from hat where person = any($2)
  and (valid_to is null or valid_to > today())
"""
Numbered = tuple[int, RegisterRow]
PLACES = {"division", "village", "township"}


@dataclass(frozen=True, slots=True)
class Checked:
    """The rows that are sound, each for itself, and what is wrong with the others."""

    rows: Sequence[Numbered]
    faults: Sequence[Fault]


def checked(kind: RegisterKind, sheet: Sheet, spare: bool = False) -> Checked:
    """The rows, each for itself: headings, cells, no key twice. `spare`: columns that the register does not have are
    left aside."""
    fields = kind.row.model_fields
    names = {kind.heading(name): name for name in fields} | {name: name for name in fields}
    known = {heading: names[heading] for heading in sheet.header if heading in names}
    faults = list(_headings(kind, sheet, known, spare))
    if not known:
        return Checked((), faults)
    absent = fields.keys() - known.values()
    rows = list[Numbered]()
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in sheet.rows:
        given = {known[heading]: cell for heading, cell in cells.items() if cell and heading in known}
        row: RegisterRow | None = None
        try:
            row = kind.row.model_validate(given)
        except ValidationError as error:
            faults += _cells(kind, number, error, absent)
        if number in sheet.beyond:
            faults.append(Fault(number, "", f"“{sheet.beyond[number]}”超出了列名的范围；内容里有逗号的应加引号"))
        key = tuple(str(getattr(row, name) if row else given.get(name, "")) for name in kind.key_fields)
        if all(key) and key in seen:
            parts = zip(kind.key_fields, key, strict=True)
            words = "，".join(f"{kind.heading(name)}“{value}”" for name, value in parts)
            faults.append(Fault(number, "", f"与第 {seen[key]} 行重复（{words}）"))
        seen.setdefault(key, number)
        if row:
            rows.append((number, row))
    if not sheet.rows:
        faults.append(Fault(0, "", f"文件里只有列名，没有{kind.title}"))
    return Checked(rows, faults)


async def referred(
    connection: Connection, kind: RegisterKind, rows: Sequence[Numbered]
) -> tuple[dict[str, str], Sequence[Fault]]:
    """Code → level of the divisions that the rows name; and what they name and is not on register."""
    wanted = [(number, reference) for number, row in rows for reference in row.references()]
    ids = {value for _, (_, what, value) in wanted if what != "post"}
    wearers = {value.split()[0] for _, (_, what, value) in wanted if what == "post"}
    found = await connection.fetch(ON_REGISTER, list(ids), list(wearers))
    levels = {row["id"]: row["level"] for row in found if row["what"] == "division"}
    known: dict[str, set[str]] = {
        what: {row["id"] for row in found if row["what"] == what} for what in (*NAMED, "post")
    }
    known["scope"] = known["division"] | known["unit"]
    known |= {level: {code for code, its in levels.items() if its == level} for level in ("village", "township")}
    return levels, [
        Fault(number, kind.heading(reference[0]), _absent(reference, levels))
        for number, reference in wanted
        if reference[2] not in known[reference[1]]
    ]


def placed(row: RegisterRow, levels: Mapping[str, str]) -> bool:
    """Whether the divisions that a row names are on register, so that it can be compared with others."""
    return all(value in levels for _, what, value in row.references() if what in PLACES)


def _absent(reference: Reference, levels: Mapping[str, str]) -> str:
    _, what, value = reference
    if what == "post":
        person, _, hat = value.partition(" ")
        return f"登记册里“{person}”没有此身份，现为“{hat}”；请先载入任职"
    if value in levels:
        return f"应为{NAMED[what]}，现为“{value}”（{TITLES[levels[value]]}）"
    return f"登记册里没有{NAMED[what]}“{value}”"


def _headings(kind: RegisterKind, sheet: Sheet, known: Mapping[str, str], spare: bool) -> Iterator[Fault]:
    fields = kind.row.model_fields
    needed = [name for name, field in fields.items() if field.is_required() or name in kind.row.headed]
    lower = next((at for at, cells in sheet.opening[1:] if _names(kind, needed, cells)), None)
    if not _names(kind, needed, sheet.header) and lower:
        yield Fault(0, "", f"列名在第 {lower} 行，应在首行；请删去它上面的各行（标题、说明）再载入")
        return
    missing = [kind.heading(name) for name in needed if name not in known.values()]
    if missing:
        yield Fault(sheet.at, "", f"缺少列 {'、'.join(missing)}")
    headings = [kind.heading(name) for name in fields]
    for heading in () if spare else dict.fromkeys(sheet.header):
        if heading and heading not in known:
            near = get_close_matches(heading, headings, 1) or [each for each in headings if heading in each]
            hint = f"是否应为“{near[0]}”" if near else f"可有的列：{'、'.join(headings)}"
            yield Fault(sheet.at, "", f"不认识的列“{heading}”，{hint}")
    named = [known[heading] for heading in sheet.header if heading in known]
    for name in dict.fromkeys(named):
        if named.count(name) > 1:
            yield Fault(sheet.at, "", f"有两列都是“{kind.heading(name)}”，请只留一列")


def _names(kind: RegisterKind, needed: Sequence[str], cells: Sequence[str]) -> bool:
    return all(name in cells or kind.heading(name) in cells for name in needed)


def _cells(kind: RegisterKind, number: int, error: ValidationError, absent: Any) -> Iterator[Fault]:
    for each in error.errors():
        name = str(each["loc"][0]) if each["loc"] else ""
        if name in absent:
            continue  # said of the headings already
        if not name:
            yield Fault(number, "", misfit.words(each))
        elif each["type"] == misfit.MISSING:
            yield Fault(number, kind.heading(name), "不能为空")
        else:
            yield Fault(number, kind.heading(name), misfit.words(each) + misfit.quoted(each["input"]))
