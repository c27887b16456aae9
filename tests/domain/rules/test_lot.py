"""Lots: the same for everybody who has the seed, others with another seed, and even-handed over many seeds."""

import hashlib
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from domain.rules.lot import drawn, lot, ordered, orders, seed

VILLAGES = [f"1410251012{n:02}" for n in range(13)]
SEEDS = st.binary(min_size=32, max_size=32).map(bytes.hex)


def test_a_lot_is_what_anybody_can_compute() -> None:
    text = b"5e/surprise_check/2026-03/141025101200"
    assert lot("5e", "surprise_check", "2026-03", "141025101200") == hashlib.sha256(text).hexdigest()
    leaf_hash = hashlib.sha256(b'{"actor":"P-1"}').digest()
    assert seed('{"actor":"P-1"}', b"salt") == hashlib.sha256(leaf_hash + b"salt").hexdigest()


@given(SEEDS, st.permutations(VILLAGES))
def test_the_order_does_not_ask_how_the_divisions_came(one: str, shuffled: list[str]) -> None:
    assert ordered(one, "r", "2026-03", shuffled) == ordered(one, "r", "2026-03", VILLAGES)
    assert sorted(ordered(one, "r", "2026-03", shuffled)) == VILLAGES


def test_another_seed_round_or_period_is_another_order_and_nobody_is_spared() -> None:
    assert ordered("00", "r", "2026-03", VILLAGES) != ordered("01", "r", "2026-03", VILLAGES)
    assert ordered("00", "r", "2026-03", VILLAGES) != ordered("00", "r", "2026-04", VILLAGES)
    assert ordered("00", "r", "2026-03", VILLAGES) != ordered("00", "s", "2026-03", VILLAGES)
    times: Counter[str] = Counter()
    for n in range(1300):
        times.update(drawn(orders(f"{n}", "r", "2026-03", {"above": VILLAGES}), 2))
    assert sum(times.values()) == 2600
    assert min(times.values()) > 150  # 200 each on average
    assert max(times.values()) < 250


def test_each_group_gives_its_own() -> None:
    both = orders("5e", "r", "2026-03", {"a": VILLAGES[:6], "b": VILLAGES[6:]})
    chosen = drawn(both, 2)
    assert len(chosen & set(VILLAGES[:6])) == len(chosen & set(VILLAGES[6:])) == 2
    assert drawn({"a": ["x"]}, 2) == {"x"}  # a group with fewer gives all
