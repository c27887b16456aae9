"""Shingles: what a case is found by when somebody looks for the same matter."""

from dataclasses import dataclass
from uuid import UUID

from domain.case.similarity import grams, matter_of
from domain.case.state import Case

BLOCKS = ("township", "county")  # where cases are compared at all: the first that there is


@dataclass(frozen=True, slots=True)
class ShingleRow:
    """The blocks and the bigrams of a case."""

    case_id: UUID
    grams: list[str]


def shingle_row(case_id: UUID, case: Case) -> ShingleRow:
    """A function of the state, like the case row."""
    blocks = [block(case.procedure.id, case.lineage[level]) for level in BLOCKS if level in case.lineage]
    return ShingleRow(case_id, [*blocks, *sorted(grams(matter_of(case)))])


def block(procedure: str, division: str) -> str:
    """The mark of all cases of a procedure in a division; a bigram is never so long."""
    return f"{procedure}/{division}"
