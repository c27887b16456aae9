"""Every named statement can be read by itself: PostgreSQL plans it against the migrated schema."""

import ast
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import asyncpg
import pytest

import activities
import application
import keepers
import ledger
from ledger.store.append import APPEND_MANY, append_one
from settings import ROOT
from tests.ledger.county import County

STATEMENT = re.compile(r"\s*(with|select|insert|update|delete)\b")
# Every combination that one command can need: opening or going on, with or without what comes beside it.
APPENDS = {
    f"append_one({opens}, {events}, {letters})": append_one(opens, events, 2, True, opens, letters, opens)
    for opens in (True, False)
    for events in (1, 3)
    for letters in (0, 2)
}


def named() -> Iterator[tuple[str, str]]:
    """(module.NAME, statement) for every constant that is one; of a mapping each value. Names beginning with `_` are
    only parts of others."""
    for package in (activities, keepers, ledger):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            for name, value in vars(import_module(module.name)).items():
                if name.isupper() and not name.startswith("_"):
                    yield from ((f"{module.name}.{name}", text) for text in texts(value) if STATEMENT.match(text))


def texts(value: Any) -> list[str]:
    """The texts in a constant."""
    values = value.values() if isinstance(value, Mapping) else [value]
    return [each for each in values if isinstance(each, str)]


STATEMENTS = {text: name for name, text in [*named(), *APPENDS.items()]}


def test_there_are_statements_in_every_room() -> None:
    rooms = {name.split(".")[1] for name in STATEMENTS.values() if name.startswith("ledger.")}
    assert rooms >= {"audit", "changes", "identity", "imports", "read", "registers", "registrar", "rounds", "store"}
    assert APPEND_MANY in STATEMENTS
    assert len(STATEMENTS) > 100


@pytest.mark.parametrize("statement", STATEMENTS, ids=STATEMENTS.values())
async def test_a_statement_can_be_explained(county: County, statement: str) -> None:
    # As plain text, without arguments: only so may a statement with $n be explained.
    assert await county.superuser.execute(f"explain (generic_plan) {statement}") == "EXPLAIN"


async def test_a_statement_that_names_what_is_not_there_fails(county: County) -> None:
    with pytest.raises(asyncpg.UndefinedColumnError):
        await county.superuser.execute('explain (generic_plan) select nowhere from "case" where id = $1')


def inside_functions(path: Path) -> Iterator[str]:
    """The places of statements that stand in a function, as text without holes: nobody could read or explain them."""
    for function in ast.walk(ast.parse(path.read_text())):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        parts = list(ast.walk(function))
        composed = {id(part) for each in parts if isinstance(each, ast.JoinedStr) for part in each.values}
        whole = [each for each in parts if isinstance(each, ast.Constant) and id(each) not in composed]
        for each in whole:
            text = each.value if isinstance(each.value, str) else ""
            if STATEMENT.match(text) and re.search(r"\b(from|into|set)\b|\(", text):
                yield f"{path.relative_to(ROOT).as_posix()}:{each.lineno}"


def test_no_statement_stands_in_a_function() -> None:
    packages = (activities, application, keepers, ledger)
    found = [place for package in packages for path in Path(package.__path__[0]).rglob("*.py")
             for place in inside_functions(path)]  # fmt: skip
    assert found == []
