"""Records what must stay readable: `python -m tests.domain.record`, after a change that is meant.

Events and histories already recorded are never changed; only the states folded from them are written anew, and only
when FOLD has been raised.
"""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from domain.case import event as events
from domain.case import state as cases
from domain.case.command import Tell
from domain.case.fold import fold
from domain.case.state import Fact
from domain.days.instant import rfc3339
from domain.rules.hat import Actor, Hat
from tests.domain.scene import (
    DISPATCHER,
    GRID_WORKER,
    HANDLER,
    PHOTO,
    TOWNSHIP,
    TOWNSHIP_UNIT,
    Life,
    life,
    procedure,
    stricter,
    wider,
)
from tests.procedures.script import live
from tests.procedures.test_lives import scripts

LIVES = [
    ("hazard", "returned"),
    ("hazard", "extended"),
    ("hazard", "paused"),
    ("petition", "main"),
    ("decision", "main"),
    ("transferred", "extended"),
]
EVENTS = Path(__file__).parent / "events"
HISTORIES = Path(__file__).parent / "histories"

Document = dict[str, Any]


def text(document: Document) -> str:
    """A recorded file, readable in a review."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def seal(content: str) -> str:
    """What the name of a recorded event ends with, so that an edited file is found out."""
    return sha256(content.encode()).hexdigest()[:8]


def document_of(fact: Fact) -> Document:
    """A fact as recorded."""
    name, schema, body = events.dump(fact.event)
    return {
        "version": fact.version,
        "name": name,
        "schema": schema,
        "occurred_at": rfc3339(fact.occurred_at),
        "recorded_at": rfc3339(fact.recorded_at),
        "person": fact.actor.person,
        "hat": str(fact.actor.hat),
        "body": json.loads(body),
    }


def fact_of(document: Document) -> Fact:
    """A recorded fact, read as the ledger would read it."""
    role, _, scope = document["hat"].partition("@")
    return Fact(
        version=document["version"],
        event=events.load(document["name"], document["schema"], json.dumps(document["body"])),
        occurred_at=datetime.fromisoformat(document["occurred_at"]),
        recorded_at=datetime.fromisoformat(document["recorded_at"]),
        actor=Actor(document["person"], Hat(role, scope)),
    )


def state_of(facts: Sequence[Document]) -> Document:
    """The state that today's fold makes of recorded facts."""
    case = fold(None, map(fact_of, facts))
    assert case is not None
    state: Document = json.loads(cases.dump(case))
    return state


def lives() -> dict[str, Life]:
    """The histories that are recorded, by name."""
    whole = life()
    whole.lead("close")
    late = life(at="2026-09-28 09:00", fields={"emergency": True})
    late.wait(hours=1)
    late.lead("sign")
    late.wait(days=30)
    late.lead("follow_up", start="progress")
    again = life()
    again.lead("submit")
    again.wait(days=2)
    again.act("reject", "approver@141025101000", reason="照片不清")
    again.wait(days=4)
    again.lead("close", start="submit")
    again.act("reopen", DISPATCHER, reason="群众反映复发")
    again.lead("close", start="submit")
    again.wait(days=31)
    spot = life()
    spot.act("fix_on_spot", GRID_WORKER, {"measures": "填平", "evidence": [PHOTO]})
    spot.act("reject", "approver@141025101000", reason="没有填实")
    drill = life("drill")
    drill.wait(seconds=12)
    drill.act("dispatch", f"clerk@{drill.now.division}", {"unit": TOWNSHIP_UNIT})
    drill.act("sign", HANDLER)
    drill.wait(minutes=1)
    return {"whole": whole, "late": late, "again": again, "spot": spot, "drill": drill, **later()}


def later() -> dict[str, Life]:
    """Lives with what came after the spine: shared verbs, items, pauses, gates, letters, a new calendar."""
    told = {f"{name}_{kind}": live(scripts(name)[kind]) for name, kind in LIVES}
    busy = life(at="2026-12-29 09:00")
    busy.lead("sign")
    busy.act("correct", DISPATCHER, {"field": "place", "value": "村西"}, reason="地点写错")
    busy.act("recuse", HANDLER, {"person": "P-0001"}, reason="近亲属")
    busy.hear(Tell("merged", "00000000-0000-0000-0000-000000000001", "YH-2026-000009", "同一处"))
    for calendar in (wider(), wider()):
        busy.act("submit", HANDLER, {"result": "已填平", "evidence": [PHOTO]})
        busy.rederive(calendar)
        busy.act("reject", "approver@141025101000", reason="照片不清")
    busy.wait(days=3)
    return {**told, "busy": busy, "rebound": rebound()}


def rebound() -> Life:
    """A life that goes on under other rules at its first stage, paused, and back again."""
    one = life()
    one.wait(hours=19)
    one.rebind(stricter())
    one.wait(hours=2)
    one.lead("sign")
    one.act("pause", f"head@{TOWNSHIP}", {"ground": "weather", "until": "2026-12-01"}, reason="大雪")
    one.rebind(procedure("hazard"))
    one.wait(days=9)
    return one


def record_events(recorded: Sequence[Life]) -> None:
    """One file for every (name, schema) that is written today and has none."""
    for one in recorded:
        for fact in one.facts:
            name, schema, _ = events.dump(fact.event)
            if not list(EVENTS.glob(f"{name}.{schema}.*.json")):
                content = text({"name": name, "schema": schema, "body": document_of(fact)["body"]})
                (EVENTS / f"{name}.{schema}.{seal(content)}.json").write_text(content, encoding="utf-8")


def record_histories(recorded: dict[str, Life]) -> None:
    """New histories whole; of the recorded ones the state, when FOLD has been raised."""
    for name, one in recorded.items():
        path = HISTORIES / f"{name}.json"
        if not path.exists():
            facts = [document_of(fact) for fact in one.facts]
            path.write_text(text({"fold": cases.FOLD, "facts": facts, "state": state_of(facts)}), encoding="utf-8")
    for path in HISTORIES.glob("*.json"):
        held = json.loads(path.read_text(encoding="utf-8"))
        state = state_of(held["facts"])
        if state != held["state"] and held["fold"] == cases.FOLD:
            sys.exit(f"{path.name}: the fold has changed. Raise FOLD in domain/case/state.py first.")
        path.write_text(text({**held, "fold": cases.FOLD, "state": state}), encoding="utf-8")


if __name__ == "__main__":
    made = lives()
    record_events(list(made.values()))
    record_histories(made)
