"""Tables as Excel workbooks."""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from cli.session import misused

ROWS_MAX = 1_048_575  # of an .xlsx, beside its headings
WIDTH = 18  # of a column, in characters
TEXT = 49  # the built-in format of cells that take whatever is typed as text


def write(path: Path, heads: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """A table as .xlsx. Ends with words where it cannot be written.

    Everything is text, also what somebody types there later: leading zeros stay, and nothing is ever a formula.
    """
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page, text, bold = book.add_worksheet(), book.add_format({"num_format": TEXT}), book.add_format({"bold": True})
        page.set_column(0, len(heads) - 1, WIDTH, text)
        page.freeze_panes(1, 0)
        for y, line in enumerate((heads, *lines)):
            if y > ROWS_MAX:
                raise misused(f"行数太多，.xlsx 最多 {ROWS_MAX} 行，请用 --csv 或 --division")
            for x, cell in enumerate(line):
                page.write_string(y, x, cell, text if y else bold)
    try:
        path.write_bytes(file.getvalue())
    except OSError as error:
        raise misused(f"写不了文件 {path}：{error.strerror}") from None
