"""The command line on a furnished ledger."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from ledger.changes.publish import stock
from ledger.ledger import Ledger, open_ledger
from samples import FOLDER

Answer = TypeVar("Answer")
Told = tuple[int, str, str]  # exit code, stdout, stderr
Run = Callable[..., Told]


@pytest.fixture
def ask(database: str) -> "Callable[[Callable[[Ledger], Coroutine[Any, Any, Answer]]], Answer]":
    """What a piece of work on the test's ledger answers."""

    def asked(work: Callable[[Ledger], Coroutine[Any, Any, Answer]]) -> Answer:
        async def on_ledger() -> Answer:
            async with open_ledger(database, size=4) as ledger:
                return await work(ledger)

        return asyncio.run(on_ledger())

    return asked


@pytest.fixture
def run(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("board", …)`: the command on the test's database."""
    monkeypatch.setenv("BIHUAN_DATABASE_URL", database)
    monkeypatch.setenv("BIHUAN_EVIDENCE_DIR", str(tmp_path / "evidence"))
    monkeypatch.delenv("BIHUAN_TOKEN", raising=False)

    def invoked(*words: str) -> Told:
        result = CliRunner().invoke(app, list(words))
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.stdout, result.stderr

    return invoked


@pytest.fixture
def county(ask: Callable[[Callable[[Ledger], Any]], Any], run: Run) -> Run:
    """`run` on a ledger with procedures, calendar and Gu County's divisions."""

    async def stocked(ledger: Ledger) -> list[str]:
        return await stock(ledger.library)

    assert ask(stocked) == []
    assert run("divisions", "load", str(FOLDER / "divisions.csv"))[0] == 0
    return run


@pytest.fixture
def token(county: Run) -> Callable[[str], str]:
    """A token of a new person for a hat."""

    def made(hat: str) -> str:
        code, out, _ = county("token", "create", "--hat", hat, "--name", "样例·某人", "--new")
        assert code == 0
        return out.strip()

    return made
