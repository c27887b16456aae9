"""What was drawn by lot for a period of a round, worked out again: for inspectors, within their scope."""

from collections.abc import Mapping

from application.caller import Caller
from application.declined import Declined
from application.house import House
from application.shapes.draw import DrawShape, LotGroupShape, LotShape, SeedSourceShape
from application.trace import traced_draw
from domain.rules.hat import Role
from domain.rules.lot import lot
from domain.rules.refusal import Code, Refusal
from ledger.rounds.lot import Lots, Place, SeedSource, differences, lots, places, source

NO_DRAW = Refusal(Code.NOT_FOUND, "没有您可以查看的抽取记录")
LOT_SHOWN = 16  # hex digits: enough to tell their order by
NOWHERE = Place("", ())


async def draw(house: House, caller: Caller, round_id: str, period: str) -> DrawShape:
    """The draw as it is kept, and what is wrong with it; on record before it is shown. Raises Declined."""
    async with house.ledger.writers.held() as connection:
        kept = await lots(connection, round_id, period) if caller.hat.role == Role.INSPECTOR else None
        if kept is None:
            raise Declined(NO_DRAW)
        known = await places(connection, kept)
        shown = sorted(above for above in kept.groups if caller.hat.scope in known.get(above, NOWHERE).lineage)
        if not shown:
            raise Declined(NO_DRAW)
        found = await source(connection, kept.due_at)
    await traced_draw(house, caller, round_id, period)
    return _shape(kept, found, shown, known)


def _shape(kept: Lots, found: SeedSource | None, shown: list[str], known: Mapping[str, Place]) -> DrawShape:
    return DrawShape(
        round=kept.round_id,
        period=kept.period,
        due_at=kept.due_at,
        seed=kept.seed,
        source=SeedSourceShape(recorded_at=found.recorded_at, leaf_sha256=found.leaf_sha256) if found else None,
        count=kept.count,
        groups=[
            LotGroupShape(
                division=above,
                name=known.get(above, NOWHERE).name,
                lots=[
                    LotShape(
                        rank=rank,
                        division=code,
                        name=known.get(code, NOWHERE).name,
                        lot=lot(kept.seed, kept.round_id, kept.period, code)[:LOT_SHOWN],
                        drawn=rank <= kept.count,
                    )
                    for rank, code in enumerate(kept.groups[above], 1)
                ],
            )
            for above in shown
        ],
        faults=differences(kept, found),
    )
