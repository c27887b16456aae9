"""The official days by year, one YAML file each, and their loader."""

from pathlib import Path

from pydantic import ValidationError

from calendars.file import FileFault, parsed
from domain.days.calendar import Calendar, YearDocument
from domain.misreading import listed

DIRECTORY = Path(__file__).parent


class BrokenFileError(ValueError):
    """A calendar file that cannot be used; its text, in Chinese, names the file and what is wrong."""


def load(directory: Path = DIRECTORY) -> Calendar:
    """The calendar of all `*.yaml` in `directory`. Raises BrokenFileError if one is bad or none is there."""
    paths = sorted(directory.glob("*.yaml"))
    if not paths:  # a mistyped directory must not quietly make every date provisional
        raise BrokenFileError(f"目录 {directory} 里没有日历文件")
    return Calendar(read(path) for path in paths)


def read(path: Path) -> YearDocument:
    """The year document in the file `path`, which is named after its year. Raises BrokenFileError."""
    try:
        said = parsed(path.read_bytes())
    except FileFault as fault:
        raise BrokenFileError(f"日历文件 {path.name} 有误：{fault}") from fault
    try:
        document = YearDocument.model_validate(said)
    except ValidationError as error:
        raise BrokenFileError(f"日历文件 {path.name} 有误：{'；'.join(listed(error.errors(), said))}") from error
    if path.stem != str(document.year):
        raise BrokenFileError(f"日历文件 {path.name} 有误：文件名与年份 {document.year} 不符")
    return document
