"""Refusals: why something did not happen, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field of a form: its name, a stable code, and words for the person."""

    name: str
    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command that the domain declines. `code` is stable; `words` are Chinese, for the person who asked."""

    code: str
    words: str
    errors: tuple[FieldProblem, ...] = ()


def invalid_fields(problems: tuple[FieldProblem, ...]) -> Refusal:
    """The refusal of a form; its words name the first five problems."""
    return Refusal("invalid_fields", "；".join(problem.words for problem in problems[:5]), problems)
