"""The county's procedures, one YAML file each, and their reader."""

from pathlib import Path

import yaml

from calendars import Loader
from domain.procedure import Procedure, ProcedureFault, read

DIRECTORY = Path(__file__).parent


def paths(directory: Path = DIRECTORY) -> list[Path]:
    """The procedure files of a directory, by name."""
    return sorted(directory.glob("*.yaml"))


def parse(path: Path) -> Procedure:
    """The procedure in the file `path`, which is named after its id. Raises ProcedureFault."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a safe loader, made stricter
    except (OSError, yaml.YAMLError, RecursionError, ValueError) as error:
        raise ProcedureFault(f"不是有效的 YAML：{error}") from None
    procedure = read(document)
    if path.stem != procedure.id:
        raise ProcedureFault(f"文件名与流程的 id“{procedure.id}”不符")
    return procedure
