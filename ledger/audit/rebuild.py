"""Rebuilding what is folded from events: states and search columns, case by case, while work goes on."""

from collections.abc import Sequence

from ledger.audit.refold import BATCH, files
from ledger.store.connection import Connection
from ledger.store.row import CASE_COLUMNS, CASE_TYPES, SHINGLE_TYPES, CaseRow, rows_json
from ledger.store.shingle import ShingleRow
from ledger.store.stored_case import UNREADABLE

# A case that moved on meanwhile keeps its newer row: its next rebuild sees it.
REPLACE_CASES = f"""
insert into "case" ({", ".join(CASE_COLUMNS)})
select {", ".join(CASE_COLUMNS)} from json_to_recordset($1::json) as rebuilt({CASE_TYPES}) order by id
on conflict (id) do update set {", ".join(f"{name} = excluded.{name}" for name in CASE_COLUMNS if name != "id")}
where "case".version <= excluded.version
"""

REPLACE_SHINGLES = f"""
insert into shingle (case_id, grams) select case_id, grams from json_to_recordset($1::json) as said({SHINGLE_TYPES})
on conflict (case_id) do update set grams = excluded.grams
"""


async def rebuild(connection: Connection, writing: Connection | None) -> tuple[int, list[str]]:
    """How many cases there are, and the differences between stored rows and folded events, each in Chinese.

    `writing`: a second connection to mend them on; None only looks (`ledger rebuild --check`).
    """
    count, found = 0, []
    mended: list[CaseRow] = []
    said: list[ShingleRow] = []
    async for file in files(connection):
        count += 1
        try:
            rebuilt = file.refolded()
        except UNREADABLE as error:
            found.append(f"{file.name}：事件无法折叠（{type(error).__name__}）")
            continue
        differing = file.differences(rebuilt)
        found += [f"{file.name}：{column}" for column in differing]
        stale = file.row is not None and file.row["fold"] != rebuilt.fold
        if differing or stale:
            mended.append(rebuilt)
        if shingle := file.shingled(rebuilt):
            found.append(f"{file.name}：shingle")
            said.append(shingle)
        if max(len(mended), len(said)) == BATCH:
            await _write(writing, mended, said)
            mended.clear()
            said.clear()
    await _write(writing, mended, said)
    return count, found


async def _write(writing: Connection | None, mended: Sequence[CaseRow], said: Sequence[ShingleRow]) -> None:
    if writing is not None and mended:
        await writing.execute(REPLACE_CASES, rows_json(mended))
    if writing is not None and said:
        await writing.execute(REPLACE_SHINGLES, rows_json(said))
