"""Nobody is sent from office to office: whoever received a matter first leads it home, or the county says who."""

from domain.case.carry_out import OVERRIDE
from domain.case.event import ActionTaken
from domain.case.view import offered, present
from domain.rules.refusal import Refusal
from tests.domain.scene import (
    COUNTY,
    COUNTY_UNIT,
    DISPATCHER,
    OTHER_UNITS,
    TOWNSHIP_UNIT,
    Life,
    code,
    context,
    life,
)

FIRST, SECOND, THIRD = TOWNSHIP_UNIT, *OTHER_UNITS
SCHEDULER = f"dispatcher@{COUNTY}"


def hand(one: Life, unit: str, hat: str = DISPATCHER) -> object:
    """A transfer to `unit`."""
    return one.act("transfer", hat, {"unit": unit}, reason="职责在该单位")


def dispatched(*units: str) -> Life:
    """A hazard dispatched to the first of `units` and handed on to the others."""
    one = life()
    one.act("triage", DISPATCHER, {"grade": "general"})
    assert not isinstance(one.act("dispatch", DISPATCHER, {"unit": units[0]}), Refusal)
    for unit in units[1:]:
        assert not isinstance(hand(one, unit), Refusal)
    return one


def over(one: Life) -> str | None:
    """Over what the last action went."""
    (*_, taken) = [fact.event for fact in one.facts if isinstance(fact.event, ActionTaken)]
    return taken.fields.get(OVERRIDE)


def test_the_first_receiver_and_the_hops_are_shown() -> None:
    one = dispatched(FIRST, SECOND)
    told = present("C", one.now)
    assert (told["first_unit"], told["hops"], one.now.unit) == (FIRST, 2, context(one.rules, DISPATCHER).units[SECOND])
    assert present("C", life().now)["first_unit"] is None


def test_a_matter_does_not_go_back_to_a_unit_that_had_it() -> None:
    one = dispatched(FIRST, SECOND, FIRST)  # but to the first receiver it does
    refused = hand(one, SECOND)
    assert isinstance(refused, Refusal)
    assert (refused.code, "转来转去" in refused.words, "首接单位" in refused.words) == (
        "requirement_not_met",
        True,
        True,
    )
    assert one.now.unit == context(one.rules, DISPATCHER).units[FIRST]


def test_after_three_hops_only_the_first_receiver_takes_it() -> None:
    one = dispatched(FIRST, SECOND, THIRD)
    refused = hand(one, COUNTY_UNIT)
    assert isinstance(refused, Refusal)
    assert (refused.code, "首接负责" in refused.words) == ("requirement_not_met", True)
    assert not isinstance(hand(one, FIRST), Refusal)
    assert "首接负责" in (over(one) or "")  # on record: it went over the limit, home
    assert len(one.now.had_by) == 4
    assert code(hand(one, COUNTY_UNIT)) == "requirement_not_met"


def test_the_county_may_always_say_who_and_that_stands_on_record() -> None:
    one = dispatched(FIRST, SECOND, THIRD)
    assert not isinstance(hand(one, SECOND, SCHEDULER), Refusal)
    assert "转来转去" in (over(one) or "")


def test_dispatching_anew_is_bound_by_it_as_well() -> None:
    one = dispatched(FIRST, SECOND)
    assert not isinstance(one.act("recall", DISPATCHER, reason="派错"), Refusal)
    assert code(one.act("dispatch", DISPATCHER, {"unit": SECOND})) == "requirement_not_met"
    assert not isinstance(one.act("dispatch", DISPATCHER, {"unit": FIRST}), Refusal)
    assert over(one) is None  # two hops so far: nothing to go over


def test_what_is_still_possible_is_still_offered() -> None:
    one = dispatched(FIRST, SECOND, THIRD)
    given = context(one.rules, DISPATCHER)
    assert "transfer" in {each["id"] for each in offered(one.now, one.rules, given.actor, given.home)}
