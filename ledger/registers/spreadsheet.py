"""The first sheet of a workbook (.xlsx, .xls, .ods), read from standard input in a process of its own.

`workbook` starts it by its path: it imports nothing of the house. What a hostile file makes the reader ask for ends
this process and nobody else's. It writes one JSON line a row that is not empty: `[number, [text, …]]`, and leaves
with REFUSED and words on standard error when there is something to say to a person.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineSheet, PasswordError, SheetTypeEnum, load_workbook

MEMORY_BYTES_MAX = 1_073_741_824
CPU_SECONDS_MAX = 120
TEXT_BYTES_MAX = 100_000_000  # of all rows, as written
COLUMNS_MAX = 1_000
CELLS_MAX = 5_000_000  # a few bytes of OpenDocument may stand for millions
WHOLE_MAX = 2**53  # beyond it a number typed into a cell has lost digits
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone
DAY = timedelta(days=1)
REFUSED = 3

LOCKED = "工作簿设有打开密码，请取消密码后再载入"
UNREADABLE = "不是能读的 Excel 工作簿，请用表格软件打开，另存为 .xlsx 后再载入"
TOO_BIG = "工作表太大，读不了，请删去多余的行、列和工作表后再载入"
TOO_WIDE = f"列数太多，最多 {COLUMNS_MAX} 列"

Value = int | float | str | bool | date | datetime | time | timedelta


def main() -> int:
    """Write the rows, or say why not; the exit code."""
    _bound(resource.RLIMIT_AS, MEMORY_BYTES_MAX)
    _bound(resource.RLIMIT_CPU, CPU_SECONDS_MAX)
    words, text, count = "", 0, 0
    try:
        for number, cells in _rows(_first(sys.stdin.buffer.read())):
            line = json.dumps([number, cells], ensure_ascii=False).encode() + b"\n"
            text, count = text + len(line), count + len(cells)
            words = TOO_BIG if text > TEXT_BYTES_MAX or count > CELLS_MAX else ""
            words = TOO_WIDE if len(cells) > COLUMNS_MAX else words
            if words:
                break
            sys.stdout.buffer.write(line)
    except PasswordError:
        words = LOCKED
    except CalamineError:
        words = UNREADABLE
    except MemoryError:
        words = TOO_BIG
    sys.stderr.buffer.write(words.encode())
    return REFUSED if words else 0


def _bound(what: int, most: int) -> None:
    """Lowers a limit of this process; one that is lower already stays."""
    soft, hard = resource.getrlimit(what)
    resource.setrlimit(what, (most if soft == resource.RLIM_INFINITY else min(soft, most), hard))


def _first(data: bytes) -> CalamineSheet | None:
    """The first sheet that holds cells; a chart may stand before it."""
    book = load_workbook(io.BytesIO(data))
    for place, each in enumerate(book.sheets_metadata):
        if each.typ == SheetTypeEnum.WorkSheet:
            return book.get_sheet_by_index(place)
    return None


def _rows(sheet: CalamineSheet | None) -> Iterator[tuple[int, list[str]]]:
    """Rows by the number that a person sees, as long as their last filled cell."""
    if sheet is None or sheet.start is None:
        return
    before = [""] * sheet.start[1]
    for number, values in enumerate(sheet.iter_rows(), 1):
        while values and values[-1] == "":
            values.pop()
        if values:
            yield number, before + [_text(value) for value in values]


def _text(value: Value) -> str:
    """A cell as text. Days and times are the numbers that spreadsheets keep: days since 1899-12-30."""
    match value:
        case str():
            return value
        case datetime():
            return _text((value - EPOCH) / DAY)
        case date():
            return str(value.toordinal() - EPOCH.toordinal())
        case time():
            return _text((datetime.combine(EPOCH, value) - EPOCH) / DAY)
        case timedelta():
            return _text(value / DAY)
    # A code that was typed as a number is stored as 1.41025101200E11.
    return str(int(value)) if float(value).is_integer() and abs(value) < WHOLE_MAX else str(value)


if __name__ == "__main__":
    sys.exit(main())
