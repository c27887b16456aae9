"""Putting procedures and calendars on the shelf: what new cases take is what the files say, as far as it holds."""

from pathlib import Path

import calendars
import procedures
from domain.rules.procedure import ProcedureFault
from domain.rules.soundness import faults as flaws
from ledger.store.library import Library


async def stock(
    library: Library, procedures_dir: Path = procedures.DIRECTORY, calendars_dir: Path = calendars.DIRECTORY
) -> list[str]:
    """Release every file that has changed and holds; what is wrong with the others, in Chinese, each naming its file.

    Of a broken file the last good release stays; of one that says what it said last time, whatever was released
    since from elsewhere (`procedure load`, `calendar load`). Raises the database's errors.
    """
    faults: list[str] = []
    try:
        calendar = calendars.load(calendars_dir)
        if not await library.offered(calendar):
            await library.offer(calendar)
    except calendars.BrokenFileError as error:
        faults.append(str(error))
    paths = procedures.paths(procedures_dir)
    if not paths:
        faults.append(f"目录 {procedures_dir.name} 里没有流程文件")
    for path in paths:
        try:
            procedure = procedures.parse(path)
        except ProcedureFault as error:
            faults.append(f"流程文件 {path.name} 有误：{error}")
            continue
        if await library.offered(procedure):
            continue
        found = flaws(procedure)
        faults += [f"流程文件 {path.name} 有误：{fault}" for fault in found]
        if not found:
            await library.offer(procedure)
    return faults
