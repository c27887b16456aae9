"""A second fold, to check the first: plain dictionaries, no code shared with the domain.

A case is replayed from its rows alone, so that frozen lists and fired rungs can be held against it.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

FIRED = ("ClockWarned", "CardIssued", "CaseEscalated", "ClockLapsed")
BY_TIME = (*FIRED, "DisciplineNotified")
SHANGHAI = timezone(timedelta(hours=8))
Document = dict[str, Any]


def instant(text: str) -> datetime:
    """An instant as events write it."""
    return datetime.fromisoformat(text).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class CountedRung:
    """One that fired: when it was due, or its clock known where that came later, and when it was recorded."""

    case: str
    clock: str
    rung: str
    due: datetime
    at: datetime


@dataclass
class Book:
    """One case, as far as its events have been taken."""

    case_id: str
    opening: Document = field(default_factory=dict)
    opener: str = ""
    opened_at: datetime | None = None
    occurred_at: datetime | None = None
    stage: Document = field(default_factory=dict)  # the last move
    clocks: dict[str, Document] = field(default_factory=dict)
    known_at: dict[str, datetime] = field(default_factory=dict)
    items: dict[str, Document] = field(default_factory=dict)
    cards: Counter[str] = field(default_factory=Counter)
    escalations: int = 0
    command: str = ""
    rungs: list[CountedRung] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def take(self, name: str, body: Document, leaf: Document) -> None:
        """One more event."""
        at = instant(leaf["recorded_at"])
        if name in FIRED:
            self._fire(body, leaf, at)
        elif name not in BY_TIME and leaf["command"] != self.command:
            self.missing(at)  # whoever acts, acts after what was due
        self.command = leaf["command"]
        match name:
            case "CaseOpened":
                self.opening, self.opener = body, leaf["actor"]
                self.opened_at, self.occurred_at = at, instant(leaf["occurred_at"])
            case "CardIssued":
                self.cards[body["color"]] += 1
            case "CaseEscalated":
                self.escalations += 1
            case "ClockLapsed":
                self._lapse(body, at)
            case "ItemOpened":
                self.items[body["item"]["id"]] = {"state": "open", **body["item"]}
            case "ItemSettled":
                self.items[body["item"]]["state"] = body["state"]
                self._stop([body["item"]])
        if name == "ClocksResumed":
            self._stop(["hold"])
        if body.get("move"):
            self._move(body["move"], at)
        self._stop(body.get("stopped", ()) if name == "ActionTaken" else ())
        named = [body.get("clock"), body.get("hold"), *body.get("started", ()), *body.get("clocks", ())]
        self._start([clock for clock in named if isinstance(clock, dict)], at)

    def _fire(self, body: Document, leaf: Document, at: datetime) -> None:
        clock = self.clocks.get(body["clock"], {})
        rung = next((each for each in clock.get("rungs", ()) if each["id"] == body["rung"]), None)
        named = f"{self.case_id} {body['clock']}/{body['rung']}"
        if rung is None or clock.get("state", "running") != "running":
            self.faults.append(f"{named}：时钟没有在走")
            return
        if rung["id"] in clock["fired"]:
            self.faults.append(f"{named}：触发两次")
        due = instant(rung["at"])
        if at < due or instant(leaf["occurred_at"]) != due:
            self.faults.append(f"{named}：早于到期，或记下的到期时间不符")
        clock["fired"] = [*clock["fired"], rung["id"]]
        self.rungs.append(
            CountedRung(self.case_id, body["clock"], body["rung"], max(due, self.known_at[body["clock"]]), at)
        )

    def missing(self, at: datetime) -> None:
        """Note every rung that should have fired by `at` and has not."""
        for name, clock in self.clocks.items():
            for rung in self._waiting(clock):
                if instant(rung["at"]) <= at:
                    self.faults.append(f"{self.case_id} {name}/{rung['id']}：到 {at.isoformat()} 还没有触发")

    @staticmethod
    def _waiting(clock: Document) -> list[Document]:
        if clock.get("state", "running") != "running":
            return []
        return [rung for rung in clock.get("rungs", ()) if rung["id"] not in clock["fired"]]

    def _lapse(self, body: Document, at: datetime) -> None:
        self.clocks[body["clock"]] |= {"state": "lapsed", "rungs": []}
        then = body.get("then") or {}
        self._start(then.get("resumed", ()), at)
        if then.get("move"):
            self._stop([*self.clocks])
            self._move(then["move"], at)

    def _move(self, move: Document, at: datetime) -> None:
        self.stage = move
        closed, sealed = move["closed"], move.get("sealed")
        for item in self.items.values():
            outside = sealed and item.get("to") and item["to"] not in sealed
            if item["state"] == "open" and (item.get("passing") or closed or outside):
                item["state"] = "ended"
                self._stop([item["id"]])
        self._stop([*move.get("stopped", ()), *(["hold"] if closed else [])])
        self._start(move.get("started", ()), at)

    def _stop(self, names: Sequence[str]) -> None:
        for name in names:
            clock = self.clocks.get(name)
            if clock and clock.get("state", "running") in ("running", "paused"):
                clock |= {"state": "met", "rungs": []}

    def _start(self, clocks: Sequence[Document], at: datetime) -> None:
        for clock in clocks:
            self.clocks[clock["id"]] = {**clock, "fired": list(clock.get("fired", ()))}
            self.known_at[clock["id"]] = at

    @property
    def open(self) -> bool:
        """Whether it is on the books and not closed."""
        return bool(self.opening) and not self.stage["closed"]

    @property
    def wakes(self) -> bool:
        """Whether time has still something to do."""
        return any(self._waiting(clock) for clock in self.clocks.values())

    def line(self) -> Document:
        """As a list has it."""
        running = [
            instant(clock["due_at"])
            for clock in self.clocks.values()
            if clock.get("state", "running") == "running" and not clock.get("window")
        ]
        due = min(running, default=None)
        return {
            "case_id": self.case_id,
            "number": self.opening["number"],
            "procedure": self.opening["procedure"]["id"],
            "title": self.opening["title"],
            "division": self.opening["division"],
            "stage": self.stage["stage"],
            "stage_title": self.stage["stage_title"],
            "holder": self.stage.get("holder"),
            "due_at": due.astimezone(SHANGHAI).isoformat() if due else None,
            "cards": dict(self.cards),
            "escalations": self.escalations,
        }


def replayed(
    case_id: str, rows: Sequence[Mapping[str, Any]], instants: Sequence[datetime]
) -> tuple[Book, list[tuple[datetime, Document]]]:
    """A case's whole book from its rows (name, body, leaf) in order, and how it stood, open, at each of `instants`."""
    book, stood, ahead = Book(case_id), list[tuple[datetime, Document]](), list(instants)

    def note(until: datetime | None) -> None:
        while ahead and (until is None or ahead[0] < until):
            moment = ahead.pop(0)
            if book.open:
                stood.append((moment, book.line()))

    for row in rows:
        leaf = json.loads(row["leaf"])
        note(instant(leaf["recorded_at"]))
        book.take(row["name"], json.loads(row["body"]), leaf)
    note(None)
    return book, stood
