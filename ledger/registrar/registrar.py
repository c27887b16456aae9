"""The registrar: the one way to write. Read, expire what is due, decide, append; acknowledged once committed."""

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID

from domain.days.instant import Instant
from domain.watch import Watch
from ledger.registrar.batch import Batch, Outcome
from ledger.registrar.docket import clock_actor
from ledger.registrar.request import LedgerUnavailable, PoisonedCase, Request, Ruling, expiry
from ledger.store.connection import LOST, Writers
from ledger.store.library import Library

PATIENCE_SECONDS = 6.0
PAUSE_SECONDS_MAX = 0.25


class Registrar:
    """Rules commands. `clock` turns PostgreSQL's reading into the time that counts; only tests replace it."""

    def __init__(self, writers: Writers, library: Library, clock: Callable[[Instant], Instant] = lambda at: at) -> None:
        self._writers = writers
        self._library = library
        self._clock = clock

    async def rule(self, request: Request) -> Ruling:
        """The ruling on one command. Raises LedgerUnavailable (outcome unknown: ask again) and PoisonedCase."""
        (outcome,) = await self._settle([request])
        if isinstance(outcome, PoisonedCase):
            raise outcome
        return outcome.ruling

    async def rule_many(self, requests: Sequence[Request], keep: bool = False) -> list[Ruling | PoisonedCase]:
        """The rulings on many commands, committed together; a case that cannot be ruled is given back as its fault.

        `keep`: tell Temporal of every case that changed (Patrol: the case's keeper may be lost).
        """
        outcomes = await self._settle(requests, keep)
        return [o if isinstance(o, PoisonedCase) else o.ruling for o in outcomes]

    async def rehearse(self, requests: Sequence[Request]) -> list[Ruling | PoisonedCase]:
        """What the rulings on many commands would be. Nothing is kept, not even a number is taken."""
        outcomes = await self._settle(requests, rehearsal=True)
        return [o if isinstance(o, PoisonedCase) else o.ruling for o in outcomes]

    async def wake(self, case_id: UUID) -> Watch:
        """Let what is due on a case happen, and say when to wake it next."""
        (outcome,) = await self._settle([expiry(case_id, clock_actor("-"))])
        if isinstance(outcome, PoisonedCase):
            raise outcome
        case = outcome.case
        return Watch(str(case_id), case.version if case else 0, case.wake_at if case else None)

    async def _settle(self, requests: Sequence[Request], keep: bool = False, rehearsal: bool = False) -> list[Outcome]:
        """Rounds until every request has an outcome. Ids stay the same, so a lost commit is found, not repeated."""
        outcomes: dict[int, Outcome] = {}
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + PATIENCE_SECONDS, 0.001
        while waiting := [(place, request) for place, request in enumerate(requests) if place not in outcomes]:
            trouble: Exception | None = None
            try:
                async with self._writers.held() as connection:
                    progress = await Batch(connection, self._library, self._clock, keep, rehearsal).run(waiting)
                outcomes.update(progress)
                if progress:
                    pause = 0.001
            except LOST as error:
                trouble = error
            if len(outcomes) < len(requests):
                if loop.time() > deadline:
                    raise LedgerUnavailable(str(trouble or "the case is too busy")) from trouble
                await asyncio.sleep(pause)
                pause = min(pause * 2, PAUSE_SECONDS_MAX)
        return [outcomes[place] for place in range(len(requests))]
