"""HTTP clients that handle cases while servers die: every unknown outcome is asked again under the same key.

A process of its own, started by `bench.private.clients`; writes its Report as JSON when done.
"""

import asyncio
import hashlib
import itertools
import json
import random
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from bench.life import DRILL, LifeStep
from bench.message import Acknowledged, Report, Wanted
from bench.register import VILLAGE, person
from bench.row import by_callers

ANSWER_WITHIN = 8.0  # seconds; then the outcome is unknown
PAUSE_SECONDS = 0.1, 0.6
HANDLING = 3  # the step of the drill that may be repeated
REPEATED = 0.05  # of the acknowledged commands, once more under the same key


class GaveUp(Exception):
    """The bound was reached before an answer came."""


class Refused(Exception):
    """An answer that no life of these should get."""


class Clients:
    """All clients of one run."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.report = Report()
        self._chance = random.Random(wanted.seed)
        self._turn = itertools.cycle(wanted.addresses)
        self._until = time.monotonic() + wanted.give_up_seconds
        limits = httpx.Limits(max_connections=wanted.count * 2)
        self._http = httpx.AsyncClient(timeout=ANSWER_WITHIN, limits=limits, trust_env=False)

    async def send(self, step: LifeStep, case_id: str | None) -> str:
        """One command until it is answered; the case. Raises GaveUp, Refused."""
        if case_id is None:
            fields = {"procedure": DRILL.procedure, "division": VILLAGE, "title": "演练", "fields": DRILL.opening}
            path, body = "/api/cases", fields
        else:
            path, body = f"/api/cases/{case_id}/actions/{step.action}", {"fields": step.fields}
        key, unknown = str(uuid4()), 0
        while True:
            asked_at = time.time()
            response, delivered = await self._post(path, step.post, key, body)
            if response is not None and response.status_code < 500:
                break
            unknown += delivered
            if time.monotonic() > self._until:
                raise GaveUp
            await asyncio.sleep(self._chance.uniform(*PAUSE_SECONDS))
        if response.status_code not in (200, 201):
            self.report.refused.append(f"{step.action}: {response.status_code} {response.text[:200]}")
            raise Refused
        answer = response.json()
        sha256 = hashlib.sha256(response.content).hexdigest()
        known = Acknowledged(
            person(step.post), key, step.action, answer["case_id"], answer["version"], sha256, asked_at, unknown
        )
        self.report.acknowledged.append(asdict(known))
        if self._chance.random() < REPEATED:
            await self._repeat(path, step.post, key, body, response.content)
        return str(answer["case_id"])

    async def _post(self, path: str, post: str, key: str, body: Any) -> tuple[httpx.Response | None, bool]:
        """The answer, if any came, and whether the request may have arrived."""
        headers = {"Authorization": f"Bearer {self.wanted.tokens[post]}", "Idempotency-Key": key}
        try:
            return await self._http.post(next(self._turn) + path, json=body, headers=headers), True
        except httpx.ConnectError:
            self.report.undelivered += 1
            return None, False
        except httpx.TransportError:
            return None, True

    async def _repeat(self, path: str, post: str, key: str, body: Any, content: bytes) -> None:
        again, _ = await self._post(path, post, key, body)
        if again is not None and again.status_code < 500:
            self.report.repeated += 1
            if again.content != content:
                self.report.unlike.append(f"{path} {key}")

    async def life(self) -> None:
        """One case from opening to its end."""
        case_id: str | None = None
        try:
            for step in DRILL.steps:
                case_id = await self.send(step, case_id)
                await asyncio.sleep(self._chance.uniform(0, 2 * self.wanted.think_seconds))
        except (GaveUp, Refused):
            self.report.unfinished += 1

    async def warm(self) -> str:
        """A case under handling."""
        case_id: str | None = None
        for step in DRILL.steps[:HANDLING]:
            case_id = await self.send(step, case_id)
        assert case_id is not None
        return case_id

    async def busy(self, cases: list[str]) -> None:
        """Progress on any of `cases`, one after another, while the heat lasts."""
        until = time.monotonic() + self.wanted.hot_seconds
        try:
            while time.monotonic() < until:
                await self.send(DRILL.steps[HANDLING], self._chance.choice(cases))
        except (GaveUp, Refused):
            self.report.unfinished += 1

    async def run(self) -> None:
        """Everything wanted."""
        count, cases = self.wanted.count, self.wanted.cases
        if self.wanted.hot_seconds:
            warm = [await self.warm() for _ in range(cases)]
            await by_callers(count, [lambda: self.busy(warm)] * count)
        else:
            await by_callers(count, [self.life] * cases)
        await self._http.aclose()


async def work(wanted: Wanted) -> Report:
    """Everything wanted, done."""
    clients = Clients(wanted)
    await clients.run()
    return clients.report


def main(task: str) -> None:
    """`told`: a Wanted as JSON."""
    wanted = Wanted(**json.loads(task))
    report = asyncio.run(work(wanted))
    Path(wanted.report).write_text(json.dumps(asdict(report)))


if __name__ == "__main__":
    main(sys.argv[1])
