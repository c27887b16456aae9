"""What a procedure needs at a place is what its cases come to."""

import json
from itertools import product
from typing import Any

import pytest

from domain.clocks.demand import Demand, needs, posts
from domain.clocks.schedule import Setting, start
from domain.days.instant import Instant
from domain.days.limit import Limit, TimeUnit
from domain.rules.hat import STANDING, Post
from domain.rules.procedure import Procedure, read
from procedures import paths
from tests.domain.scene import COUNTY, PLACES, TOWNSHIP_UNIT, VILLAGE, calendar, procedure, when

AT: Instant = when("2026-11-23 09:00")
ALL = [path.stem for path in paths()]


def of(rows: list[Demand], stage: str, clock: str, **more: Any) -> Demand:
    (found,) = [
        row for row in rows
        if (row.stage, row.clock) == (stage, clock)
        and all(getattr(row, name) == value for name, value in more.items())
    ]  # fmt: skip
    return found


def test_an_emergency_is_a_row_of_its_own() -> None:
    rows = list(needs(procedure("hazard"), calendar(), AT))
    plain = of(rows, "reported", "triage", facts=())
    urgent = of(rows, "reported", "triage", facts=(("emergency", True),))
    assert (plain.limit, urgent.limit) == (Limit(24, TimeUnit.HOUR), Limit(30, TimeUnit.MINUTE))
    assert (plain.due_at, urgent.due_at) == (when("2026-11-24 09:00"), when("2026-11-23 09:30"))
    assert [(rung.post, rung.at) for rung in urgent.rungs] == [
        ("head@township", when("2026-11-23 09:30")),
        ("dispatcher@county", when("2026-11-23 11:30")),
    ]
    assert (plain.holder, plain.unit_level, plain.authority) == ("dispatcher@township", None, "默认时限，由县确定")


def test_the_level_of_a_unit_decides_who_is_told() -> None:
    rows = list(needs(procedure("hazard"), calendar(), AT))
    told = {
        level: [rung.post for rung in of(rows, "dispatched", "sign", facts=(), unit_level=level).rungs]
        for level in ("township", "county")
    }
    assert told["township"] == ["head@unit", "dispatcher@township", "dispatcher@county"]
    assert told["county"] == ["head@unit", "dispatcher@county"]


def test_every_variant_and_every_override_has_a_row() -> None:
    rows = list(needs(procedure("hazard"), calendar(), AT))
    handling = [row for row in rows if (row.stage, row.clock, row.unit_level) == ("handling", "handle", "county")]
    assert len([row for row in handling if row.after is None]) == 1 + len(procedure("hazard").clocks["handle"].variants)
    assert {(row.after, str(row.limit)) for row in handling if row.after} >= {("验收不通过", "3日"), ("回访", "3日")}
    plan = of(rows, "signed", "plan", unit_level="county")
    assert plan.facts == (("major", True),)  # without it that clock does not start


def test_stages_come_along_the_way_of_a_case() -> None:
    rows = needs(read(json.loads(procedure("hazard").canonical)), calendar(), AT)
    way = list(dict.fromkeys(row.stage for row in rows))
    line = ["reported", "triaged", "dispatched", "signed", "handling", "awaiting_approval", "awaiting_follow_up"]
    assert [stage for stage in way if stage in line] == line
    assert way[-1] == "awaiting_close"


@pytest.mark.parametrize("name", ALL)
def test_rows_are_what_a_case_of_the_place_would_get(name: str) -> None:
    """The same clock, started as a case does at a real village with a real unit."""
    rules: Procedure = procedure(name)
    setting = Setting(rules, calendar(), PLACES[VILLAGE].lineage)
    rows = list(needs(rules, calendar(), AT))
    for row in rows:
        assert row.clock is not None
        unit = TOWNSHIP_UNIT if row.unit_level else None
        facts: dict[str, Any] = dict(row.facts) | {"unit": unit, "unit_level": row.unit_level}
        begun = start(setting, row.clock, facts, AT, 1, row.limit)
        assert (begun.due_at, begun.internal_due_at, begun.authority) == (
            row.due_at, row.internal_due_at, row.authority,
        )  # fmt: skip
        bound = [str(Post.parse(rung.post).at(PLACES[VILLAGE].lineage, unit)) for rung in row.rungs]
        assert [rung.to for rung in begun.rungs if rung.kind == "climb"] == bound
    open_stages = {stage for stage, each in rules.stages.items() if not each.closed}
    assert {row.stage for row in rows} == open_stages
    shown = {(row.stage, row.clock) for row in rows}
    assert {(s, c) for s in open_stages for c in rules.stages[s].clocks} <= shown


@pytest.mark.parametrize("name", ALL)
def test_every_post_of_every_row_is_asked_for(name: str) -> None:
    rules, wanted = procedure(name), posts(procedure(name))
    named = {row.holder for row in needs(rules, calendar(), AT)}
    named |= {rung.post for row in needs(rules, calendar(), AT) for rung in row.rungs}
    assert named - {post for post in named if Post.parse(post).role in STANDING} <= wanted.keys()
    assert {rung.to for ladder in rules.ladders.values() for rung in ladder} - wanted.keys() <= unused(rules)
    assert all(Post.parse(post).level for post, _ in product(wanted, [COUNTY]))


def unused(rules: Procedure) -> set[str]:
    """Posts of ladders that no clock uses."""
    used = {each for clock in rules.clocks.values() for each in (clock.ladder, *(v.ladder for v in clock.variants))}
    return {rung.to for name, ladder in rules.ladders.items() if name not in used for rung in ladder}
