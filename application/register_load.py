"""Putting tables on register: checked row by row, whole or not at all."""

import asyncio
from dataclasses import dataclass
from datetime import date

from application.caller import Caller, Operator
from application.declined import Declined
from application.house import House
from domain.rules.refusal import Code, Refusal
from ledger.registers import loading
from ledger.registers.division import RegisterFault
from ledger.registers.gazetteer import places
from ledger.registers.register import Loaded, load_divisions
from ledger.registers.register_kind import KINDS
from ledger.registers.sheet import sheet

NOT_SAID = Refusal(Code.NO_TOKEN, "请以令牌指明由谁登记")


@dataclass(frozen=True, slots=True)
class LoadedTable:
    """What came of a table; `source`: what it was read as, in words. A row is added, changed or the same."""

    source: str
    rows: int
    added: int
    changed: int
    same: int


async def load(house: House, who: Caller | Operator, kind: str, data: bytes, dry_run: bool) -> LoadedTable:
    """Put a table (CSV or a workbook) on the register `kind`, one of KINDS. Raises Declined with every fault.

    What may be taken back says who has said it: an operator, who is nobody in particular, cannot load that.
    """
    register = KINDS[kind]
    if register.voidable and isinstance(who, Operator):
        raise Declined(NOT_SAID)
    actor = who.actor if isinstance(who, Caller) else None
    try:
        given = await asyncio.to_thread(sheet, data)
        loaded = await loading.load(house.ledger.writers, register, given, dry_run, actor)
    except RegisterFault as fault:
        raise _unchanged(fault) from None
    return _told(given.source, len(given.rows), loaded)


async def load_places(
    house: House, _: Operator, data: bytes, edition: int, valid_from: date, whole: bool
) -> LoadedTable:  # fmt: skip
    """Put divisions of an edition on register; `whole`: what the table leaves out ends. Raises Declined."""
    try:
        given = await asyncio.to_thread(sheet, data)
        rows = places(given)
        loaded = await load_divisions(house.ledger.writers, rows, edition, valid_from, whole)
    except RegisterFault as fault:
        raise _unchanged(fault) from None
    return _told(given.source, len(rows), loaded)


def _told(source: str, rows: int, loaded: Loaded) -> LoadedTable:
    return LoadedTable(source, rows, loaded.added, loaded.changed, loaded.same)


def _unchanged(fault: RegisterFault) -> Declined:
    """What is wrong with a table, how much there is of it, and that nothing was changed."""
    more = f"（只列出前 {len(fault.faults)} 处）" if fault.count > len(fault.faults) else ""
    words = f"{fault}\n共 {fault.count} 处差错{more}，什么也没有改。"
    return Declined(Refusal(Code.INVALID_FIELDS, words))
