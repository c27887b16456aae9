"""Raw PostgreSQL: what the database gives when nothing is decided. The same rows, one prepared statement a step.

The tables are copies of the ledger's with their indexes. The rows come from lives that the registrar has really run,
under new ids, and are ready before the clock starts.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from bench.life import HAZARD, STEPS, accepted
from bench.row import by_callers
from ledger.ledger import open_ledger
from ledger.store.append import FIXED
from ledger.store.connection import Connection
from ledger.store.row import CASE_COLUMNS, COMMAND_COLUMNS, EVENT_COLUMNS

TABLES = ("case", "event", "command", "outbox", "reporter")
CASE, EVENT, COMMAND = CASE_COLUMNS, EVENT_COLUMNS, COMMAND_COLUMNS[:-1]

Stored = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Append:
    """The rows that one step left in the ledger; `posted`: one in the outbox too."""

    case: Stored
    event: Stored
    command: Stored
    posted: bool


async def recorded(url: str) -> list[Append]:
    """One life, really run by the registrar on `url`, which nothing else uses; its rows after each step."""
    steps, case_id = [], None
    async with open_ledger(url, 1) as ledger:
        for step in range(STEPS):
            before = await ledger.writers.fetch("select count(*) from outbox")
            request = HAZARD.request(step, case_id)
            case_id = accepted(await ledger.registrar.rule(request))
            (case,) = await ledger.writers.fetch('select * from "case" where id = $1', case_id)
            (event,) = await ledger.writers.fetch(
                "select * from event where case_id = $1 and version > $2", case_id, case["previous_version"]
            )
            (command,) = await ledger.writers.fetch("select * from command where id = $1", request.command_id)
            after = await ledger.writers.fetch("select count(*) from outbox")
            steps.append(Append(dict(case), dict(event), dict(command), before != after))
    return steps


def statement(opens: bool, with_letter: bool) -> str:
    """One statement with scalar parameters that writes all rows of a step."""
    place = iter(range(1, 100))

    def values(columns: Sequence[str]) -> str:
        return ", ".join(f"${next(place)}" for _ in columns)

    fixed = [name for name in CASE if opens or name not in FIXED]
    if opens:
        taken = f'insert into raw."case" ({", ".join(fixed)}) values ({values(fixed)}) returning id'
    else:
        changes = ", ".join(f"{name} = ${next(place)}" for name in fixed)
        where = f"id = ${next(place)} and version = ${next(place)}"
        taken = f'update raw."case" set {changes} where {where} returning id'
    parts = [
        f"won as ({taken})",
        f"journal as (insert into raw.event ({', '.join(EVENT)}) values ({values(EVENT)}))",
        f"rulings as (insert into raw.command ({', '.join(COMMAND)}) values ({values(COMMAND)}))",
    ]
    if with_letter:
        parts.append("told as (insert into raw.outbox (case_id) select id from won)")
    return f"with {', '.join(parts)} select id from won"


def parameters(append: Append, case_id: UUID, number: str) -> list[Any]:
    """The scalars for `statement`, under a case id, command id and number of their own."""
    opens = append.case["previous_version"] == 0
    case = {**append.case, "id": case_id, "number": number}
    event = {**append.event, "case_id": case_id}
    command = {**append.command, "id": uuid4(), "case_id": case_id}
    scalars = [case[name] for name in CASE if opens or name not in FIXED]
    if not opens:
        scalars += [case_id, case["previous_version"]]
    return scalars + [event[name] for name in EVENT] + [command[name] for name in COMMAND]


class Raw:
    """Connections with the statements prepared on them; `lives` is what the clock runs over."""

    def __init__(self, connections: Sequence[Connection], steps: Sequence[Append]) -> None:
        self._connections = connections
        self._steps = steps
        self._count = 0

    async def prepare(self, count: int) -> Callable[[], Awaitable[None]]:
        """Rows for `count` lives, ready to be written by as many callers as there are connections."""
        idle = [
            [
                await connection.prepare(statement(step.case["previous_version"] == 0, step.posted))
                for step in self._steps
            ]
            for connection in self._connections
        ]
        lives = []
        for _ in range(count):
            self._count += 1
            case_id = uuid4()
            lives.append([parameters(step, case_id, f"YH-2026-{self._count:06d}") for step in self._steps])

        async def write(life: list[list[Any]]) -> None:
            prepared = idle.pop()
            for step, scalars in zip(prepared, life, strict=True):
                assert await step.fetchval(*scalars) is not None
            idle.append(prepared)

        work = [lambda life=life: write(life) for life in lives]
        return lambda: by_callers(len(self._connections), work)


async def tables(owner: Connection) -> None:
    """Copies of the ledger's tables, indexes included, in the schema `raw`."""
    copies = "".join(f'create table raw."{name}" (like public."{name}" including all);' for name in TABLES)
    await owner.execute(
        f"create schema raw; {copies} grant usage on schema raw to bihuan;"
        " grant all on all tables in schema raw to bihuan;"
    )
