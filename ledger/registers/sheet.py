"""Tables as people keep them: CSV in UTF-8 or GB 18030, or the first sheet of a workbook (.xlsx, .xls, .ods)."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from ledger.registers import workbook
from ledger.registers.division import RegisterFault

ROWS_MAX = 500_000
FAULTS_MAX = 200
OPENING_LINES = 6  # among which the headings are looked for, where titles stand above them
ENCODINGS: Mapping[str, str] = {"utf-8-sig": "UTF-8", "gb18030": "GB 18030"}
UNICODE_TEXT = (b"\xff\xfe", b"\xfe\xff")
OTHERS: Mapping[bytes, str] = {b"%PDF": "PDF", b"\x89PNG": "图片", b"\xff\xd8\xff": "图片", b"Rar!": "压缩文件"}
SAVE = "请用表格软件打开，另存为 .xlsx 或 CSV 后再载入"
DELIMITERS = "\t;；，|"


class Fault(NamedTuple):
    """What is wrong in a row of a table, and in which column; row 0: the table as a whole."""

    row: int
    column: str
    words: str

    def __str__(self) -> str:
        place = f"第 {self.row} 行{' ' if self.column else ''}{self.column}：" if self.row else ""
        return f"{place}{self.words}"


def refuse(faults: Sequence[Fault]) -> None:
    """Raises RegisterFault when there are any, in the order of the rows."""
    if faults:
        ordered = sorted(faults, key=lambda fault: fault.row)
        raise RegisterFault([str(fault) for fault in ordered[:FAULTS_MAX]], len(faults))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its header; rows by the number that a person sees, cells stripped, empty rows left out.

    `source`: what it was read as, in words. `at`: the header's own row. `beyond`: row → what stands there under no
    heading. `opening`: the first rows as they stand.
    """

    header: Sequence[str]
    rows: Sequence[tuple[int, dict[str, str]]]
    source: str = ""
    at: int = 1
    beyond: Mapping[int, str] = field(default_factory=dict)
    opening: Sequence[tuple[int, Sequence[str]]] = ()


def sheet(data: bytes) -> Sheet:
    """What a file holds. Raises RegisterFault."""
    if not data.strip():
        raise RegisterFault(["文件是空的"])
    if packed := data.startswith((workbook.ZIP, workbook.OLE)):
        source, read = workbook.name(data), workbook.lines(data)
    else:
        text, source = decoded(data)
        read = _lines(text)
    lines = ((number, [each.strip() for each in cells]) for number, cells in read)
    filled = [(number, cells) for number, cells in islice(lines, ROWS_MAX + 1) if any(cells)]
    if not filled:
        raise RegisterFault(["第一张工作表是空的" if packed else "文件是空的"])
    if filled[-1][0] > ROWS_MAX:
        raise RegisterFault([f"行数太多，最多 {ROWS_MAX} 行"])
    (at, header), *rest = filled
    _parted(header, at)
    beyond = {number: next(filter(None, cells[len(header) :])) for number, cells in rest if any(cells[len(header) :])}
    rows = [
        (number, {name: cell for name, cell in zip(header, cells, strict=False) if name}) for number, cells in rest
    ]  # fmt: skip
    return Sheet(header, rows, source, at, beyond, filled[:OPENING_LINES])


def decoded(data: bytes) -> tuple[str, str]:
    """A text file as spreadsheets write it, and what it was read as. Raises RegisterFault."""
    for magic, what in OTHERS.items():
        if data.startswith(magic):
            raise RegisterFault([f"这是{what}，不是表格（应为 .xlsx、.xls、.ods 或 CSV）"])
    if data.startswith(UNICODE_TEXT):
        raise RegisterFault(["文件是“Unicode 文本”（UTF-16），请另存为 .xlsx，或 UTF-8、GB 18030 编码的 CSV"])
    if data.lstrip()[:100].lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise RegisterFault([f"这是网页格式的表格，{SAVE}"])
    for encoding, name in ENCODINGS.items():
        try:
            return data.decode(encoding), f"CSV（{name}）"
        except UnicodeDecodeError:
            continue
    raise RegisterFault(["文件不是文本（应为 UTF-8 或 GB 18030 编码的 CSV）"])


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        hint = "引号没有成对" if "quote" in str(error) or "unexpected end" in str(error) else "请检查引号和逗号"
        raise RegisterFault([f"第 {reader.line_num} 行：不是合格的 CSV，{hint}"]) from None


def _parted(header: Sequence[str], at: int) -> None:
    """Whether something else than commas stands between the headings. Raises RegisterFault."""
    found = next((each for each in DELIMITERS if each in header[0]), None) if len(header) == 1 else None
    if found:
        named = "制表符（Tab）" if found == "\t" else f"“{found}”"
        raise RegisterFault([f"第 {at} 行：各列之间应为英文逗号“,”，现为{named}"])
