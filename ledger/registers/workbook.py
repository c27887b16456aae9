"""The first sheet of an Excel workbook (.xlsx, ECMA-376), as texts."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from ledger.registers.division import RegisterFault

MAGIC = b"PK\x03\x04"
PART_BYTES_MAX = 200_000_000  # of one part of a workbook, unpacked
COLUMNS_MAX = 1_000
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
COLUMN = re.compile(r"[A-Z]{1,3}")
NUMBER = re.compile(r"\d+(\.\d+)?([eE]\+?\d+)?")
UNREADABLE = (zipfile.BadZipFile, ET.ParseError, KeyError, ValueError, IndexError, NotImplementedError)


def lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Its rows by number. Raises RegisterFault."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            texts = _shared(archive)
            part = _part(archive, _first(archive))
            found = list(_rows(part, texts))
    except UNREADABLE:
        raise RegisterFault(["不是能读的 Excel 工作簿，请用表格软件打开，另存为 .xlsx 后再载入"]) from None
    yield from found


def _part(archive: zipfile.ZipFile, name: str) -> ET.Element:
    """A part of the workbook. No document type is taken: entities could unfold without end."""
    if archive.getinfo(name).file_size > PART_BYTES_MAX:
        raise ValueError(name)
    text = archive.read(name)
    if b"<!DOCTYPE" in text:
        raise ValueError(name)
    return ET.fromstring(text)  # noqa: S314 - neither entities nor anything from outside


def _first(archive: zipfile.ZipFile) -> str:
    """The part that holds the first sheet."""
    sheets = _part(archive, "xl/workbook.xml").find(f"{MAIN}sheets")
    if sheets is None or not len(sheets):
        raise ValueError("no sheet")
    wanted = sheets[0].get(RELATED)
    targets = {each.get("Id"): each.get("Target", "") for each in _part(archive, "xl/_rels/workbook.xml.rels")}
    target = targets[wanted]
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _shared(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    return [_words(each) for each in _part(archive, "xl/sharedStrings.xml").iter(f"{MAIN}si")]


def _words(element: ET.Element) -> str:
    """Text in runs, without the reading aids (rPh) that stand beside it."""
    runs = [element, *element.findall(f"{MAIN}r")]
    return "".join(text.text or "" for run in runs for text in run.findall(f"{MAIN}t"))


def _rows(part: ET.Element, texts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    number = 0
    for row in part.iter(f"{MAIN}row"):
        number = int(row.get("r") or number + 1)
        cells: list[str] = []
        for cell in row.findall(f"{MAIN}c"):
            place = _place(cell.get("r"), len(cells))
            cells += [""] * (place + 1 - len(cells))
            cells[place] = _value(cell, texts)
        yield number, cells


def _place(reference: str | None, following: int) -> int:
    """`C7` → 2."""
    letters = COLUMN.match(reference or "")
    if letters is None:
        return following
    place = 0
    for letter in letters.group():
        place = place * 26 + ord(letter) - ord("A") + 1
    if place > COLUMNS_MAX:
        raise ValueError(reference)
    return place - 1


def _value(cell: ET.Element, texts: Sequence[str]) -> str:
    kind = cell.get("t")
    if kind == "inlineStr":
        inline = cell.find(f"{MAIN}is")
        return _words(inline) if inline is not None else ""
    value = cell.findtext(f"{MAIN}v") or ""
    if kind == "s":
        return texts[int(value)]
    if kind is None or kind == "n":
        # A code that was typed as a number is stored as 1.41025101200E11.
        number = float(value) if NUMBER.fullmatch(value) else 0.5
        return str(int(number)) if number.is_integer() and number < 2**53 else value
    return value
