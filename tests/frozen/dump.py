"""A whole ledger in one file: some 260 made-up cases, most of them on their way, as an older program left them.

`python -m tests.frozen.dump` makes it. It is made once, by the program whose ledgers must stay readable, and then only
ever read: a later program gets another file beside it.
"""

import asyncio
import gzip
import io
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from embedded.postgres import Postgres
from embedded.state import State
from embedded.supervisor import Supervisor
from tests.domain.scene import COUNTY, DISPATCHER, GRID_WORKER, HAZARD, TOWNSHIP, VILLAGE, when
from tests.frozen import answers, seams
from tests.frozen.seams import Connection, Script, Step
from tests.frozen.still import Still, constant_salts, standing, stocked

FILE = Path(__file__).parent / "files" / "ledger.json.gz"
LEFT_OUT = {"alembic_version", "still", "token"}
PARTS = ((1, 4), (1, 2), (3, 4))  # how far a life has come
MERGED = 6
TABLES = "select tablename from pg_tables where schemaname = 'public' order by 1"
COLUMNS = """
select attname from pg_attribute
where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum
"""
SYSTEM = f"integration@{COUNTY}"
IMPORTED = 6


@dataclass(frozen=True)
class Left:
    """A life that was left on its way: its script, what has been done of it, and when it was left."""

    script: Script
    key: str
    done: int
    case_id: UUID
    at: datetime


def left() -> Iterator[Left]:
    """Every life that the dump leaves on its way, in the order in which they were led."""
    for name, kind in answers.all_lives():
        script = seams.alone(seams.scripts(name)[kind], kind)
        for turn, (part, whole) in enumerate(PARTS):
            said = seams.scripts(name)[kind].fields
            own = {each: f"{said[each]} {kind} {turn}" for each in _identity(name)}
            one = replace(script, fields={**script.fields, **own})
            done = len(one.steps) * part // whole
            key = f"left/{name}/{kind}/{turn}"
            case_id = seams.case_of(seams.callers_id(one.hat, f"{key}/open"))
            yield Left(one, key, done, case_id, _reached(one, done))


def _identity(name: str) -> list[str]:
    return list(seams.parse(next(path for path in seams.paths() if path.stem == name)).identity[:1])


def _reached(script: Script, done: int) -> datetime:
    now = when(script.at)
    for step in script.steps[:done]:
        if not isinstance(step, Step):
            now = when(step.until) if step.until else now + timedelta(days=step.days, hours=step.hours)
    return now


async def lead(still: Still, life: Left, first: int, last: int) -> None:
    """The steps of a life from `first` up to before `last`; 0 opens it."""
    now, case_id, code = _reached(life.script, first), str(life.case_id), ""
    await still.set(now)
    if first == 0:
        given = {"procedure": life.script.procedure, "division": life.script.division, "title": life.script.title}
        body = json.dumps({**given, "fields": dict(life.script.fields)}).encode()
        answer = await still.post("/api/cases", life.script.hat, life.script.hat, body, f"{life.key}/open")
        assert answer.status_code == 201, answer.text
        assert answer.json()["case_id"] == case_id
    if seams.CLAIM_CODE in str([step.fields for step in life.script.steps if isinstance(step, Step)]):
        code = "0707070707"  # what is drawn while all that is drawn is sevens
    for place, step in enumerate(life.script.steps[first:last], first):
        if not isinstance(step, Step):
            now = when(step.until) if step.until else now + timedelta(days=step.days, hours=step.hours)
            await answers.wait(still, life.case_id, now)
            continue
        answer = await answers.act(still, case_id, step, f"{life.key}/{place}", code)
        refused = answer.json().get("code") if answer.status_code >= 400 else None
        assert refused == step.refused, (life.key, step.action, answer.text)


async def people(still: Still) -> None:
    """All lives, some of them merged; and what cases had to say to each other delivered."""
    for life in left():
        await lead(still, life, 0, life.done)
    await still.set(when("2026-03-02 10:00"))
    for number in range(MERGED):
        await _merged(still, number)
    for number in range(IMPORTED):
        await _imported(still, number)
    courier = seams.Courier(still.ledger.registrar)
    with constant_salts():
        while await courier.round(still.superuser):
            pass


