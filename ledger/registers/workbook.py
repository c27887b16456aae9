"""The first sheet of a workbook (.xlsx, .xls, .ods) as texts, whatever the file does to whoever unpacks it.

A packed file is inflated once in small pieces, to know how large it really is, before the reader may see it; the
reader itself has a process with little memory (`spreadsheet`).
"""

import io
import json
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from ledger.registers import spreadsheet
from ledger.registers.division import RegisterFault
from ledger.registers.spreadsheet import LOCKED, REFUSED, TOO_BIG, UNREADABLE

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument"  # its name stands first, not packed
FILE_BYTES_MAX = 50_000_000
UNPACKED_BYTES_MAX = 200_000_000  # of all parts together
PARTS_MAX = 2_000
# Tables that people keep shrink to a tenth or a thirtieth; small parts may be as repetitive as they like.
RATIO_MAX, RATIO_ASKED_FROM = 200, 10_000_000
PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # what spreadsheets write; others may ask for much memory
PIECE_BYTES = 65_536
DOCTYPE = b"<!DOCTYPE"
NAMED_BYTES_MAX = 1_000_000  # of a part that only names others

# Bounded on both sides, so that no part makes the search slow.
ERROR = re.compile(rb'<c [^<>]{0,200}?\bt="e"[^<>]{0,200}>')
PLACE = re.compile(rb'\br="([A-Z]+\d+)"')
OPEN_ERROR = re.compile(rb'\bvalue-type="error"')  # OpenDocument's; it does not say where
TAG_BYTES_MAX = 4_096
ERRORS_SHOWN_MAX = 5
DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, IndexError, NotImplementedError, ET.ParseError,
)  # fmt: skip


def name(data: bytes) -> str:
    """What people call such a file."""
    return "ODF 工作簿" if OPEN_DOCUMENT in data[:100] else "Excel 工作簿"


def lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, by number. Raises RegisterFault."""
    if len(data) > FILE_BYTES_MAX:
        raise RegisterFault([f"文件太大，最多 {FILE_BYTES_MAX // 1_000_000} MB"])
    if data.startswith(ZIP):
        _inspect(data)
    elif "EncryptedPackage".encode("utf-16-le") in data:
        raise RegisterFault([LOCKED])
    argv = [sys.executable, "-I", spreadsheet.__file__]
    done = subprocess.run(argv, input=data, capture_output=True, check=False)
    if done.returncode == REFUSED:
        raise RegisterFault([done.stderr.decode()])
    if done.returncode:  # ended by a signal: it asked for more memory or time than it may have
        raise RegisterFault([TOO_BIG if done.returncode < 0 else UNREADABLE])
    for line in io.BytesIO(done.stdout):
        number, cells = json.loads(line)
        yield number, cells


def _inspect(data: bytes) -> None:
    """Whether a packed workbook may be handed to the reader. Raises RegisterFault."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if any(part.flag_bits & 1 for part in parts):
                raise RegisterFault([LOCKED])
            if len(parts) > PARTS_MAX:
                raise RegisterFault([TOO_BIG])
            if any(part.compress_type not in PACKINGS for part in parts):
                raise RegisterFault([UNREADABLE])
            _weigh(archive, len(data))
            errors = _errors(archive)
    except DAMAGED:
        raise RegisterFault([UNREADABLE]) from None
    if errors:
        raise RegisterFault([_told(errors)])


def _weigh(archive: zipfile.ZipFile, packed: int) -> None:
    """Inflates everything once, keeping nothing. No document type is taken: entities could unfold without end."""
    most = min(UNPACKED_BYTES_MAX, max(RATIO_ASKED_FROM, packed * RATIO_MAX))
    unpacked = 0
    for part in archive.infolist():
        tail = b""
        for piece in _pieces(archive, part):
            unpacked += len(piece)
            if unpacked > most:
                raise RegisterFault([TOO_BIG])
            if DOCTYPE in tail + piece:
                raise ValueError(part.filename)
            tail = piece[1 - len(DOCTYPE) :]


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part, inflated to its real end: the size that it declares is set aside, for it may lie."""
    declared, part.file_size = part.file_size, UNPACKED_BYTES_MAX + 1
    try:
        with archive.open(part) as file:
            while piece := file.read(PIECE_BYTES):
                yield piece
    finally:
        part.file_size = declared


def _errors(archive: zipfile.ZipFile) -> Sequence[str]:
    """The cells of the first sheet that hold an error, by place or "": the reader would take them for empty ones."""
    names = archive.namelist()
    if "xl/workbook.xml" in names:
        return [_place(cell) for text in _tags(archive, _first(archive)) for cell in ERROR.findall(text)]
    found = list[str]()
    for text in _tags(archive, "content.xml") if "content.xml" in names else ():
        sheet, end, _ = text.partition(b"</table:table>")
        found += [""] * len(OPEN_ERROR.findall(sheet))
        if end:
            break
    return found


def _place(cell: bytes) -> str:
    place = PLACE.search(cell)
    return place[1].decode() if place else ""


def _told(errors: Sequence[str]) -> str:
    places = "、".join(filter(None, errors[:ERRORS_SHOWN_MAX])) + ("等" if len(errors) > ERRORS_SHOWN_MAX else "")
    there = f"（{places}）" if errors[0] else ""
    return f"第一张工作表有 {len(errors)} 个单元格是公式错误，如 #N/A{there}，请改正后再载入"


def _tags(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """A part in pieces that end between two tags."""
    tail = b""
    for piece in _pieces(archive, archive.getinfo(part)):
        text = tail + piece
        end = text.rfind(b"<")
        tail = text[end:][:TAG_BYTES_MAX] if end >= 0 else b""
        yield text[:end] if end >= 0 else text
    yield tail


def _first(archive: zipfile.ZipFile) -> str:
    """The part that holds the first sheet."""
    sheets = _naming(archive, "xl/workbook.xml").find("{*}sheets")
    if sheets is None or not len(sheets):
        raise ValueError("no sheet")
    wanted = next((value for name, value in sheets[0].items() if name.endswith("}id")), "")
    targets = {each.get("Id"): each.get("Target", "") for each in _naming(archive, "xl/_rels/workbook.xml.rels")}
    target = targets[wanted]
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _naming(archive: zipfile.ZipFile, part: str) -> ET.Element:
    if archive.getinfo(part).file_size > NAMED_BYTES_MAX:
        raise ValueError(part)
    return ET.fromstring(archive.read(part))  # noqa: S314 - small, and without a document type
