"""Consequence: what a shared verb's `decide` returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.case.event import Event, ItemOpened
from domain.clocks.clock import Move
from domain.rules.refusal import Code, FieldProblem, Refusal

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Consequence:
    """Events before and after the action's own; the move and items where the effect decides them; the other case."""

    before: tuple[Event, ...] = ()
    after: tuple[Event, ...] = ()
    move: Move | None = None
    opened: list[ItemOpened] | None = None
    other: str | None = None


def invalid(name: str, words: str, code: str = "out_of_range") -> Refusal:
    """A refusal about one field, for a fault that depends on the case and not on the form alone."""
    return Refusal(Code.INVALID_FIELDS, words, (FieldProblem(name, code, words),))
