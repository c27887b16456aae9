"""What trials are about: a place, its people, and cases of the drill."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import yaml

from calendars import load
from domain.case.command import Act, Open
from domain.days.instant import Instant, utc
from domain.rules.hat import Actor, Hat
from domain.rules.procedure import Procedure, read
from ledger.ledger import Ledger
from ledger.registrar.request import Request, callers_id
from ledger.store.connection import Connection
from settings import ROOT

COUNTY, TOWNSHIP, VILLAGE, UNIT = "141025000000", "141025101000", "141025101200", "U-141025-01"
LINEAGES: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    COUNTY: ("古县", "county", {"county": COUNTY}),
    TOWNSHIP: ("岳阳镇", "township", {"township": TOWNSHIP, "county": COUNTY}),
    VILLAGE: ("城关村", "village", {"village": VILLAGE, "township": TOWNSHIP, "county": COUNTY}),
}
HATS = {
    "clerk": f"clerk@{VILLAGE}",
    "dispatcher": f"dispatcher@{TOWNSHIP}",
    "handler": f"handler@{UNIT}",
    "approver": f"approver@{TOWNSHIP}",
    "sensor": f"integration@{COUNTY}",
}


@dataclass(frozen=True, slots=True)
class Fired:
    """A rung as the ledger has it; `late_seconds`: from due to recorded, by PostgreSQL's clock."""

    case_id: UUID
    version: int
    name: str
    clock: str
    rung: str
    due_at: Instant
    late_seconds: float


def drill(seconds: int | None = None, climbs: tuple[int, int] | None = None, bare: bool = False) -> Procedure:
    """The drill of the house; with clocks of so many `seconds`, climbing so many seconds after due.

    `bare`: only the red card, no warnings, no ladder.
    """
    document: dict[str, Any] = json.loads(json.dumps(yaml.safe_load((ROOT / "procedures/drill.yaml").read_text())))
    for clock in document["clocks"].values():
        if seconds is not None:
            clock["limit"] = {"n": seconds, "unit": "second"}
        if bare:
            clock["cards"] = {"warning": None, "yellow": None}
            del clock["ladder"]
    for step, after in zip(document["ladders"]["climb"], climbs or (), strict=climbs is not None):
        step["after"] = {"n": after, "unit": "second"}
    return read(document)


async def furnish(ledger: Ledger, procedure: Procedure | None = None) -> None:
    """Register place and people, release calendar and procedure (the drill by default). Safe to repeat."""
    async with ledger.writers.held() as connection:
        for code, (name, level, lineage) in LINEAGES.items():
            await connection.execute(
                "insert into division (code, name, level, edition, valid_from, lineage)"
                " values ($1, $2, $3, 2023, '2023-01-01', $4) on conflict do nothing",
                code, name, level, json.dumps(lineage),
            )  # fmt: skip
        await connection.execute(
            "insert into unit (id, name, division, level) values ($1, '应急局', $2, 'county') on conflict do nothing",
            UNIT,
            COUNTY,
        )
        for person, hat in HATS.items():
            role, _, scope = hat.partition("@")
            await connection.execute("insert into person (id, name) values ($1, $1) on conflict do nothing", person)
            await connection.execute(
                "insert into hat (person, role, scope) values ($1, $2, $3) on conflict do nothing",
                person,
                role,
                scope,
            )
    await ledger.library.release(load(ROOT / "calendars"))
    await ledger.library.release(procedure or drill())


def _request(person: str, command: Open | Act, case_id: UUID | None = None) -> Request:
    actor = Actor(person, Hat.parse(HATS[person]))
    return Request(callers_id(person, str(uuid4())), b"trial", command, actor, case_id)


def opening(title: str = "演练") -> Request:
    """Open a drill case in the village."""
    return _request("clerk", Open("drill", VILLAGE, title, {}))


def action(case_id: UUID, name: str, person: str, fields: Mapping[str, Any] | None = None) -> Request:
    """Take an action on a case; `person` is one of HATS."""
    reason = "演练" if name in ("reopen", "reject") else None
    return _request(person, Act(name, fields or {}, reason), case_id)


async def fired(connection: Connection, case_ids: Sequence[UUID] | None = None) -> list[Fired]:
    """Every rung that has fired, of these cases or of all, in order."""
    rows = await connection.fetch(
        "select case_id, version, name, leaf, body, recorded_at from event"
        " where name = any($1) and ($2::uuid[] is null or case_id = any($2)) order by case_id, version",
        ["ClockWarned", "CardIssued", "CaseEscalated", "ClockLapsed"],
        case_ids,
    )
    return [_fired(row) for row in rows]


def _fired(row: Any) -> Fired:
    body = json.loads(row["body"])
    due_at = utc(datetime.fromisoformat(json.loads(row["leaf"])["occurred_at"]))
    late = (row["recorded_at"] - due_at) / timedelta(seconds=1)
    return Fired(row["case_id"], row["version"], row["name"], body["clock"], body["rung"], due_at, late)
