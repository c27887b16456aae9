"""What a command makes happen: the main line, its variants, every refusal and the order in which they are found."""

from datetime import timedelta

import pytest

from domain.case.event import CaseEscalated
from domain.case.fold import evolve
from tests.domain.scene import (
    APPROVER,
    CALLER,
    COUNTY,
    COUNTY_UNIT,
    DISPATCHER,
    GRID_WORKER,
    HANDLER,
    MAIN_LINE,
    PHOTO,
    TOWNSHIP,
    TOWNSHIP_UNIT,
    Life,
    code,
    life,
    taken,
    when,
)

AT = when("2026-11-23 09:00")


def limits(one: Life) -> dict[str, str]:
    """What runs, and for how long."""
    return {clock.id: str(clock.limit) for clock in one.now.clocks.values() if clock.state == "running"}


# The main line -------------------------------------------------------------------------------------------------------


def test_a_hazard_runs_from_sighting_to_closure() -> None:
    one = life()
    seen = [(one.now.stage_title, one.now.holder, limits(one))]
    for name, hat, fields in MAIN_LINE:
        decided = one.act(name, hat, fields)
        assert isinstance(decided, tuple), decided
        seen.append((one.now.stage_title, one.now.holder, limits(one)))
    assert seen == [
        ("已上报", DISPATCHER, {"triage": "24小时"}),
        ("已研判", DISPATCHER, {"dispatch": "1个工作日"}),
        ("已派单", HANDLER, {"sign": "1个工作日"}),
        ("已签收", HANDLER, {"handle": "7日"}),
        ("办理中", HANDLER, {"handle": "7日"}),
        ("待验收", APPROVER, {"approve": "3个工作日"}),
        ("待回访", CALLER, {"follow_up": "3个工作日"}),
        ("待销号", DISPATCHER, {"close": "1个工作日"}),
        ("已销号", None, {"reopening": "30日"}),
    ]
    assert one.now.closed
    assert one.now.version == 9
    assert one.now.due_at is None
    assert one.now.fields["grade"] == "general"


def test_a_clock_goes_on_when_the_next_stage_has_it_too() -> None:
    one = life()
    one.lead("sign")
    started = one.now.clocks["handle"].started_at
    one.wait(days=1)
    one.act("progress", HANDLER, {"progress": "在办"})
    one.act("control", HANDLER, {"interim_measures": "围挡"})
    assert (one.now.stage, one.now.clocks["handle"].started_at) == ("controlled", started)


def test_progress_in_the_same_stage_moves_nothing() -> None:
    one = life()
    one.lead("progress")
    event = taken(one.act("progress", HANDLER, {"progress": "再报"}))
    assert event.move is None
    assert one.now.fields["progress"] == "再报"


@pytest.mark.parametrize("triaged", [False, True])
def test_what_is_fixed_on_the_spot_needs_no_unit(triaged: bool) -> None:
    one = life()
    if triaged:
        one.lead("triage")
    one.act("fix_on_spot", GRID_WORKER, {"measures": "填平", "evidence": [PHOTO]})
    assert (one.now.stage, one.now.unit) == ("awaiting_approval", None)
    assert code(one.act("approve", APPROVER, {"approval_opinion": "好"}, person=GRID_WORKER)) == "same_person"
    one.lead("close", start="approve")
    assert one.now.closed


def test_rejected_without_unit_it_goes_back_to_be_dispatched() -> None:
    one = life()
    one.act("fix_on_spot", GRID_WORKER, {"measures": "填平", "evidence": [PHOTO]})
    one.act("reject", APPROVER, reason="没有填实")
    assert (one.now.stage, one.now.holder, limits(one)) == ("triaged", DISPATCHER, {"dispatch": "1个工作日"})


def test_rejected_work_starts_again_with_three_days() -> None:
    one = life()
    one.lead("submit")
    old = one.now.clocks["handle"]
    assert old.state == "met"
    one.wait(hours=5)
    event = taken(one.act("reject", APPROVER, reason="照片不清"))
    assert event.reason == "照片不清"
    new = one.now.clocks["handle"]
    assert (one.now.stage, str(new.limit), new.state, new.started_at) == ("handling", "3日", "running", one.at)
    assert new.version > old.version
    assert new.due_at == when("2026-11-27 00:00")


def test_a_dissatisfied_reporter_starts_the_work_again() -> None:
    one = life()
    one.lead("approve")
    one.act("follow_up", CALLER, {"satisfaction": "dissatisfied", "follow_up_note": "还在渗水"})
    assert (one.now.stage, limits(one)) == ("handling", {"handle": "3日"})
    one.lead("submit", start="submit")
    assert code(one.act("close", DISPATCHER)) == "action_not_allowed_in_stage"
    one.lead("close", start="approve")
    assert one.now.closed


def test_dissatisfied_without_unit_it_goes_back_to_be_dispatched() -> None:
    one = life()
    one.act("fix_on_spot", GRID_WORKER, {"measures": "填平", "evidence": [PHOTO]})
    one.act("approve", APPROVER, {"approval_opinion": "好"})
    one.act("follow_up", CALLER, {"satisfaction": "dissatisfied", "follow_up_note": "没好"})
    assert one.now.stage == "triaged"


