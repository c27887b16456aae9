"""Recorded histories fold to the recorded states: a change of the fold must raise FOLD."""

import json
from pathlib import Path
from typing import Any

import pytest

from domain.case import state as cases
from domain.case.event import SCHEMAS
from domain.case.fold import evolve, fold
from domain.case.state import FOLD
from tests.domain.record import HISTORIES, fact_of, state_of

FILES = sorted(HISTORIES.glob("*.json"))


def held(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def test_the_histories_know_every_event() -> None:
    names = {fact["name"] for path in FILES for fact in held(path)["facts"]}
    assert names == {name for name, _ in SCHEMAS.values()}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_history_folds_to_its_recorded_state(path: Path) -> None:
    document = held(path)
    folded = state_of(document["facts"])
    if document["fold"] == FOLD:
        assert folded == document["state"], (
            "`evolve` or `Case` has changed, so stored states are no longer what their events make.\n"
            "If that is meant: raise FOLD in domain/case/state.py (stored cases are then folded again from events),\n"
            "and run python -m tests.domain.record. If it is not, undo the change."
        )
    else:
        pytest.fail(
            f"FOLD is {FOLD}, {path.name} holds the state of fold {document['fold']}: "
            "run python -m tests.domain.record and read what changed"
        )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_state_is_stored_and_read_without_loss_at_every_version(path: Path) -> None:
    case = None
    for fact in map(fact_of, held(path)["facts"]):
        case = evolve(case, fact)
        assert case.version == fact.version
        assert cases.load(cases.dump(case)) == case
        # Continuing from a stored state and from a living one is the same.
        assert cases.dump(cases.load(cases.dump(case))) == cases.dump(case)


def test_folding_is_resumed_where_it_stopped() -> None:
    for path in FILES:
        facts = [fact_of(document) for document in held(path)["facts"]]
        for cut in range(1, len(facts)):
            early = fold(None, facts[:cut])
            assert early is not None
            stored = cases.load(cases.dump(early))
            assert fold(stored, facts[cut:]) == fold(None, facts)


def test_nothing_folds_to_nothing() -> None:
    assert fold(None, []) is None
