"""An application on a real ledger: two townships, their people with tokens, one unit."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

import log
from api import create
from application.house import House
from domain.rules.hat import Hat
from embedded.postgres import Postgres
from ledger.identity import token
from ledger.ledger import Ledger
from settings import Settings

COUNTY, TOWNSHIP, VILLAGE = "141025000000", "141025101000", "141025101200"
OTHER, OTHER_VILLAGE, UNIT = "141025102000", "141025102201", "U-141025101-01"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)

REGISTERS = """
insert into division (code, name, level, parent, edition, valid_from, lineage) values
  ('141025000000', '古县', 'county', '141000000000', 2023, '2023-01-01', '{"county": "141025000000"}'),
  ('141025101000', '北平镇', 'township', '141025000000', 2023, '2023-01-01',
   '{"county": "141025000000", "township": "141025101000"}'),
  ('141025101200', '北平村村民委员会', 'village', '141025101000', 2023, '2023-01-01',
   '{"county": "141025000000", "township": "141025101000", "village": "141025101200"}'),
  ('141025102000', '岳阳镇', 'township', '141025000000', 2023, '2023-01-01',
   '{"county": "141025000000", "township": "141025102000"}'),
  ('141025102201', '张庄村村民委员会', 'village', '141025102000', 2023, '2023-01-01',
   '{"county": "141025000000", "township": "141025102000", "village": "141025102201"}')
on conflict do nothing;
insert into unit (id, name, division, level) values
  ('U-141025101-01', '北平镇综合行政执法队', '141025101000', 'township')
on conflict do nothing;
"""

Row = dict[str, Any]


@dataclass
class World:
    """The application and everybody's tokens. `as_(who)`: request headers of a person under a hat."""

    app: FastAPI
    client: httpx.AsyncClient
    ledger: Ledger
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)

    async def as_(self, person: str, hat: str, **headers: str) -> dict[str, str]:
        """Headers that show this person's token for this hat."""
        if (person, hat) not in self.tokens:
            await self.ledger.writers.fetch(
                "insert into person (id, name) values ($1, $1) on conflict do nothing", person
            )
            self.tokens[person, hat] = await token.create(self.ledger.writers, person, Hat.parse(hat))
        return {"Authorization": f"Bearer {self.tokens[person, hat]}", **headers}

    async def post(
        self, path: str, person: str, hat: str, body: object = None, key: str | None = None
    ) -> httpx.Response:
        """A write; `body` is sent as JSON unless it is bytes."""
        headers = await self.as_(person, hat, **({"Idempotency-Key": key} if key else {}))
        content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        return await self.client.post(path, headers=headers, content=content)

    async def get(self, path: str, person: str, hat: str, **query: Any) -> httpx.Response:
        """A read."""
        return await self.client.get(path, headers=await self.as_(person, hat), params=query or None)

    async def opened(self, division: str = VILLAGE, **given: Any) -> Row:
        """A hazard case, opened by a grid worker of the village."""
        answer = await self.post("/api/cases", "P-grid", f"grid_worker@{division}", opening(division=division, **given))
        assert answer.status_code == 201, answer.text
        opened: Row = answer.json()
        return opened

    async def act(self, case_id: str, action: str, person: str, hat: str, **body: Any) -> httpx.Response:
        """An action on a case."""
        return await self.post(f"/api/cases/{case_id}/actions/{action}", person, hat, body)

    async def picture(self, person: str = "P-handler", hat: str = f"handler@{UNIT}") -> str:
        """The sha256 of a picture that this person has uploaded."""
        answer = await self.post("/api/evidence", person, hat, PNG + uuid4().bytes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["sha256"])

    async def counted(self, *tables: str) -> list[int]:
        """How many rows these tables hold."""
        return [(await self.ledger.writers.fetch(f'select count(*) from "{table}"'))[0][0] for table in tables]


def opening(**given: Any) -> Row:
    """A good request to open a hazard."""
    fields = {"kind": "safety", "place": "村口", "description": "路边有个大坑"} | given.pop("fields", {})
    return {"procedure": "hazard", "division": VILLAGE, "title": "路边大坑", "fields": fields} | given


@pytest.fixture(scope="session")
async def world(migrated: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One application for all tests of routes, its shelf stocked from the house's own files."""
    settings = Settings(database_url=migrated.app_url, evidence_dir=Path(tmp_path_factory.mktemp("evidence")))
    log.configure("warning")
    app = create(settings)
    async with app.router.lifespan_context(app):
        house: House = app.state.house
        async with house.ledger.writers.held() as connection:
            await connection.execute(REGISTERS)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            while (await client.get("/readyz")).status_code != 200:  # noqa: ASYNC110 - asked as anybody would
                await asyncio.sleep(0.05)
            yield World(app, client, house.ledger)


Life = Callable[[], Awaitable[list[Row]]]


@pytest.fixture
def life(world: World) -> Life:
    """Leads one hazard from sighting to closure by different people; every answer of the API on the way."""

    async def lead() -> list[Row]:
        picture = await world.picture()
        case = await world.opened()
        answers, t = [case], TOWNSHIP
        steps: list[tuple[str, str, str, Row]] = [
            ("triage", "P-dispatcher", f"dispatcher@{t}", {"grade": "general"}),
            ("dispatch", "P-dispatcher", f"dispatcher@{t}", {"unit": UNIT}),
            ("sign", "P-handler", f"handler@{UNIT}", {}),
            ("progress", "P-handler", f"handler@{UNIT}", {"progress": "已围挡"}),
            ("submit", "P-handler", f"handler@{UNIT}", {"result": "已填平", "evidence": picture}),
            ("approve", "P-approver", f"approver@{t}", {"approval_opinion": "属实"}),
            ("follow_up", "P-caller", f"caller@{t}", {"satisfaction": "satisfied", "follow_up_note": "满意"}),
            ("close", "P-dispatcher", f"dispatcher@{t}", {}),
        ]
        for action, person, hat, fields in steps:
            answer = await world.act(case["case_id"], action, person, hat, fields=fields)
            assert answer.status_code == 200, (action, answer.text)
            answers.append(answer.json())
        return answers

    return lead
