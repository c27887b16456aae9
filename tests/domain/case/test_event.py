"""Every event ever stored can be read for ever."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from domain.case import event as events
from domain.case.event import CURRENT, SCHEMAS, ActionTaken, Event, UnknownEvent
from tests.domain.record import EVENTS, seal

FILES = sorted(EVENTS.glob("*.json"))


def held(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def test_every_event_has_a_name_and_a_schema() -> None:
    assert set(SCHEMAS) == set(get_args(Event))
    assert {kind.__name__: kind for kind in SCHEMAS} == {name: kind for kind, (name, _) in SCHEMAS.items()}, (
        "the name of a class may change, the literal in the ledger may not: then remove this line and say why"
    )


def test_every_schema_ever_written_is_recorded() -> None:
    wanted = {(name, schema) for name, newest in CURRENT.items() for schema in range(1, newest + 1)}
    found = {(held(path)["name"], held(path)["schema"]) for path in FILES}
    assert wanted - found == set(), (
        "events of these schemas will be stored but none is recorded: python -m tests.domain.record"
    )
    assert found - wanted == set(), "stored events of these names or schemas could no longer be read"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_recorded_event_is_never_changed(path: Path) -> None:
    name, schema, sealed = path.stem.split(".")
    assert sealed == seal(path.read_text(encoding="utf-8")), (
        f"{path.name} has been edited. Recorded events stand for what ledgers hold: restore it, raise the schema in"
        " domain/case/event.py, add an upcast from the old one, and run python -m tests.domain.record"
    )
    assert (held(path)["name"], str(held(path)["schema"])) == (name, schema)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_recorded_event_is_read(path: Path) -> None:
    document = held(path)
    event = events.load(document["name"], document["schema"], json.dumps(document["body"]))
    name, schema, body = events.dump(event)
    assert name == document["name"]
    assert schema == CURRENT[name]
    assert events.load(name, schema, body) == event
    if schema == document["schema"]:
        assert json.loads(body) == document["body"], (
            f"{name} is written in another way than before: raise its schema in domain/case/event.py and add an upcast"
        )


@pytest.mark.parametrize(("name", "schema"), [("CaseOpened", 0), ("CaseOpened", 99), ("CaseLost", 1), ("", 1)])
def test_an_event_of_another_time_is_not_guessed_at(name: str, schema: int) -> None:
    with pytest.raises(UnknownEvent):
        events.load(name, schema, b"{}")


def test_a_body_that_is_not_the_event_is_refused() -> None:
    with pytest.raises(ValueError, match="Field required"):
        events.load("CardIssued", 1, b'{"clock": "triage"}')


def test_an_old_schema_is_lifted_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "CURRENT", {**CURRENT, "ActionTaken": 3})
    steps = {
        ("ActionTaken", 1): lambda old: {**old, "titel": old["name"]},
        ("ActionTaken", 2): lambda old: {"action": old["action"], "title": old["titel"]},
    }
    monkeypatch.setattr(events, "UPCASTS", steps)
    assert events.load("ActionTaken", 1, '{"action": "sign", "name": "签收"}') == ActionTaken("sign", "签收")
    assert events.load("ActionTaken", 2, '{"action": "sign", "titel": "签收"}') == ActionTaken("sign", "签收")


def test_every_step_between_schemas_has_an_upcast() -> None:
    assert set(events.UPCASTS) == {(name, step) for name, newest in CURRENT.items() for step in range(1, newest)}
