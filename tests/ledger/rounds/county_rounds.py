"""Rounds on a county's ledger, in the time that the test says."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import procedures
from domain.days.instant import Instant
from domain.rules.round import Round
from keepers.rounds import Rounds
from tests.domain.scene import when
from tests.ledger.county import County, Database, inhabited

COUNTS = """
select procedure, fields->>'kind' as kind, count(*) from (
    select procedure, state::jsonb->'fields' as fields from "case") c group by 1, 2 order by 1, 2
"""


def rounds_of(county: County, *ids: str) -> Rounds:
    """The rounds as one worker has them: all, or those named."""
    chosen: Sequence[Round] = [one for one in procedures.rounds() if not ids or one.id in ids]
    return Rounds(chosen, county.ledger.registrar, county.ledger.writers, county.clock)


def to(county: County, moment: Instant | str) -> None:
    """Set the county's clock, `2026-03-01 00:00` in Shanghai."""
    county.clock.set(when(moment) if isinstance(moment, str) else moment)


@asynccontextmanager
async def a_county(copied: Callable[[], Database], start: str) -> AsyncIterator[County]:
    """A county of the test's own where rounds have been at work since `start`."""
    async with inhabited(copied()) as county:
        to(county, start)
        assert await rounds_of(county).look() == 0
        yield county


async def opened(county: County) -> dict[str, int]:
    """How many cases there are, by procedure and kind of analysis."""
    return {row["kind"] or row["procedure"]: row["count"] for row in await county.rows(COUNTS)}
