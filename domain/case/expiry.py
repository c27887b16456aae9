"""Expiry: what time alone does to a case. A rung fires once because the state says that it has."""

from dataclasses import dataclass

from domain.case.event import CardIssued, CaseEscalated, ClockLapsed, ClockWarned, DisciplineNotified, Event
from domain.case.state import Case, pending
from domain.clocks.clock import Clock, Rung
from domain.days.instant import Instant


@dataclass(frozen=True, slots=True)
class Firing:
    """One rung that has come due: its event, when it was due, and its key, equal for the workflow and for Patrol."""

    event: Event
    due_at: Instant
    key: str


def expire(case: Case, at: Instant) -> tuple[Firing, ...]:
    """What is due at `at` and has not happened, in due order: everything, or up to a lapse that moves the case.

    Never refuses; () when all is done. Ask again after recording it.
    """
    due = [
        (rung.at, clock.id, place, clock, rung)
        for clock in case.clocks.values()
        for place, rung in enumerate(pending(clock))
        if rung.at <= at
    ]
    firings: list[Firing] = []
    reds = case.cards.get("red", 0)
    for _, _, _, clock, rung in sorted(due, key=lambda entry: entry[:3]):
        # The clock's id is part of the key: two clocks may start with one version and be due at one midnight.
        key = f"{clock.version}/{clock.id}/{rung.at.isoformat()}"
        event = _event(clock, rung)
        firings.append(Firing(event, rung.at, f"{key}/{rung.id}"))
        if isinstance(event, ClockLapsed) and event.then and (event.then.move or event.then.resumed):
            break  # what else is due depends on what that brings: the caller looks again
        reds += rung.color == "red"
        if case.repeated and rung.color == "red" and reds == case.repeated.red and "red" not in case.notified:
            notice = DisciplineNotified(case.repeated.to, "red", reds)
            firings.append(Firing(notice, rung.at, f"{key}/notice"))
    return tuple(firings)


def _event(clock: Clock, rung: Rung) -> Event:
    match rung.kind:
        case "warn":
            return ClockWarned(clock.id, rung.id)
        case "card":
            return CardIssued(clock.id, rung.id, rung.color or "red")
        case "climb":
            return CaseEscalated(clock.id, rung.id, rung.to or "", rung.level or "")
        case "lapse":
            return ClockLapsed(clock.id, rung.id, clock.then)
        case _:
            raise ValueError(f"unknown kind of rung: {rung.kind}")
