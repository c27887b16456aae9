"""Rounds in the worker: two workers that come back after the first of a month, Temporal away, open it once."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import procedures
from domain.days.instant import rfc3339
from ledger.store.connection import connect
from tests.domain.scene import when
from tests.keepers.conftest import eventually
from tests.ledger.county import Clock, Database
from worker import WorkerSettings, on_file, serve

NO_SERVER = "127.0.0.1:1"


async def test_workers_that_come_back_open_what_fell_due_meanwhile(
    copied: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", NO_SERVER)
    database, clock, months = copied(), Clock(), 2
    clock.set(when("2026-04-08 09:30"))
    since = when("2026-02-28 12:00")
    connection = await connect(database.superuser_url)
    await connection.execute("insert into setting values ('round/affairs_day/since', $1)", rfc3339(since))
    stop = asyncio.Event()
    workers = [asyncio.create_task(serve(database.app_url, WorkerSettings(), stop, clock)) for _ in range(2)]

    async def done() -> bool:
        return bool(await connection.fetchval("select count(*) from round where id = 'affairs_day'") == months)

    try:
        await eventually(done)
    finally:
        stop.set()
        assert all(await asyncio.gather(*workers))
    found = await connection.fetchval("select count(*) from \"case\" where procedure = 'affairs_day'")
    others = await connection.fetchval('select count(*) from "case"')
    await connection.close()
    assert (found, others) == (79 * months, 79 * months)


def test_a_broken_file_stops_no_other_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(procedures.ROUNDS, tmp_path / "rounds")
    (tmp_path / "rounds/disclosure.yaml").write_text("id: disclosure\n")
    monkeypatch.setattr(procedures, "ROUNDS", tmp_path / "rounds")
    assert [one.id for one in on_file()] == [
        "affairs_day", "monthly_scheduling", "regular_check", "surprise_check", "weekly_analysis",
    ]  # fmt: skip
