"""What time alone does: every rung once, in order, never early, under a key of its own."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case.event import CardIssued, CaseEscalated, ClockLapsed, ClockWarned
from domain.case.expiry import Firing, expire
from domain.case.state import pending
from domain.clocks.clock import Rung
from tests.domain.scene import COUNTY, DISPATCHER, HANDLER, MAIN_LINE, TOWNSHIP, TOWNSHIP_UNIT, Life, life

INSTANT = timedelta(microseconds=1)
RUNGS = (ClockWarned, CardIssued, CaseEscalated, ClockLapsed)


def all_rungs(one: Life) -> list[tuple[str, Rung]]:
    return [(clock.id, rung) for clock in one.now.clocks.values() for rung in clock.rungs]


def names(firings: tuple[Firing, ...]) -> list[tuple[str, float]]:
    """What fired, by rung, and at how many seconds after the first."""
    rungs = [(e.rung, firing.due_at) for firing in firings if isinstance(e := firing.event, RUNGS)]
    return [(rung, (due_at - rungs[0][1]).total_seconds()) for rung, due_at in rungs]


def test_a_case_left_alone_climbs_to_the_county() -> None:
    one = life("drill")
    firings = one.wait(days=1)
    assert [firing.event for firing in firings] == [
        ClockWarned("triage", "warning"),
        CardIssued("triage", "yellow", "yellow"),
        CardIssued("triage", "red", "red"),
        CaseEscalated("triage", "dispatcher@township", f"dispatcher@{TOWNSHIP}", "township"),
        CaseEscalated("triage", "dispatcher@county", f"dispatcher@{COUNTY}", "county"),
    ]
    opened = one.now.opened_at
    assert [(firing.due_at - opened).total_seconds() for firing in firings] == [5, 7.5, 10, 15, 20]
    assert (one.now.level, one.now.escalations, one.now.cards) == ("county", 2, {"yellow": 1, "red": 1})
    assert one.now.holder == f"clerk@{one.now.division}"  # the lower level stays responsible


def test_every_rung_fires_at_its_instant_and_not_before() -> None:
    one = life("drill")
    one.act("dispatch", f"clerk@{one.now.division}", {"unit": TOWNSHIP_UNIT})
    left = sorted(rung.at for _, rung in all_rungs(one))
    while (wake := one.now.wake_at) is not None:
        assert wake == left[0]
        assert expire(one.now, wake - INSTANT) == ()
        firings = one.expire(wake)
        assert [firing.due_at for firing in firings] == [wake] * left.count(wake)
        assert one.expire(wake) == ()
        left = left[len(firings) :]
    assert left == []


def test_two_clocks_of_one_start_and_one_due_instant_both_fire() -> None:
    one = life("drill")
    one.act("dispatch", f"clerk@{one.now.division}", {"unit": TOWNSHIP_UNIT})
    sign, handle = one.now.clocks["sign"], one.now.clocks["handle"]
    assert (sign.due_at, sign.version) == (handle.due_at, handle.version)
    firings = one.wait(seconds=20)
    assert len(firings) == 10
    assert len({firing.key for firing in firings}) == 10
    due = [(firing.due_at, firing.event.clock) for firing in firings]  # type: ignore[union-attr]  # no case opens by itself
    assert due == sorted(due)  # the two clocks interleave
    climbs = [f.event.clock for f in firings if isinstance(f.event, CaseEscalated)]
    assert sorted(climbs) == ["handle", "handle", "sign", "sign"]
    assert one.now.cards == {"yellow": 2, "red": 2}


def test_what_is_due_at_once_fires_in_due_order_and_then_as_the_ladder_stands() -> None:
    one = life()
    one.lead("dispatch")
    firings = one.wait(days=30)
    assert [firing.due_at for firing in firings] == sorted(firing.due_at for firing in firings)
    red_first = [name for name, _ in names(firings)]
    assert red_first.index("red") + 1 == red_first.index("head@unit")
    assert red_first[-2:] == ["dispatcher@township", "dispatcher@county"]


def test_the_key_is_the_same_for_whoever_asks_and_however_late() -> None:
    one = life("drill")
    early = [expire(one.now, one.at + timedelta(seconds=seconds)) for seconds in (5, 8, 12, 60)]
    assert [len(firings) for firings in early] == [1, 2, 3, 5]
    for firings in early:
        assert [firing.key for firing in firings] == [firing.key for firing in early[-1]][: len(firings)]


def test_a_clock_that_starts_again_has_other_keys() -> None:
    one = life()
    one.lead("close")
    keys = {firing.key for firing in expire(one.now, one.at + timedelta(days=300))}
    for _ in range(2):
        one.act("reopen", DISPATCHER, reason="复发")
        one.lead("close", start="submit")
        again = {firing.key for firing in expire(one.now, one.at + timedelta(days=300))}
        assert again
        assert not again & keys
        keys |= again


def test_a_clock_that_was_met_is_silent() -> None:
    one = life("drill")
    one.wait(seconds=6)
    one.act("dispatch", f"clerk@{one.now.division}", {"unit": TOWNSHIP_UNIT})
    assert one.now.clocks["triage"].state == "met"
    assert {firing.event.clock for firing in one.wait(days=9)} == {"sign", "handle"}  # type: ignore[union-attr]  # no case opens by itself


def test_a_window_lapses_once() -> None:
    one = life()
    one.lead("close")
    assert one.now.due_at is None
    (firing,) = one.wait(days=400)
    assert firing.event == ClockLapsed("reopening", "lapse")
    assert one.wait(days=400) == ()


def test_a_rung_of_an_unknown_kind_is_no_silent_loss() -> None:
    one = life("drill")
    clock = one.now.clocks["triage"]
    strange = replace(clock, rungs=(replace(clock.rungs[0], kind="whistle"),))
    with pytest.raises(ValueError, match="whistle"):
        expire(replace(one.now, clocks={"triage": strange}), one.at + timedelta(days=1))


@settings(max_examples=60, deadline=None)
@given(
    jumps=st.lists(st.sampled_from([0, 0.000001, 1, 2.5, 5, 7.5, 10, 3600, 86_400, 7 * 86_400]), max_size=30),
    acts=st.lists(st.booleans(), min_size=30, max_size=30),
    procedure_id=st.sampled_from(["hazard", "drill"]),
)
def test_whatever_the_clock_does_each_rung_fires_once_and_on_time(
    jumps: list[float], acts: list[bool], procedure_id: str
) -> None:
    one = life(procedure_id)
    line = [(name, hat, fields) for name, hat, fields in MAIN_LINE if procedure_id == "hazard"]
    line = line or [
        ("dispatch", f"clerk@{one.now.division}", {"unit": TOWNSHIP_UNIT}),
        ("sign", HANDLER, {}),
        ("progress", HANDLER, {"progress": "在办"}),
        ("submit", HANDLER, {"result": "好了"}),
    ]
    keys: list[str] = []
    promised = {(clock, rung.id, rung.at) for clock, rung in all_rungs(one)}
    fired: set[tuple[str, str, object]] = set()
    for seconds, step in zip(jumps, acts, strict=False):
        reached = one.at + timedelta(seconds=seconds)
        expected = {
            (clock.id, r.id, r.at) for clock in one.now.clocks.values() for r in pending(clock) if r.at <= reached
        }
        firings = one.expire(reached)
        happened = [(e.clock, e.rung, f.due_at) for f in firings if isinstance(e := f.event, RUNGS)]
        assert set(happened) == expected
        assert len(happened) == len(expected)
        assert all(firing.due_at <= one.at for firing in firings)
        assert one.now.wake_at is None or one.now.wake_at > one.at
        assert not [rung for clock in one.now.clocks.values() for rung in pending(clock) if rung.at <= one.at]
        keys += [firing.key for firing in firings]
        fired |= set(happened)
        if step and line:
            one.act(*line.pop(0))
            promised |= {(clock, rung.id, rung.at) for clock, rung in all_rungs(one)}
    assert len(keys) == len(set(keys))
    assert fired <= promised
