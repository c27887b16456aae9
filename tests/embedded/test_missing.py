"""An environment without the servers of one machine: how it is made, how it stays so, and what `up` says in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from embedded import temporal
from embedded.postgres import Postgres
from embedded.state import State, Trouble
from settings import ROOT

# Writes down which lock it is given; the real one would fetch packages.
UV = '#!/bin/sh\nfor last; do :; done\n[ "$last" = --version ] || echo "${last##*/}" >>"${0%/*}/synced"\n'
PYTHON = "#!/bin/sh\n"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A checkout with an environment that only pretends."""
    for each in (ROOT / "bihuan", *ROOT.glob("requirements*.lock")):
        shutil.copy(each, tmp_path)
    for name, text in {"bin/python": PYTHON, "tool/bin/uv": UV}.items():
        file = tmp_path / ".venv" / name
        file.parent.mkdir(parents=True)
        file.write_text(text)
        file.chmod(0o755)
    shutil.copy(ROOT / "requirements-setup.lock", tmp_path / ".venv")
    return tmp_path


def asked(house: Path, *words: str) -> list[str]:
    """The locks that a command has installed."""
    made = house / ".venv" / "tool" / "bin" / "synced"
    made.unlink(missing_ok=True)
    subprocess.run(
        [str(house / "bihuan"), *words], capture_output=True, check=True, env=os.environ | {"HOME": str(house)}
    )
    return made.read_text().split() if made.exists() else []


def test_a_cluster_node_stays_one_until_it_is_told_otherwise(house: Path) -> None:
    cluster, machine, dev = (f"requirements{each}.lock" for each in ("-cluster", "", "-dev"))
    assert asked(house, "setup", "--cluster") == [cluster]
    assert asked(house, "board") == asked(house, "setup", "--cluster") == []
    (house / cluster).write_text("another-release==1\n")
    assert asked(house, "board") == [cluster]
    assert asked(house, "setup") == [machine]
    assert asked(house, "board") == asked(house, "setup") == []
    assert asked(house, "setup", "--dev") == [dev]
    assert asked(house, "board") == asked(house, "setup") == []


def test_a_node_stays_one_also_when_its_set_up_was_interrupted(house: Path) -> None:
    uv = house / ".venv" / "tool" / "bin" / "uv"
    uv.write_text('#!/bin/sh\n[ "$1" = --version ]\n')
    words = [str(house / "bihuan"), "setup", "--cluster"]
    assert subprocess.run(words, capture_output=True, env=os.environ | {"HOME": str(house)}).returncode == 1
    uv.write_text(UV)
    assert asked(house, "board") == ["requirements-cluster.lock"]


def test_up_says_what_to_do_where_the_servers_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    for sought in (temporal.binary, lambda: Postgres(State(tmp_path)).programs):
        with pytest.raises(Trouble, match=r"运行环境中没有 \w+。要在一台机器上运行全部，请运行 ./bihuan setup"):
            sought()
