"""Rounds: the county's year opens its cases. Temporal and this loop share nothing but the ledger."""

from collections.abc import Callable, Sequence

import structlog

from domain.days.instant import Instant, utc
from domain.rules.cadence import Period
from domain.rules.round import Round
from keepers.metric import ROUNDED
from ledger.registrar.registrar import Registrar
from ledger.registrar.request import LedgerUnavailable, PoisonedCase, Request
from ledger.rounds import opening
from ledger.rounds.opening import SETTLED
from ledger.store.connection import LOST, Connection, Writers

NOW = "select clock_timestamp() as at"

LOOK_SECONDS = 60.0
BATCH = 100

log = structlog.get_logger("rounds")


class Rounds:
    """Opens every period that has fallen due and is not done. `clock`: what PostgreSQL's reading counts as."""

    name = "rounds"

    def __init__(
        self,
        rounds: Sequence[Round],
        registrar: Registrar,
        writers: Writers,
        clock: Callable[[Instant], Instant] = lambda at: at,
    ) -> None:
        self.rounds = rounds
        self._registrar = registrar
        self._writers = writers
        self._clock = clock

    @property
    def rest_seconds(self) -> float:
        """As long as between two looks."""
        return LOOK_SECONDS

    async def step(self, connection: Connection) -> float:
        """One look, while it is this worker's turn. It needs no Temporal."""
        await connection.fetchval("select 1")  # whoever has lost the turn notices
        await self.look()
        return LOOK_SECONDS

    async def look(self) -> int:
        """Open whatever is due of every round; how many cases. A round that fails does not hold up the others."""
        opened = 0
        for one in self.rounds:
            try:
                opened += await self.open(one.id)
            except (LedgerUnavailable, *LOST):
                raise
            except Exception:
                log.exception("round_failed", round=one.id)
        return opened

    async def open(self, round_id: str) -> int:
        """Open whatever is due of one round; how many of the county's cases stand for it now that did not count yet.

        Raises LedgerUnavailable and LOST; asking again is the same.
        """
        one = next((each for each in self.rounds if each.id == round_id), None)
        if one is None:
            return 0
        reading = await self._reading()
        since = await opening.begun(self._writers, one, self._now(reading))
        done, settled = await opening.done(self._writers, one), self._now(reading - SETTLED)
        due = [period for period in one.cadence.periods(since, settled) if period.key not in done]
        if due and not await opening.opens(self._writers, one):
            log.error("round_without_procedure", round=one.id, procedure=one.opens)
            return 0
        return sum([await self._open(one, period) for period in due])

    async def _reading(self) -> Instant:
        rows = await self._writers.fetch(NOW)
        return utc(rows[0]["at"])

    def _now(self, reading: Instant) -> Instant:
        return utc(self._clock(reading))

    async def _open(self, one: Round, period: Period) -> int:
        async with self._writers.held() as connection:
            requests = await opening.openings(connection, one, period)
        if not requests:
            return 0  # no divisions are loaded yet, or nothing was recorded that lots could be drawn from
        await opening.register(self._writers, requests)
        opened, refused, poisoned = await self._rule(requests)
        for code in sorted(set(refused)):
            log.error("round_refused", round=one.id, period=period.key, code=code, cases=refused.count(code))
        if poisoned:
            log.error("round_unfinished", round=one.id, period=period.key, cases=poisoned)
            return opened
        await opening.remember(self._writers, one, period, opened, len(refused), self._now(await self._reading()))
        log.info("round_opened", round=one.id, period=period.key, cases=opened)
        ROUNDED.inc(opened)
        return opened

    async def _rule(self, requests: Sequence[Request]) -> tuple[int, list[str], int]:
        """How many stand opened, the codes of those refused, and how many could not be ruled."""
        opened, refused, poisoned = 0, list[str](), 0
        for first in range(0, len(requests), BATCH):
            for ruling in await self._registrar.rule_many(requests[first : first + BATCH]):
                if isinstance(ruling, PoisonedCase):
                    poisoned += 1
                elif ruling.refused:
                    refused.append(ruling.outcome)
                else:
                    opened += 1
        return opened, refused, poisoned
