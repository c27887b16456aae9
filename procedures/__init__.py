"""The county's procedures, one YAML file each, what they share, and their reader."""

from functools import cache
from pathlib import Path
from typing import Any

from calendars.file import FileFault, parsed
from domain.case.verbs import unknown_effects
from domain.rules import round as rounds_of
from domain.rules.procedure import Procedure, ProcedureFault, read
from domain.rules.round import Round
from domain.rules.verbs import resolved

DIRECTORY = Path(__file__).parent
SHARED = DIRECTORY / "shared" / "verbs.yaml"
ROUNDS = DIRECTORY / "rounds"


def paths(directory: Path = DIRECTORY) -> list[Path]:
    """The procedure files of a directory, by name."""
    return sorted(directory.glob("*.yaml"))


def parse(path: Path) -> Procedure:
    """The procedure in the file `path`, which is named after its id. Raises ProcedureFault.

    The shared verbs are those in `shared/` beside it, or the house's own.
    """
    beside = path.parent / "shared" / SHARED.name
    procedure = read(resolved(document(path), shared(beside if beside.exists() else SHARED)))
    if path.stem != procedure.id:
        raise ProcedureFault(f"文件名与流程的 id“{procedure.id}”不符")
    if faults := unknown_effects(procedure):
        raise ProcedureFault("\n".join(faults))
    return procedure


def rounds(directory: Path = ROUNDS) -> list[Round]:
    """The rounds of a directory, by name. Raises ProcedureFault."""
    return [round_in(path) for path in paths(directory)]


def round_in(path: Path) -> Round:
    """The round in a file, which is named after its id. Raises ProcedureFault."""
    one = rounds_of.read(document(path))
    if path.stem != one.id:
        raise ProcedureFault(f"文件名与 id“{one.id}”不符")
    return one


def document(path: Path) -> Any:
    """What a file says, unresolved. Raises ProcedureFault."""
    try:
        return parsed(path.read_bytes())
    except FileNotFoundError:
        raise ProcedureFault("没有这个文件") from None
    except OSError as error:
        raise ProcedureFault(f"读不了这个文件（{error.strerror}）") from None
    except FileFault as fault:
        raise ProcedureFault(str(fault)) from None


def shared(path: Path = SHARED) -> Any:
    """What every procedure shares. Raises ProcedureFault."""
    return _shared(path, path.stat().st_mtime_ns)


@cache
def _shared(path: Path, _changed: int) -> Any:
    return document(path)
