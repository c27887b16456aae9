"""Numbers of sealed cases tell nothing: not how many there are, nor which came after which."""

from itertools import pairwise

from ledger.registrar.number import FIRST, SPAN, scattered
from tests.ledger.county import County, told
from tests.procedures.reward import REPORT

KEY = bytes(range(32))


def test_every_number_is_taken_once_and_within_six_digits() -> None:
    taken = {scattered(FIRST + place, KEY) for place in range(0, SPAN, 7)}
    assert len(taken) == len(range(0, SPAN, 7))
    assert min(taken) >= FIRST
    assert max(taken) < FIRST + SPAN <= 1_000_000


def test_the_next_is_nowhere_near_and_goes_by_the_key() -> None:
    some = [scattered(FIRST + place, KEY) for place in range(200)]
    assert sum(abs(later - earlier) < 100 for earlier, later in pairwise(some)) <= 2
    assert some != [scattered(FIRST + place, bytes(32)) for place in range(200)]


def test_what_comes_after_the_span_goes_on_in_order() -> None:
    assert scattered(FIRST + SPAN, KEY) == FIRST + SPAN


async def test_sealed_cases_are_numbered_so(county: County) -> None:
    numbers = []
    for _ in range(3):
        ruling = await county.ledger.registrar.rule(county.opening("reward", REPORT))
        assert ruling.outcome == "opened", ruling
        numbers.append(int(told(ruling)["number"].rpartition("-")[2]))
    assert all(FIRST <= number < FIRST + SPAN for number in numbers)
    assert [later - earlier for earlier, later in pairwise(numbers)] != [1, 1]
