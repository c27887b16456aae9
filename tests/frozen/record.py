"""Makes the frozen files anew: `python -m tests.frozen.record`. What changes is listed in differences.md, each line
with its reason."""

import asyncio
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import typer.main
from typer.testing import CliRunner

import procedures
from embedded.postgres import Postgres
from embedded.state import State
from embedded.supervisor import Supervisor
from settings import ROOT
from tests.domain.scene import COUNTY, DISPATCHER, TOWNSHIP, VILLAGE
from tests.frozen import answers, seams
from tests.frozen.still import standing, stocked

FILES = Path(__file__).parent / "files"
TERMINAL = {"COLUMNS": "300", "TERMINAL_WIDTH": "300", "NO_COLOR": "1", "TERM": "dumb", "TZ": "UTC"}
# What no clock and no salt can still: words that differ from run to run, and what stands for them.
LOOSE = ((re.compile(r"bh_[\w-]{40,}"), "TOKEN"), (re.compile(r"\b[0-9a-f]{12}(?=  )"), "FINGERPRINT"))


def files(postgres: Postgres, name: str) -> dict[str, str]:
    """Every frozen file by its name, made now, on a new database called `name`."""
    with patch.dict(os.environ, TERMINAL):
        found = {"openapi.json": json.dumps(seams.description(), ensure_ascii=False, sort_keys=True, indent=1) + "\n"}
        found |= {"help.txt": "\n".join(_help())}
        found |= _rules()
        with tempfile.TemporaryDirectory() as directory:
            token, cases, answered = asyncio.run(_answers(postgres, name, Path(directory)))
            found |= answered
            url = seams.Database(postgres, name).app_url
            with patch.dict(os.environ, {"BIHUAN_DATABASE_URL": url, "BIHUAN_EVIDENCE_DIR": directory}):
                found |= {"commands.txt": "\n".join(_commands(token, cases))}
    return found


async def _answers(postgres: Postgres, name: str, evidence: Path) -> tuple[str, list[str], dict[str, str]]:
    database = await stocked(postgres, name)
    async with standing(database, evidence) as still:
        found = await answers.lives(still)
        found |= await answers.refusals(still)
        found |= await answers.lists(still)
        await still.headers(DISPATCHER, DISPATCHER)
        rows = await still.superuser.fetch('select number from "case" where sealed is null order by number')
        numbers = [row["number"] for row in rows if row["number"].startswith("YH-")]
        return still.tokens[DISPATCHER, DISPATCHER], numbers[:8], found


def _help() -> Iterator[str]:
    """The help of every command, and of those below it."""
    root = typer.main.get_command(seams.command_line)

    def walk(words: tuple[str, ...], command: object) -> Iterator[str]:
        result = CliRunner().invoke(seams.command_line, [*words, "--help"], prog_name="bihuan")
        yield f"$ bihuan {' '.join(words)} --help  ({result.exit_code})"
        yield "\n".join(_plain(line) for line in result.output.splitlines())
        for each, below in sorted(getattr(command, "commands", {}).items()):
            yield from walk((*words, each), below)

    yield from walk((), root)


def _rules() -> dict[str, str]:
    """The hash of every procedure of the house, and of its page as it is drawn."""
    pinned, pages = [], []
    for path in seams.paths():
        procedure = seams.parse(path)
        pinned.append(f"{procedure.id} {procedure.version} {procedure.sha256}")
        drawn = CliRunner().invoke(seams.command_line, ["procedure", "draw", "--page", str(path)])
        pages.append(f"{procedure.id} {drawn.exit_code} {sha256(drawn.output.encode()).hexdigest()}")
    rounds = [
        json.dumps(one.model_dump(mode="json"), ensure_ascii=False, sort_keys=True) for one in procedures.rounds()
    ]
    return {
        "procedures.txt": "\n".join(pinned) + "\n",
        "pages.txt": "\n".join(pages) + "\n",
        "rounds.txt": "\n".join(rounds) + "\n",
    }


def _commands(token: str, numbers: list[str]) -> Iterator[str]:
    """What the command line prints when it reads: as JSON where it can, else as text."""
    asked: list[list[str]] = []
    for number in numbers:
        asked += [["case", word, number, "--token", token, "--json"] for word in ("show", "history")]
        asked += [["case", word, number, "--token", token] for word in ("show", "history", "documents", "similar")]
        asked += [["case", "replay", number, "--token", token, "--json", "--version", "2"]]
    asked += [["case", "show", "YH-2026-999999", "--token", token], ["case", "show", "YH-2026-999999"]]
    asked += [["board"], ["board", "--division", TOWNSHIP], ["board", "--token", token]]
    asked += [["register", "show", kind] for kind in ("people", "posts", "units", "grids", "duties")]
    asked += [["register", "gaps", VILLAGE], ["register", "template", "posts"], ["ledger", "verify"]]
    asked += [["ledger", "rebuild", "--check"], ["similar", "show"], ["similar", "history"]]
    asked += [["calendar", "show", "2026"], ["calendar", "due", "2026-08-02", "60 days", "--roll", "--explain"]]
    asked += [["procedure", "holders", "--division", VILLAGE], ["procedure", "check"]]
    asked += [["register", "gaps", COUNTY]]
    for words in asked:
        result = CliRunner().invoke(seams.command_line, words)
        shown = " ".join("TOKEN" if word == token else word for word in words)
        text = "\n".join(line.rstrip() for line in result.output.splitlines()[:120])
        yield f"$ bihuan {shown}  ({result.exit_code})\n{_loosened(text)}\n"


def _plain(line: str) -> str:
    """A line of a help page without what depends on where the checkout lies: its folder, and how wide the box is."""
    return re.sub("[─╭╮╰╯│]+", "|", re.sub(r"[ ─]{2,}", " ", line.replace(str(ROOT), "ROOT"))).strip()


def _loosened(text: str) -> str:
    text = text.replace(str(ROOT), "ROOT")
    for pattern, word in LOOSE:
        text = pattern.sub(word, text)
    return text


def write(found: Mapping[str, str], folder: Path = FILES) -> None:
    """Put the files where they are kept."""
    for name, text in found.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


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
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FILES
        write(files(server, "frozen"), folder)
        server.forget_link()


if __name__ == "__main__":
    main()
