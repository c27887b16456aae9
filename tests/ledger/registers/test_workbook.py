"""Workbooks of all three kinds as texts; and workbooks that were made to harm whoever opens them."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, time

import pytest
import xlsxwriter
import xlwt

from ledger.registers import spreadsheet
from ledger.registers.division import RegisterFault
from ledger.registers.sheet import sheet
from ledger.registers.workbook import OLE, PARTS_MAX, lines
from settings import ROOT
from tests.ledger.registers.test_loading import workbook

MEMORY_BYTES = 600_000_000  # far below what any of these would take
PLAIN = workbook("编号,姓名\nP-9,样例·壬\n")
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
CELL = b'<c r="A1" t="s"><v>0</v></c>'
OPEN_NAMES = " ".join(
    f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"' for each in ("office", "table", "text")
)
VALUES = ("001", 141025101000, 1.5, -2, True, date(2026, 1, 1), datetime(2026, 1, 1, 12), time(6), "甲\n乙")  # noqa: DTZ001
TEXTS = ["001", "141025101000", "1.5", "-2", "1", "46023", "46023.5", "0.25", "甲\n乙"]


def changed(parts: Mapping[str, Callable[[bytes], bytes]], data: bytes = PLAIN) -> bytes:
    """A workbook with some of its parts written anew."""
    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, parts.get(name, bytes)(source.read(name)))
    return target.getvalue()


def open_document(rows: str) -> bytes:
    """A workbook of OpenDocument with one sheet."""
    sheet = f'<table:table table:name="a">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", compress_type=zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", f"<office:document-content {OPEN_NAMES}>{body}</office:document-content>")
    return file.getvalue()


def written_xlsx() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page, day, hour = (
            book.add_worksheet(),
            *(book.add_format({"num_format": each}) for each in ("yyyy-mm-dd", "hh:mm")),
        )
        for x, value in enumerate(VALUES, 1):
            if isinstance(value, date | time):
                page.write_datetime(2, x, value, hour if isinstance(value, time) else day)
            else:
                page.write(2, x, value)
        page.write_formula(4, 0, "=1+1", value=2)
    return file.getvalue()


def written_xls() -> bytes:
    book, file = xlwt.Workbook(), io.BytesIO()
    page = book.add_sheet("a")
    for x, value in enumerate(VALUES, 1):
        style = "hh:mm" if isinstance(value, time) else "yyyy-mm-dd" if isinstance(value, date) else "General"
        page.write(2, x, value, xlwt.easyxf(num_format_str=style))
    page.write(4, 0, 2)
    book.save(file)
    return file.getvalue()


def written_ods() -> bytes:
    def cell(kind: str, name: str, value: str) -> str:
        return f'<table:table-cell office:value-type="{kind}" office:{name}="{value}"/>'

    cells = (
        '<table:table-cell/><table:table-cell office:value-type="string"><text:p>001</text:p></table:table-cell>'
        + "".join(cell("float", "value", each) for each in ("141025101000", "1.5", "-2"))
        + cell("boolean", "boolean-value", "true")
        + cell("date", "date-value", "2026-01-01")
        + cell("date", "date-value", "2026-01-01T12:00:00")
        + cell("time", "time-value", "PT06H00M00S")
        + '<table:table-cell office:value-type="string"><text:p>甲</text:p><text:p>乙</text:p></table:table-cell>'
        + '<table:table-cell table:number-columns-repeated="16374"/>'
    )
    return open_document(
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
        f"<table:table-row>{cells}</table:table-row>"
        "<table:table-row><table:table-cell/></table:table-row>"
        f"<table:table-row>{cell('float', 'value', '2')}</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048571"><table:table-cell/></table:table-row>'
    )


@pytest.mark.parametrize("written", [written_xlsx, written_xls, written_ods])
def test_cells_of_every_kind_are_texts(written: Callable[[], bytes]) -> None:
    assert list(lines(written())) == [(3, ["", *TEXTS]), (5, ["2"])]


def test_a_table_is_the_same_from_every_kind_of_workbook() -> None:
    given = open_document(
        "".join(
            "<table:table-row>"
            + "".join(
                f'<table:table-cell office:value-type="string"><text:p>{each}</text:p></table:table-cell>'
                for each in row
            )
            + "</table:table-row>"
            for row in (("编号", "姓名"), ("P-9", "样例·壬"))
        )
    )
    assert sheet(given).rows == sheet(PLAIN).rows == [(2, {"编号": "P-9", "姓名": "样例·壬"})]
    assert sheet(given).source == "ODF 工作簿"


def test_errors_of_formulas_are_named() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        first, second = book.add_worksheet(), book.add_worksheet()
        first.write_row(0, 0, ["编号", "姓名"])
        second.write_formula(0, 0, "=NA()", value="#N/A")
    assert sheet(file.getvalue()).header == ["编号", "姓名"]  # those of other sheets are nobody's business
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for y in range(7):
            page.write_formula(y, 1, "=1/0", value="#DIV/0!")
    assert fault(file.getvalue()).startswith("第一张工作表有 7 个单元格是公式错误，如 #N/A（B1、B2、B3、B4、B5等）")
    error = '<table:table-cell office:value-type="string" calcext:value-type="error"/>'
    assert "有 1 个单元格是公式错误，如 #N/A，" in fault(open_document(f"<table:table-row>{error}</table:table-row>"))


def fault(data: bytes) -> str:
    with pytest.raises(RegisterFault) as caught:
        sheet(data)
    return "\n".join(caught.value.faults)


def bomb() -> bytes:
    return changed({SHEET: lambda text: text + b"<!--" + bytes(400_000_000) + b"-->"})


def lying_bomb() -> bytes:
    """The sizes that are declared are small: whoever believes them stops reading too early to notice."""
    data = bytearray(bomb())
    for record, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = -1
        while (at := data.find(record, at + 1)) >= 0:
            if int.from_bytes(data[at + place : at + place + 4], "little") > 1_000_000:
                data[at + place : at + place + 4] = (1000).to_bytes(4, "little")
    return bytes(data)


def far_corner() -> bytes:
    return changed(
        {
            SHEET: lambda text: text.replace(
                b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
            )
        }
    )


def repeated(columns: int, rows: int) -> bytes:
    """A few bytes of OpenDocument that stand for many cells."""
    cell = f'<table:table-cell table:number-columns-repeated="{columns}" office:value-type="float" office:value="12"/>'
    return open_document(f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>')


def deep_strings() -> bytes:
    """One long text in a million cells."""
    text = b"<si><t>" + b"x" * 32_000 + b"</t></si>"
    cells = b"".join(b'<c r="A%d" t="s"><v>0</v></c>' % y for y in range(1, 100_001))
    return changed(
        {
            STRINGS: lambda given: given.replace(b"<si>", text + b"<si>", 1),
            SHEET: lambda given: given.replace(b"</sheetData>", b"<row r='1'>" + cells + b"</row></sheetData>"),
        }
    )


def unfolding() -> bytes:
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"ha") for n in range(10))
    declared = b"<!DOCTYPE sst [" + entities + b"]><sst"
    return changed({STRINGS: lambda text: text.replace(b"<sst", declared, 1).replace("样例".encode(), b"&e9;")})


def many_parts() -> bytes:
    file = io.BytesIO(PLAIN)
    with zipfile.ZipFile(file, "a") as archive:
        for number in range(PARTS_MAX):
            archive.writestr(f"xl/media/{number}", b"")
    return file.getvalue()


def locked_parts() -> bytes:
    data = bytearray(PLAIN)
    data[data.find(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def wide() -> bytes:
    return workbook("x" + "," * 1_000 + "y")


def old_corner() -> bytes:
    """An .xls whose last cell claims a place beyond the sheet."""
    book, file = xlwt.Workbook(), io.BytesIO()
    page = book.add_sheet("a")
    page.write(0, 0, 1.5)
    page.write(1, 1, 1 / 3)
    book.save(file)
    number = b"\x03\x02\x0e\x00"
    place = file.getvalue().index(number) + len(number)
    return file.getvalue()[:place] + b"\xff\xff\xff\xff" + file.getvalue()[place + 4 :]


HOSTILE: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "a bomb": (bomb, spreadsheet.TOO_BIG),
    "a bomb that declares small sizes": (lying_bomb, spreadsheet.TOO_BIG),
    "a cell in the last row and column": (far_corner, spreadsheet.TOO_BIG),
    "ten million cells": (lambda: repeated(1_000, 10_000), spreadsheet.TOO_BIG),
    "all cells that there can be": (lambda: repeated(16_384, 1_048_576), spreadsheet.UNREADABLE),
    "deep shared strings": (deep_strings, spreadsheet.TOO_BIG),
    "unfolding entities": (unfolding, spreadsheet.UNREADABLE),
    "many parts": (many_parts, spreadsheet.TOO_BIG),
    "too many columns": (wide, spreadsheet.TOO_WIDE),
    "a place beyond an old sheet": (old_corner, spreadsheet.TOO_BIG),
    "an encrypted package": (lambda: OLE + bytes(90) + "EncryptedPackage".encode("utf-16-le"), spreadsheet.LOCKED),
    "encrypted parts": (locked_parts, spreadsheet.LOCKED),
    "the first half": (lambda: PLAIN[: len(PLAIN) // 2], spreadsheet.UNREADABLE),
    "the first half of an old one": (lambda: written_xls()[:3000], spreadsheet.UNREADABLE),
    "no workbook at all": (lambda: changed({"xl/workbook.xml": lambda _: b"<a/>"}), spreadsheet.UNREADABLE),
}
READ = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
from ledger.registers.division import RegisterFault
from ledger.registers.sheet import sheet
try:
    sheet(sys.stdin.buffer.read())
except RegisterFault as fault:
    print("\\n".join(fault.faults))
"""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_gets_words_and_little_memory(name: str) -> None:
    made, words = HOSTILE[name]
    argv = [sys.executable, "-c", READ, str(MEMORY_BYTES)]
    done = subprocess.run(argv, input=made(), capture_output=True, cwd=ROOT, timeout=300)
    assert (done.stdout.decode().strip(), done.stderr.decode()) == (words, "")


def test_a_giant_declared_dimension_is_only_a_declaration() -> None:
    given = changed(
        {SHEET: lambda text: text.replace(b'<dimension ref="A1:B2"/>', b'<dimension ref="A1:XFD1048576"/>')}
    )
    assert given != PLAIN
    argv = [sys.executable, "-c", READ, str(MEMORY_BYTES)]
    assert subprocess.run(argv, input=given, capture_output=True, cwd=ROOT, check=True).stdout == b""
    assert sheet(given).rows == sheet(PLAIN).rows
