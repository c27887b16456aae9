"""The people of the county at work in virtual time: every step of every life at its hour, however often it takes."""

import asyncio
import heapq
import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from bench.plan import PlannedLife
from bench.virtual import Virtual
from ledger.registrar.registrar import Registrar
from ledger.registrar.request import LedgerUnavailable, PoisonedCase, Request, Ruling
from ledger.store.connection import LOST, Writers

BATCH = 40
IDLE_SECONDS = 0.02
AGAIN_SECONDS = 0.1
LOOK_AGAIN = timedelta(hours=12)  # virtual, for an agenda that is not there yet
REPEATED = 0.03


class People:
    """Carries out a plan until the end of the virtual time. What was acknowledged, refused or unlike stands here."""

    def __init__(
        self, registrar: Registrar, writers: Writers, time: Virtual, lives: Sequence[PlannedLife], chance: random.Random
    ) -> None:
        self._registrar = registrar
        self._writers = writers
        self._time = time
        self._chance = chance
        self._due = [(life.at, place, 0, life) for place, life in enumerate(lives)]
        heapq.heapify(self._due)
        self.acknowledged: dict[UUID, UUID] = {}  # command → case
        self.faults: list[str] = []
        self.done: Counter[str] = Counter()
        self.lost = self.repeated = 0
        self.late = timedelta(0)

    async def work(self) -> None:
        """Until everything that was to be done by the end is done."""
        while self._due and self._due[0][0] < self._time.end:
            now = self._time.now
            turn: list[tuple[datetime, int, int, PlannedLife]] = []
            while self._due and self._due[0][0] <= min(now, self._time.end) and len(turn) < BATCH:
                turn.append(heapq.heappop(self._due))
            turn = await self._there(turn, now)
            if turn:
                self.late = max(self.late, now - turn[0][0])
                await self._take(turn, now)
            await asyncio.sleep(0 if turn else IDLE_SECONDS)

    async def _there(
        self, turn: Sequence[tuple[datetime, int, int, PlannedLife]], now: datetime
    ) -> list[tuple[datetime, int, int, PlannedLife]]:
        """The requests that can be sent now; those on an agenda that no round has opened yet are tried again later."""
        awaited = [life.case_id for _, _, step, life in turn if life.opening is None and step == 0]
        there: set[UUID] = set()
        while awaited:
            try:
                rows = await self._writers.fetch('select id from "case" where id = any($1)', awaited)
            except LOST:
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            there = {row["id"] for row in rows}
            break
        ready = []
        for entry in turn:
            _, place, step, life = entry
            if life.opening is None and step == 0 and life.case_id not in there:
                heapq.heappush(self._due, (now + LOOK_AGAIN, place, step, life))
            else:
                ready.append(entry)
        return ready

    async def _take(self, turn: Sequence[tuple[datetime, int, int, PlannedLife]], now: datetime) -> None:
        requests = [life.request(step, now) for _, _, step, life in turn]
        rulings = await self._ruled(requests)
        again = [place for place in range(len(turn)) if self._chance.random() < REPEATED]
        if again:
            self.repeated += len(again)
            repeats = await self._ruled([requests[place] for place in again])
            unlike = [place for place, ruling in zip(again, repeats, strict=True) if ruling != rulings[place]]
            self.faults += [f"重发的答复不同：{requests[place].name} {requests[place].target}" for place in unlike]
        for (_, place, step, life), request, ruling in zip(turn, requests, rulings, strict=True):
            if isinstance(ruling, PoisonedCase) or ruling.refused:
                words = str(ruling) if isinstance(ruling, PoisonedCase) else ruling.body.decode()
                self.faults.append(f"{life.fate} {life.key} 第 {step} 步 {request.name}：{words}")
                continue
            self.acknowledged[request.command_id] = request.target
            self.done[request.name] += 1
            if step + 1 < life.steps:
                deed = life.deeds[step + 1 - (life.opening is not None)]
                due = max(self._time.now, now) + timedelta(hours=deed.hours)
                heapq.heappush(self._due, (due, place, step + 1, life))

    async def _ruled(self, requests: Sequence[Request]) -> list[Ruling | PoisonedCase]:
        """Rulings, however often the connection is lost: the ids stay the same."""
        while True:
            try:
                return await self._registrar.rule_many(requests)
            except (LedgerUnavailable, *LOST):
                self.lost += 1
                await asyncio.sleep(AGAIN_SECONDS)