def test_a_closed_case_is_reopened_within_its_window_and_counted() -> None:
    one = life()
    one.lead("close")
    event = taken(one.act("reopen", f"inspector@{COUNTY}", reason="群众反映复发"))
    assert event.reopened
    assert (one.now.closed, one.now.reopened, one.now.stage, limits(one)) == (False, 1, "handling", {"handle": "3日"})
    assert one.now.clocks["reopening"].state == "met"
    one.lead("close", start="submit")
    assert limits(one) == {"reopening": "30日"}


def test_an_emergency_has_clocks_of_half_an_hour_and_a_ladder_of_hours() -> None:
    one = life(fields={"emergency": True})
    triage = one.now.clocks["triage"]
    assert triage.due_at == AT + timedelta(minutes=30)
    assert [(rung.to, rung.at - triage.due_at) for rung in triage.rungs if rung.kind == "climb"] == [
        (f"head@{TOWNSHIP}", timedelta()),
        (f"dispatcher@{COUNTY}", timedelta(hours=2)),
    ]
    one.lead("dispatch")
    sign = one.now.clocks["sign"]
    assert sign.due_at == AT + timedelta(minutes=30)
    assert [(rung.to, rung.at - sign.due_at) for rung in sign.rungs if rung.kind == "climb"] == [
        (f"head@{TOWNSHIP_UNIT}", timedelta()),
        (f"dispatcher@{TOWNSHIP}", timedelta(hours=1)),
        (f"dispatcher@{COUNTY}", timedelta(hours=2)),
    ]


@pytest.mark.parametrize(
    ("grade", "emergency", "limit", "last_late"),
    [
        ("spot", False, "0日", "2026-11-24 00:00"),
        ("simple", False, "3日", "2026-11-27 00:00"),
        ("general", False, "7日", "2026-12-01 00:00"),
        ("hard", False, "15日", "2026-12-09 00:00"),
        ("spot", True, "0日", "2026-11-24 00:00"),
        ("simple", True, "3日", "2026-11-27 00:00"),
        ("general", True, "7日", "2026-12-01 00:00"),
        ("hard", True, "15日", "2026-12-09 00:00"),
    ],
)
def test_the_grade_decides_the_time_to_handle(grade: str, emergency: bool, limit: str, last_late: str) -> None:
    one = life()
    one.act("triage", DISPATCHER, {"grade": grade, "emergency": emergency})
    one.lead("sign", start="dispatch")
    clock = one.now.clocks["handle"]
    assert (str(clock.limit), clock.due_at) == (limit, when(last_late))
    climbs = [rung.at - clock.due_at for rung in clock.rungs if rung.kind == "climb"]
    assert (climbs[-1] == timedelta(hours=2)) is emergency


def test_a_major_hazard_has_ten_days_for_approval_and_names_the_rule() -> None:
    one = life()
    one.act("triage", DISPATCHER, {"grade": "general", "major": True})
    one.lead("sign", start="dispatch")
    assert code(one.act("submit", HANDLER, {"result": "已填平", "evidence": [PHOTO]})) == "requirement_not_met"
    plan = dict.fromkeys(("plan_responsibility", "plan_measures", "plan_funds", "plan_contingency"), "样例")
    one.act("submit_plan", HANDLER, {**plan, "plan_due_on": "2026-12-31"})
    assert one.now.clocks["plan"].state == "met"
    one.lead("submit", start="progress")
    clock = one.now.clocks["approve"]
    assert str(clock.limit) == "10日"
    assert "第16号" in clock.authority


def test_a_county_unit_skips_the_rung_of_the_township() -> None:
    rungs = {}
    for unit in (TOWNSHIP_UNIT, COUNTY_UNIT):
        one = life()
        one.lead("triage")
        one.act("dispatch", DISPATCHER, {"unit": unit})
        assert (one.now.holder, one.now.level) == (
            f"handler@{unit}",
            "township" if unit == TOWNSHIP_UNIT else "county",
        )
        rungs[unit] = [(r.to, r.level) for r in one.now.clocks["sign"].rungs if r.kind == "climb"]
    assert rungs == {
        TOWNSHIP_UNIT: [
            (f"head@{TOWNSHIP_UNIT}", "township"),
            (f"dispatcher@{TOWNSHIP}", "township"),
            (f"dispatcher@{COUNTY}", "county"),
        ],
        COUNTY_UNIT: [(f"head@{COUNTY_UNIT}", "county"), (f"dispatcher@{COUNTY}", "county")],
    }


def test_a_case_begins_with_its_opening() -> None:
    one = life()
    one.lead("triage")
    with pytest.raises(ValueError, match="CaseOpened"):
        evolve(None, one.facts[1])


def test_an_emergency_in_a_holiday_night_is_at_the_county_before_dawn() -> None:
    """Spring Festival, 02:00: half an hour for triage, then the head at once and the county two hours later."""
    one = life(at="2026-02-17 02:00", fields={"emergency": True})
    climbs = [(f.event.to, f.due_at) for f in one.wait(hours=6) if isinstance(f.event, CaseEscalated)]
    assert climbs == [
        (f"head@{TOWNSHIP}", when("2026-02-17 02:30")),
        (f"dispatcher@{COUNTY}", when("2026-02-17 04:30")),
    ]
