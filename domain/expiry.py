"""Expiry: what time alone does to a case. A rung fires once because the state says that it has."""

from dataclasses import dataclass

from domain.case import Case, pending
from domain.event import CardIssued, CaseEscalated, Clock, ClockLapsed, ClockWarned, Event, Rung
from domain.instant import Instant


@dataclass(frozen=True, slots=True)
class Firing:
    """One rung that has come due: its event, when it was due, and the key that makes it one and the same for all."""

    event: Event
    due_at: Instant
    key: str


def expire(case: Case, at: Instant) -> tuple[Firing, ...]:
    """Everything that is due at `at` and has not happened, in due order. Never refuses; () when all is done."""
    due = [
        (rung.at, clock.id, place, clock, rung)
        for clock in case.clocks.values()
        for place, rung in enumerate(pending(clock))
        if rung.at <= at
    ]
    return tuple(
        # The clock's id is part of the key: two clocks may start with one version and be due at one midnight.
        Firing(_event(clock, rung), rung.at, f"{clock.version}/{clock.id}/{rung.at.isoformat()}/{rung.id}")
        for _, _, _, clock, rung in sorted(due, key=lambda entry: entry[:3])
    )


def _event(clock: Clock, rung: Rung) -> Event:
    match rung.kind:
        case "warn":
            return ClockWarned(clock.id, rung.id)
        case "card":
            return CardIssued(clock.id, rung.id, rung.color or "red")
        case "climb":
            return CaseEscalated(clock.id, rung.id, rung.to or "", rung.level or "")
        case "lapse":
            return ClockLapsed(clock.id, rung.id)
        case _:
            raise ValueError(f"unknown kind of rung: {rung.kind}")
