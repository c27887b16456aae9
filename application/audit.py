"""Whether the books are right, and setting what is folded from them right."""

from application.caller import Operator
from application.house import House
from application.shapes.audit import FaultsShape, RebuildShape
from ledger.audit import rebuild as refolding
from ledger.audit import verify as verifying
from ledger.read import evidence


async def verify(house: House, _: Operator) -> FaultsShape:
    """Every fault of chains, versions, folds, draws and files. Reads everything, changes nothing."""
    async with house.ledger.writers.held() as connection:
        found = [fault async for fault in verifying.verify(connection)]
        found += [fault async for fault in evidence.verify(connection, house.evidence_dir)]
    return FaultsShape(items=found)


async def rebuild(house: House, _: Operator, check: bool) -> RebuildShape:
    """Fold every case again; `check`: only compare."""
    async with house.ledger.writers.held() as reading:
        if check:
            count, found = await refolding.rebuild(reading, None)
        else:
            async with house.ledger.writers.held() as writing:
                count, found = await refolding.rebuild(reading, writing)
    return RebuildShape(cases=count, differences=found, mended=bool(found) and not check)
