"""Drawing lots: SHA-256 over a seed and each division's code; the lowest are drawn (decision 0014).

Nobody can predict or influence the draw beforehand; an inspector can compute it again from the ledger afterwards.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import Field

from domain.rules.rule import Part


class Drawing(Part):
    """How many of a round's divisions are drawn in a period, in each division of the level `of` above them."""

    of: Literal["township", "county"]
    count: int = Field(ge=1)


def seed(leaf: str, salt: bytes) -> str:
    """The seed (hex) that an event gives: SHA-256 over its leaf's own SHA-256 and its salt.

    The salt is random and never shown. Whoever causes events sees their leaf hashes only, so acting again and again
    until a wanted division would be drawn is impossible.
    """
    return hashlib.sha256(hashlib.sha256(leaf.encode()).digest() + salt).hexdigest()


def lot(seed: str, round_id: str, period: str, division: str) -> str:
    """A division's lot (hex); the lowest are drawn."""
    return hashlib.sha256(f"{seed}/{round_id}/{period}/{division}".encode()).hexdigest()


def ordered(seed: str, round_id: str, period: str, divisions: Iterable[str]) -> list[str]:
    """The divisions sorted by their lots; the order in which they are given does not matter."""
    return sorted(divisions, key=lambda each: lot(seed, round_id, period, each))


def orders(seed: str, round_id: str, period: str, groups: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Each group (parent division → its divisions) sorted by lot."""
    return {name: ordered(seed, round_id, period, members) for name, members in groups.items()}


def drawn(orders: Mapping[str, Sequence[str]], count: int) -> set[str]:
    """The first `count` divisions of each group; fewer where a group is smaller."""
    return {each for order in orders.values() for each in order[:count]}
