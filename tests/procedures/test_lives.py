"""Every procedure: its main line, one return, one extension, one pause, one escalation to the top, one reopening."""

import importlib
from pathlib import Path

import pytest

from domain.case.event import CaseEscalated
from procedures import paths
from tests.procedures.script import Script, live

KINDS = ("main", "returned", "extended", "paused", "escalated", "reopened")
HERE = Path(__file__).parent
PROCEDURES = sorted(path.stem for path in paths() if path.stem != "drill")


def scripts(procedure_id: str) -> dict[str, Script]:
    """The lives told of a procedure."""
    found: dict[str, Script] = importlib.import_module(f"tests.procedures.{procedure_id}").SCRIPTS
    return found


def test_every_procedure_has_every_life() -> None:
    for name in PROCEDURES:
        assert set(KINDS) <= set(scripts(name)), name


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name in PROCEDURES for kind in KINDS])
def test_a_life(name: str, kind: str) -> None:
    one = live(scripts(name)[kind])
    if kind == "escalated":
        tops = [fact.event.level for fact in one.facts if isinstance(fact.event, CaseEscalated)]
        assert tops[-1] == "county"
    if kind == "reopened":
        assert one.now.reopened == 1