async def _merged(still: Still, number: int) -> None:
    cases = []
    for each in ("a", "b"):
        fields = {**HAZARD, "place": f"样例路口 {number}{each}"}
        body = json.dumps(
            {"procedure": "hazard", "division": VILLAGE, "title": f"样例 {number}{each}", "fields": fields}
        )
        answer = await still.post("/api/cases", GRID_WORKER, GRID_WORKER, body.encode(), f"merge/{number}/{each}")
        cases.append(answer.json())
    body = json.dumps({"fields": {"into": cases[1]["number"]}, "reason": "同一处"})
    path = f"/api/cases/{cases[0]['case_id']}/actions/merge"
    answer = await still.post(path, DISPATCHER, DISPATCHER, body.encode(), f"merge/{number}")
    assert answer.status_code == 200, answer.text


async def _imported(still: Still, number: int) -> None:
    """A matter of another system; every second one ended there."""
    began = when(f"2025-12-0{number + 1} 09:00")
    fields = {"source": "样例·旧系统", "reference": f"旧-{number}", "due_at": f"2025-12-1{number}T09:00:00+08:00"}
    opening = seams.Open("transferred", TOWNSHIP, f"样例旧事 {number}", fields, occurred_at=began)
    ended = (began + timedelta(days=5), seams.Act("ended", {"result": "已修"}))
    command = seams.Import(opening, began, (ended,) if number % 2 else ())
    actor = seams.Actor(SYSTEM, seams.Hat.parse(SYSTEM))
    request = seams.Request(seams.callers_id(SYSTEM, f"import/{number}"), b"", command, actor)
    with constant_salts():
        ruling = await still.ledger.registrar.rule(request)
    assert ruling.outcome == "imported", ruling


async def dumped(connection: Connection) -> bytes:
    """Every table by its columns, as PostgreSQL copies it, and where the sequences stand."""
    whole: dict[str, Any] = {"revision": await connection.fetchval("select version_num from alembic_version")}
    whole["tables"] = []
    for (table,) in await connection.fetch(TABLES):
        if table not in LEFT_OUT:
            columns = [row[0] for row in await connection.fetch(COLUMNS, f'public."{table}"')]
            listed = ", ".join(f'"{column}"' for column in columns)
            buffer = io.BytesIO()
            order = "id" if "id" in columns else "1, 2" if len(columns) > 1 else "1"
            query = f'select {listed} from public."{table}" order by {order}'
            await connection.copy_from_query(query, output=buffer)
            whole["tables"].append({"name": table, "columns": columns, "rows": buffer.getvalue().decode()})
    query = "select sequencename, last_value from pg_sequences where schemaname = 'public' order by 1"
    whole["sequences"] = {row[0]: row[1] for row in await connection.fetch(query)}
    return gzip.compress(json.dumps(whole, ensure_ascii=False).encode(), mtime=0)


async def restored(connection: Connection, data: bytes) -> None:
    """The rows of a dump put into a database of its revision, past every trigger. As superuser."""
    whole = json.loads(gzip.decompress(data))
    await connection.execute("set session_replication_role = replica")
    for table in whole["tables"]:
        await connection.execute(f'delete from public."{table["name"]}"')
        await connection.copy_to_table(
            table["name"], schema_name="public", columns=table["columns"],
            source=io.BytesIO(table["rows"].encode()),
        )  # fmt: skip
    for name, value in whole["sequences"].items():
        if value is not None:
            await connection.execute("select setval($1::regclass, $2)", f'public."{name}"', value)
    await connection.execute("set session_replication_role = origin")


def revision(data: bytes) -> str:
    """The schema under which a dump was made."""
    return str(json.loads(gzip.decompress(data))["revision"])


async def make(postgres: Postgres) -> bytes:
    """The dump, on a new database."""
    database = await stocked(postgres, "frozen_dump")
    with tempfile.TemporaryDirectory() as evidence:
        async with standing(database, Path(evidence)) as still:
            await people(still)
            assert [fault async for fault in seams.verify(still.superuser)] == []
            return await dumped(still.superuser)


def main() -> None:
    """On a cluster of its own."""
    with tempfile.TemporaryDirectory() as directory, Supervisor() as supervisor:
        state = State(Path(directory))
        state.prepare()
        server = Postgres(state)
        server.initialise()
        supervisor.start(server.child)
        supervisor.wait(server.child, server.ready, 30)
        server.create_roles()
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(asyncio.run(make(server)))
        server.forget_link()


if __name__ == "__main__":
    main()
