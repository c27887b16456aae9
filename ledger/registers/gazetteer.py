"""Divisions as a file lists them: checked row by row as any register. Pure."""

from typing import Annotated, ClassVar

from pydantic import Field

from ledger.registers import cell
from ledger.registers.checking import checked
from ledger.registers.division import SAME_AS, TITLES, Division
from ledger.registers.register_kind import RegisterKind, RegisterRow
from ledger.registers.sheet import Sheet, refuse, sheet


class DivisionRow(RegisterRow):
    """A division as a row."""

    headed: ClassVar = ("parent",)
    code: cell.Division = Field(title="代码")
    name: cell.Name = Field(title="名称")
    level: Annotated[str, cell.of(TITLES)] = Field(title="层级", description=cell.choices(TITLES))
    parent: cell.Division | None = Field(None, title="上级代码")


PLACES = RegisterKind("区划", "division", DivisionRow, ("code",), "code")


def parse(data: bytes) -> tuple[Division, ...]:
    """The rows of a CSV file or a workbook. Raises RegisterFault."""
    return places(sheet(data))


def places(given: Sheet) -> tuple[Division, ...]:
    """The rows of a table with at least the columns 代码、名称、层级、上级代码, or code, name, level, parent.

    Raises RegisterFault.
    """
    found = checked(PLACES, given, spare=True)
    refuse(found.faults)
    rows = [row for _, row in found.rows if isinstance(row, DivisionRow)]
    return tuple(Division(row.code, row.name, SAME_AS.get(row.level, row.level), row.parent) for row in rows)
