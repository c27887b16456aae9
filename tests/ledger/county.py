"""A stocked county on a real ledger, with a clock that tests set."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from domain.case.command import Act, Command, Open, parts
from domain.days.instant import Instant
from domain.rules.hat import Actor, Hat
from embedded.postgres import Postgres
from keepers.courier import Courier
from ledger import ledger as house
from ledger.audit.verify import verify
from ledger.ledger import Ledger
from ledger.read.evidence import KEEP
from ledger.registrar.request import PoisonedCase, Reporter, Request, Ruling, callers_id, request_hash
from ledger.store.connection import Connection, connect
from samples import Samples
from tests.domain.scene import GRID_WORKER, HAZARD, MAIN_LINE, PHOTO, VILLAGE
from tests.moment import now

# A community is a village by another name; above the county nobody works here.
LEVELS = {
    "village": "village",
    "community": "village",
    "township": "township",
    "county": "county",
    "city": "",
    "province": "",
}


@dataclass(frozen=True)
class Database:
    """One database of the running cluster, as each role reaches it."""

    postgres: Postgres
    name: str

    @property
    def app_url(self) -> str:
        return self.postgres.url("bihuan", self.name)

    @property
    def owner_url(self) -> str:
        return self.postgres.url("bihuan_owner", self.name)

    @property
    def superuser_url(self) -> str:
        return self.postgres.url("postgres", self.name)


def create(postgres: Postgres, name: str, template: str | None = None) -> Database:
    """A new database of the owner: empty, or a copy of another that nobody is connected to."""
    copied = f' template "{template}"' if template else ""
    postgres.sql(f'create database "{name}" owner bihuan_owner{copied}')
    return Database(postgres, name)


class Clock:
    """PostgreSQL's reading, moved by what the test says."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def __call__(self, at: Instant) -> Instant:
        return at + self.shift

    def advance(self, **duration: float) -> None:
        self.shift += timedelta(**duration)

    def set(self, moment: Instant) -> None:
        self.shift = moment - now()


@dataclass
class County:
    """A ledger and its people. Every command has a key of its own unless the test gives one."""

    database: Database
    ledger: Ledger
    clock: Clock
    superuser: Connection
    opened: list[UUID] = field(default_factory=list)

    def request(
        self,
        command: Command,
        hat: str,
        case_id: UUID | None = None,
        *,
        person: str | None = None,
        key: str | None = None,
        reporter: Reporter | None = None,
    ) -> Request:
        """A command as a route would make it. `person`: by default one who wears this hat only."""
        actor = Actor(person or hat, Hat.parse(hat))
        command_id = callers_id(actor.person, key or str(uuid4()))
        said = request_hash(str(case_id), hat, repr(command).encode(errors="backslashreplace"))
        return Request(command_id, said, command, actor, case_id, reporter)

    def opening(self, procedure: str = "hazard", fields: Mapping[str, Any] | None = None, **more: Any) -> Request:
        """A request to open a case in a village."""
        given = fields if fields is not None else (HAZARD if procedure == "hazard" else {})
        return self.request(Open(procedure, VILLAGE, "路边大坑", given), GRID_WORKER, **more)

    async def open(self, procedure: str = "hazard", fields: Mapping[str, Any] | None = None) -> UUID:
        """A new case."""
        ruling = await self.ledger.registrar.rule(self.opening(procedure, fields))
        assert ruling.outcome == "opened", ruling
        assert ruling.case_id is not None
        self.opened.append(ruling.case_id)
        return ruling.case_id

    async def act(
        self,
        case_id: UUID,
        action: str,
        hat: str,
        fields: Mapping[str, Any] = {},
        *,
        person: str | None = None,
        **more: Any,
    ) -> Ruling:
        """The ruling on an action."""
        request = self.request(Act(action, fields, **more), hat, case_id, person=person)
        await self.uploaded(request)
        return await self.ledger.registrar.rule(request)

    async def uploaded(self, *requests: Request) -> None:
        """Whoever shows the photo in one of these has uploaded it first."""
        for request in requests:
            if shows(request.command):
                await upload(self.superuser, request.actor.person)

    async def lead(self, case_id: UUID, until: str, start: str | None = None) -> Ruling:
        """The main line up to and including `until`."""
        names = [name for name, _, _ in MAIN_LINE]
        ruling = None
        for name, hat, fields in MAIN_LINE[names.index(start) if start else 0 : names.index(until) + 1]:
            ruling = await self.act(case_id, name, hat, fields)
            assert ruling.outcome == "acted", ruling
        assert ruling is not None
        return ruling

    async def rows(self, query: str, *arguments: Any) -> Sequence[asyncpg.Record]:
        """What stands in the database."""
        return await self.superuser.fetch(query, *arguments)

    async def value(self, query: str, *arguments: Any) -> Any:
        """One value that stands in the database."""
        return await self.superuser.fetchval(query, *arguments)

    async def forge(self, statement: str, *arguments: Any) -> None:
        """Change what nobody may change: as superuser, past triggers. At least one row."""
        async with self.superuser.transaction():
            await self.superuser.execute("set local session_replication_role = replica")
            done = await self.superuser.execute(statement, *arguments)
        assert not done.endswith(" 0"), done

    async def faults(self, case_id: UUID | None = None) -> list[str]:
        """What `verify` finds, of one case or of all."""
        found = [fault async for fault in verify(self.superuser)]
        return [fault for fault in found if case_id is None or str(case_id) in fault]

    async def events(self, case_id: UUID) -> list[str]:
        """The names of a case's events in order; their versions are dense."""
        rows = await self.rows("select version, name from event where case_id = $1 order by version", case_id)
        assert [row["version"] for row in rows] == list(range(1, len(rows) + 1))
        return [row["name"] for row in rows]


