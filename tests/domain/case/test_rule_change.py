"""Going on under other rules: what was consumed stays consumed, what fired stays fired, and what cannot go stays."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case.event import ProcedureChanged
from domain.case.rule_change import recounted
from domain.clocks.clock import Clock, Extension
from domain.clocks.schedule import Setting, start, timed
from domain.days.counting import Pause
from domain.days.instant import Instant
from domain.days.limit import Limit, TimeUnit
from domain.rules.procedure import Procedure, read
from tests.domain.scene import (
    COUNTY,
    DISPATCHER,
    HANDLER,
    HAZARD,
    PLACES,
    TOWNSHIP,
    VILLAGE,
    Life,
    calendar,
    code,
    document,
    life,
    procedure,
    stricter,
    when,
    whole,
)

HOUR = timedelta(hours=1)


def changed(case: Life, rules: Procedure, **more: Any) -> ProcedureChanged:
    """The one event of going there."""
    decided = case.rebind(rules, **more)
    assert isinstance(decided, tuple), decided
    (event,) = decided
    assert isinstance(event, ProcedureChanged)
    return event


def altered(change: Any) -> Procedure:
    """The hazard with its file changed."""
    file = deepcopy(yaml.safe_load(document("hazard")))
    file["version"] = 9
    change(file)
    return read(whole(file))


def test_the_limit_is_the_new_one_and_the_time_goes_on() -> None:
    one = life()
    one.wait(hours=5)
    event = changed(one, stricter())
    assert [clock.id for clock in event.clocks] == ["triage"]
    clock = one.now.clocks["triage"]
    assert (clock.started_at, clock.due_at) == (when("2026-11-23 09:00"), when("2026-11-24 05:00"))
    assert [rung.id for rung in clock.rungs if rung.kind == "climb"] == [
        "head@township", "dispatcher@county", "head@county",
    ]  # fmt: skip
    assert (one.now.procedure.sha256, one.now.stage, one.now.holder) == (stricter().sha256, "reported", DISPATCHER)
    assert (event.was.sha256, event.approved_by) == (procedure("hazard").sha256, "P-0001")
    one.lead("close")
    assert one.now.closed


def test_what_has_fired_stays_fired_and_what_is_late_now_comes_at_once() -> None:
    one = life()
    one.wait(hours=19)  # yellow at 18 of 24
    assert one.now.cards == {"yellow": 1}
    changed(one, stricter())
    one.wait(hours=1)
    assert one.now.cards == {"yellow": 1, "red": 1}
    two = life()
    two.wait(hours=22)
    changed(two, stricter())
    assert two.now.wake_at == two.at
    two.wait(seconds=0)
    assert two.now.cards["red"] == 1


def test_back_again_is_as_before() -> None:
    one = life()
    one.wait(hours=5)
    before = one.now
    changed(one, stricter())
    changed(one, procedure("hazard"))
    assert one.now.clocks == before.clocks
    assert one.now.procedure == before.procedure
    assert one.rebind(procedure("hazard")) == ()


def test_a_pause_goes_on_and_its_end_brings_what_the_new_rules_say() -> None:
    one = life()
    one.lead("sign")
    one.act("pause", f"head@{TOWNSHIP}", {"ground": "weather", "until": "2026-11-26"}, reason="大雪")
    before = one.now

    def longer(file: Any) -> None:
        file["clocks"]["handle"]["limit"]["n"] += 2
        for variant in file["clocks"]["handle"].get("variants", []):
            if "limit" in variant:
                variant["limit"]["n"] += 2

    changed(one, altered(longer))
    held = one.now.held
    assert held is not None
    assert held.then is not None
    assert one.now.clocks["handle"].state == "paused"
    assert one.now.clocks["handle"].budget.n == before.clocks["handle"].budget.n + 2
    one.wait(days=5)
    resumed = one.now.clocks["handle"]
    assert resumed.state == "running"
    two = Life(procedure("hazard"), one.at, before)
    two.facts = one.facts[: before.version]
    two.wait(days=0)
    assert resumed.due_at - two.now.clocks["handle"].due_at == timedelta(days=2)
    changed(one, procedure("hazard"))
    assert one.now.clocks["handle"].due_at == two.now.clocks["handle"].due_at


def renamed(file: Any) -> None:
    text = yaml.safe_dump(file).replace("awaiting_approval", "to_approve")
    file.clear()
    file.update(yaml.safe_load(text))


def test_a_stage_that_is_gone_needs_a_new_name() -> None:
    one = life()
    one.lead("submit")
    rules = altered(renamed)
    assert code(one.rebind(rules)) == "stage_gone"
    event = changed(one, rules, stages={"awaiting_approval": "to_approve"})
    assert (event.was_stage, one.now.stage) == ("awaiting_approval", "to_approve")
    assert one.now.clocks["approve"].state == "running"
    assert event.clocks == ()
    closed = altered(lambda file: file["stages"].update(awaiting_approval=file["stages"]["closed"]))
    assert code(life_at("submit").rebind(closed)) == "stage_gone"


def life_at(until: str) -> Life:
    one = life()
    one.lead(until)
    return one


def test_nobody_to_hold_it_is_no_way_to_go() -> None:
    rules = altered(lambda file: file["stages"]["reported"].update(holder="handler@unit"))
    assert code(life().rebind(rules)) == "no_holder"


def test_a_closed_case_and_another_procedure_stay() -> None:
    assert code(life_at("close").rebind(stricter())) == "case_closed"
    assert code(life().rebind(procedure("petition"))) == "unknown_procedure"


def test_a_clock_that_is_dropped_comes_back_with_what_it_had() -> None:
    def without(file: Any) -> None:
        file["stages"]["reported"]["clocks"] = ["dispatch"]
        file["stages"]["triaged"]["clocks"] = ["dispatch", "triage"]

    one = life()
    one.wait(hours=19)
    before = one.now.clocks["triage"]
    event = changed(one, altered(without))
    assert (event.dropped, [clock.id for clock in event.clocks]) == (("triage",), ["dispatch"])
    assert (one.now.clocks["triage"].state, one.now.clocks["dispatch"].started_at) == ("dropped", one.at)
    one.wait(hours=1)
    changed(one, procedure("hazard"))
    assert one.now.clocks["triage"] == before
    assert one.now.clocks["dispatch"].state == "dropped"
    one.wait(hours=5)
    assert one.now.cards["red"] == 1


def test_what_somebody_set_stays() -> None:
    one = life_at("sign")
    one.act("instruct", f"head@{TOWNSHIP}", {"instruction": "三日内办结", "due_on": "2026-11-26"})
    asked = [clock for clock in one.now.clocks.values() if clock.item]
    changed(one, stricter())
    for clock in asked:
        assert one.now.clocks[clock.id].due_at == clock.due_at
    assert one.act("submit", HANDLER, {"result": "已填平", "evidence": ["a" * 64]})


def hours(rules: Procedure, n: int) -> Procedure:
    clocks = {**rules.clocks, "triage": rules.clocks["triage"].model_copy(update={"limit": Limit(n, TimeUnit.HOUR)})}
    return rules.model_copy(update={"clocks": clocks})


def consumed(clock: Clock, at: Instant) -> timedelta:
    """The time that ran from the start to `at`, pauses left out."""
    gone = at - clock.started_at
    for pause in clock.pauses:
        gone -= max(timedelta(), min(pause.ended_at or at, at) - min(pause.began_at, at))
    return gone


@settings(max_examples=200, deadline=None)
@given(
    old=st.integers(1, 200),
    new=st.integers(1, 200),
    more=st.integers(0, 48),
    gaps=st.lists(st.tuples(st.integers(1, 9000), st.integers(1, 9000)), max_size=4),
    moved_after=st.integers(0, 9000),
    seen_after=st.integers(0, 9000),
)
def test_consumed_and_left_are_the_new_whole_at_every_instant(
    old: int, new: int, more: int, gaps: list[tuple[int, int]], moved_after: int, seen_after: int
) -> None:
    """In minutes: a clock runs, pauses and is extended, goes on under another limit, and is looked at later."""
    begun = when("2026-11-23 09:00")
    before, after = hours(procedure("hazard"), old), hours(procedure("hazard"), new)
    facts = {**HAZARD, "unit": None, "unit_level": None}
    one = Setting(before, calendar(), PLACES[VILLAGE].lineage)
    clock = start(one, "triage", facts, begun, 1)
    pauses, at = [], begun
    for runs, rests in gaps:
        pauses.append(Pause(at + timedelta(minutes=runs), at + timedelta(minutes=runs + rests), "weather"))
        at = pauses[-1].ended_at or at
    extensions = (Extension(more, begun, "—"),) if more else ()
    clock = timed(one, Clock(**{**_plain(clock), "pauses": tuple(pauses), "extensions": extensions}), facts, at)
    moved = at + timedelta(minutes=moved_after)
    again = recounted(Setting(after, calendar(), PLACES[VILLAGE].lineage), before, clock, facts, moved)
    assert isinstance(again, Clock)
    assert (again.pauses, again.extensions, again.started_at) == (clock.pauses, clock.extensions, begun)
    seen = moved + timedelta(minutes=seen_after)
    left = again.due_at - seen  # negative once it is late; all pauses lie before
    whole_time = timedelta(hours=new + more)
    assert again.budget == Limit(new + more, TimeUnit.HOUR)
    if again.due_at >= at:
        assert consumed(again, seen) + left == whole_time
    assert consumed(again, again.due_at) == whole_time
    back = recounted(one, after, again, facts, moved)
    assert isinstance(back, Clock)
    assert back.due_at == clock.due_at


def _plain(clock: Clock) -> dict[str, Any]:
    return {name: getattr(clock, name) for name in Clock.__dataclass_fields__}


def test_the_rules_of_the_tests_are_sound() -> None:
    assert stricter().sha256 != procedure("hazard").sha256
    assert COUNTY in PLACES[VILLAGE].lineage.values()
