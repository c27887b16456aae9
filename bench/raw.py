"""Raw PostgreSQL: what the database gives when nothing is decided. The same rows, one prepared statement a step.

The tables are copies of the ledger's with their indexes. The rows come from lives that the registrar has really run,
under new ids, and are ready before the clock starts.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from bench.life import HAZARD, live
from bench.row import by_callers
from ledger.connection import Connection, Writers
from ledger.library import Library
from ledger.registrar import Registrar
from ledger.statement import CASE_TYPES, COMMAND_TYPES, EVENT_TYPES, FIXED, column_names

TABLES = ("case", "event", "command", "outbox", "reporter")
CASE, EVENT, COMMAND = column_names(CASE_TYPES), column_names(EVENT_TYPES), column_names(COMMAND_TYPES)[:-1]

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Append:
    """The rows of one step as the registrar appended them."""

    case: Document
    event: Document
    command: Document
    told: bool


class _Listening:
    """A connection that notes what is appended through it."""

    def __init__(self, connection: Connection, heard: list[Append]) -> None:
        self._connection = connection
        self._heard = heard

    async def fetch(self, query: str, *arguments: Any) -> Sequence[asyncpg.Record]:
        if query.startswith("with won as"):
            values = iter(arguments)
            case, event, command = ({name: next(values) for name in names} for names in (CASE, EVENT, COMMAND))
            self._heard.append(Append(case, event, command, "told as" in query))
        return await self._connection.fetch(query, *arguments)


class _ListeningWriters(Writers):
    def __init__(self, url: str, heard: list[Append]) -> None:
        super().__init__(url, 1)
        self._heard = heard

    @asynccontextmanager
    async def held(self) -> AsyncIterator[Any]:
        async with super().held() as connection:
            yield _Listening(connection, self._heard)


async def recorded(url: str) -> list[Append]:
    """One life, really run by the registrar on `url`, as the rows that it appended."""
    heard: list[Append] = []
    writers, listening = Writers(url, 1), _ListeningWriters(url, heard)
    await live(Registrar(listening, Library(writers)), HAZARD)
    await writers.close()
    await listening.close()
    return heard


def statement(opens: bool, told: bool) -> str:
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
    if told:
        parts.append("told as (insert into raw.outbox (case_id) select id from won)")
    return f"with {', '.join(parts)} select id from won"


def parameters(append: Append, case_id: UUID, number: str) -> list[Any]:
    """The scalars for `statement`, under a case id, command id and number of their own."""
    opens = append.case["previous_version"] == 0
    case = append.case | {"id": str(case_id), "number": number}
    command = append.command | {"id": str(uuid4()), "case_id": str(case_id)}
    scalars = [_scalar(name, case[name], CASE_KINDS) for name in CASE if opens or name not in FIXED]
    if not opens:
        scalars += [case_id, case["previous_version"]]
    scalars += [_scalar(name, (append.event | {"case_id": str(case_id)})[name], EVENT_KINDS) for name in EVENT]
    return scalars + [_scalar(name, command[name], COMMAND_KINDS) for name in COMMAND]


def _kinds(types: str) -> Mapping[str, str]:
    return dict(column.split(" ", 1) for column in types.split(", "))


CASE_KINDS, EVENT_KINDS, COMMAND_KINDS = _kinds(CASE_TYPES), _kinds(EVENT_TYPES), _kinds(COMMAND_TYPES)


def _scalar(name: str, value: Any, kinds: Mapping[str, str]) -> Any:
    if value is None:
        return None
    match kinds[name]:
        case "uuid":
            return UUID(str(value))
        case "bytea":
            return bytes.fromhex(value.removeprefix("\\x"))
        case _:
            return value


class Raw:
    """Connections with the statements prepared on them; `lives` is what the clock runs over."""

    def __init__(self, connections: Sequence[Connection], steps: Sequence[Append]) -> None:
        self._connections = connections
        self._steps = steps
        self._count = 0

    async def prepare(self, count: int) -> Callable[[], Awaitable[None]]:
        """Rows for `count` lives, ready to be written by as many callers as there are connections."""
        idle = [
            [await connection.prepare(statement(step.case["previous_version"] == 0, step.told)) for step in self._steps]
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