async def carried(county: County, post: Connection) -> int:
    """Every letter delivered, and those that these bring about; how many."""
    courier, total = Courier(county.ledger.registrar), 0
    while done := await courier.round(post):
        total += done
    return total


def ruled(outcome: Ruling | PoisonedCase) -> Ruling:
    """One of many outcomes; fails when its case could not be ruled."""
    assert isinstance(outcome, Ruling), outcome
    return outcome


def told(ruling: Ruling) -> dict[str, Any]:
    """The JSON answer of a ruling."""
    body: dict[str, Any] = json.loads(ruling.body)
    return body


@asynccontextmanager
async def inhabited(database: Database, size: int = 8) -> AsyncIterator[County]:
    """The county on a stocked database."""
    clock = Clock()
    async with house.open_ledger(database.app_url, size, clock) as ledger:
        superuser = await connect(database.superuser_url, statement_timeout="60000")
        try:
            yield County(database, ledger, clock, superuser)
        finally:
            await superuser.close()


async def load_registers(connection: Connection, samples: Samples) -> None:
    """The sample divisions, units and people, and a photo that one of them has uploaded."""
    parents = {division.code: division for division in samples.divisions}
    for division in samples.divisions:
        lineage, one = {}, division
        while LEVELS[one.level]:
            lineage[LEVELS[one.level]] = one.code
            one = parents[one.parent or ""]
        await connection.execute(
            "insert into division (code, name, level, parent, edition, valid_from, lineage)"
            " values ($1, $2, $3, $4, 2023, '2023-01-01', $5)",
            division.code,
            division.name,
            LEVELS[division.level] or division.level,
            division.parent,
            json.dumps(lineage),
        )
    for unit in samples.units:
        level = parents[unit.division].level
        await connection.execute(
            "insert into unit values ($1, $2, $3, $4, $5)", unit.id, unit.name, unit.division, level, list(unit.kinds)
        )
    for person in samples.people:
        await connection.execute("insert into person (id, name, sample) values ($1, $2, true)", person.id, person.name)
        hats = [(person.id, hat.role, hat.scope) for hat in person.hats]
        await connection.executemany(
            "insert into hat (person, role, scope, valid_from) values ($1, $2, $3, '2026-01-01')", hats
        )
    await upload(connection, "P-0001")


async def upload(connection: Connection, person: str, sha256: str = PHOTO) -> None:
    """A photo in the registers as one that this person has uploaded; there are no bytes behind it."""
    await connection.execute(KEEP, sha256, 1, "image/png", person)


def shows(command: Command, sha256: str = PHOTO) -> bool:
    """Whether whoever gives this command shows the photo."""
    return any(sha256 in str(part.fields) for part in parts(command) if isinstance(part, Open | Act))
