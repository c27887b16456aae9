"""What a decision makes happen: an event with its own times."""

from dataclasses import dataclass

from domain.case.event import Event
from domain.case.expiry import Firing
from domain.days.instant import Instant


@dataclass(frozen=True, slots=True)
class Happened:
    """An event to be recorded: when it occurred, when an office heard of it, and the firing that it is if time alone
    did it (only in a past that is taken over: other firings come before a decision).
    """

    event: Event
    occurred_at: Instant
    received_at: Instant
    firing: Firing | None = None
