"""The command line speaks Chinese, whatever its framework says."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from cli.__main__ import app
from cli.exit_code import BROKEN, NOT_FOUND, UNREACHABLE, ExitCode, exit_code
from domain.rules.refusal import Code
from settings import ROOT, VERSION

# Words of the framework's own; codes, options and file names are English by intent.
ENGLISH = re.compile(
    r"\b(Usage|Options|Arguments|Commands|Error|Try|Missing|Invalid|No such|Got|requires|default|required|Show|message"
    r"|exit|value|Input|should|Choose|OPTIONS|ARGS|Aborted|Did you mean|env var)\b"
)
TERMINAL = {"COLUMNS": "200", "TERMINAL_WIDTH": "200", "NO_COLOR": "1", "TERM": "dumb"}


def commands(words: tuple[str, ...] = (), command: Any = None) -> Iterator[tuple[str, ...]]:
    """Every command, by its words."""
    command = command or typer.main.get_command(app)
    yield words
    for name, below in getattr(command, "commands", {}).items():
        yield from commands((*words, name), below)


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_help_page_is_chinese(words: tuple[str, ...]) -> None:
    result = CliRunner(env=TERMINAL).invoke(app, [*words, "--help"], prog_name="bihuan")
    assert result.exit_code == 0
    assert "用法：" in result.output
    assert ENGLISH.findall(result.output) == []


@pytest.mark.parametrize(
    "words",
    [
        ("nothing",), ("case", "sho"), ("case", "show"), ("case", "show", "--nothing"), ("case", "show", "A", "B"),
        ("board", "--division"), ("up", "--port", "abc"), ("up", "--port", "0"), ("completion", "tcsh"),
        ("token", "create"), ("case", "replay", "A", "--version", "x"), ("--nothing",),
        ("ledger", "verify", "--var", ""),
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_mistake_is_told_in_chinese(words: tuple[str, ...]) -> None:
    result = CliRunner(env=TERMINAL).invoke(app, list(words), prog_name="bihuan")
    assert result.exit_code == ExitCode.USAGE
    assert ENGLISH.findall(result.stderr) == []
    assert re.search("[\u4e00-\u9fff]", result.stderr.partition("错误")[2])


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert CliRunner().invoke(app, ["--version"]).output == f"bihuan {project['version']}\n"
    assert project["version"] == VERSION


def test_a_shell_is_told_what_could_follow() -> None:
    asked = {"COMP_WORDS": "./bihuan ca", "COMP_CWORD": "1", "_BIHUAN_COMPLETE": "complete_bash"}
    done = subprocess.run(
        [sys.executable, "-m", "cli"], cwd=ROOT, env={"PATH": "/usr/bin:/bin", **asked}, capture_output=True, text=True
    )
    assert done.stdout.split() == ["case", "calendar"]
    for shell in ("bash", "zsh", "fish"):
        assert "_BIHUAN_COMPLETE" in CliRunner().invoke(app, ["completion", shell]).output


def test_refused_not_found_unreachable_and_broken_are_told_apart() -> None:
    assert exit_code(Code.SAME_PERSON) is ExitCode.REFUSED
    assert exit_code(Code.CASE_OUTSIDE_SCOPE) is exit_code(Code.UNKNOWN_CASE) is ExitCode.NOT_FOUND
    assert exit_code(Code.LEDGER_UNAVAILABLE) is ExitCode.UNREACHABLE
    assert exit_code(Code.INTERNAL) is ExitCode.BROKEN
    assert not (NOT_FOUND & UNREACHABLE | NOT_FOUND & BROKEN | UNREACHABLE & BROKEN)
