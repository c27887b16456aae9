"""What a command makes happen: the main line, its variants, every refusal and the order in which they are found."""

import string
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import case as cases
from domain import event as events
from domain.case import Case, evolve
from domain.command import Act, Open
from domain.decision import act, open_case
from domain.event import ActionTaken, CaseOpened, Event
from domain.form import control_free
from domain.procedure import Procedure, read
from domain.refusal import Refusal
from tests.domain.scene import (
    APPROVER,
    CALLER,
    COUNTY,
    COUNTY_UNIT,
    DISPATCHER,
    GRID_WORKER,
    HANDLER,
    HAZARD,
    MAIN_LINE,
    OTHER_TOWNSHIP,
    PHOTO,
    TOWNSHIP,
    TOWNSHIP_UNIT,
    UNKNOWN_PHOTO,
    VILLAGE,
    Life,
    code,
    context,
    life,
    procedure,
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
    one.lead("submit", start="dispatch")
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


# Refusals on opening -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("unknown_division", {"division": "141025999999"}),
        ("unknown_division", {"division": "\x00\ud800"}),
        ("division_outside_scope", {"hat": f"dispatcher@{OTHER_TOWNSHIP}"}),
        ("division_outside_scope", {"division": TOWNSHIP}),
        ("hat_not_allowed", {"hat": f"head@{TOWNSHIP}"}),
        ("hat_not_allowed", {"hat": f"administrator@{COUNTY}"}),
        ("occurred_in_future", {"occurred_at": AT + timedelta(microseconds=1)}),
        ("invalid_fields", {"title": " "}),
        ("invalid_fields", {"title": "坑" * 121}),
        ("invalid_fields", {"title": "坑\x00"}),
        ("invalid_fields", {"title": "坑\ud800"}),
        ("invalid_fields", {"fields": {}}),
        ("no_holder", {"division": COUNTY, "hat": f"integration@{COUNTY}"}),
    ],
)
def test_opening_is_refused(wanted: str, given: dict[str, Any]) -> None:
    new = Life(procedure("hazard"), AT)
    assert code(new.open(**given)) == wanted
    assert new.case is None


def test_what_happened_this_very_instant_is_not_in_the_future() -> None:
    assert isinstance(Life(procedure("hazard"), AT).open(occurred_at=AT, title="坑" * 120), tuple)


def test_opening_is_refused_for_the_first_reason_in_order() -> None:
    """Every step mends one fault: place, scope, hat, time, form, holder."""
    bad: dict[str, Any] = {
        "division": "0",
        "hat": f"head@{OTHER_TOWNSHIP}",
        "occurred_at": AT + timedelta(days=1),
        "fields": {},
    }
    mends: list[tuple[str, dict[str, Any]]] = [
        ("unknown_division", {"division": COUNTY}),
        ("division_outside_scope", {"hat": f"head@{COUNTY}"}),
        ("hat_not_allowed", {"hat": f"inspector@{COUNTY}"}),
        ("occurred_in_future", {"occurred_at": None}),
        ("invalid_fields", {"fields": HAZARD}),
        ("no_holder", {"division": VILLAGE}),
    ]
    for wanted, mend in mends:
        assert code(Life(procedure("hazard"), AT).open(**bad)) == wanted
        bad |= mend
    # An inspector of the county reports for a village of the county.
    assert isinstance(Life(procedure("hazard"), AT).open(**bad), tuple)


def test_every_fault_of_a_form_is_told_at_once() -> None:
    refusal = Life(procedure("hazard"), AT).open({"kind": "x", "place": 1, "more": 2}, title="")
    assert isinstance(refusal, Refusal)
    assert {(problem.name, problem.code) for problem in refusal.errors} == {
        ("title", "missing_field"),
        ("more", "unknown_field"),
        ("kind", "unknown_choice"),
        ("place", "mistyped_field"),
        ("description", "missing_field"),
    }


# Refusals on acting --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "wanted", "given"),
    [
        ("triage", "version_conflict", {"action": "dispatch", "hat": DISPATCHER, "expected_version": 1}),
        ("triage", "unknown_action", {"action": "explode", "hat": DISPATCHER}),
        ("triage", "action_not_allowed_in_stage", {"action": "triage", "hat": DISPATCHER}),
        ("triage", "hat_not_allowed", {"action": "dispatch", "hat": f"dispatcher@{OTHER_TOWNSHIP}"}),
        ("triage", "hat_not_allowed", {"action": "dispatch", "hat": f"dispatcher@{COUNTY}"}),
        ("triage", "hat_not_allowed", {"action": "dispatch", "hat": APPROVER}),
        ("dispatch", "hat_not_allowed", {"action": "sign", "hat": f"handler@{COUNTY_UNIT}"}),
        ("triage", "invalid_fields", {"action": "dispatch", "hat": DISPATCHER}),
        ("triage", "invalid_fields", {"action": "dispatch", "hat": DISPATCHER, "fields": {"unit": "U-9"}}),
        ("sign", "invalid_fields", {"action": "submit", "hat": HANDLER, "fields": {"result": "好"}}),
        (
            "sign",
            "invalid_fields",
            {"action": "submit", "hat": HANDLER, "fields": {"result": "好", "evidence": [UNKNOWN_PHOTO]}},
        ),
        ("submit", "invalid_fields", {"action": "reject", "hat": APPROVER}),
        ("submit", "invalid_fields", {"action": "reject", "hat": APPROVER, "reason": " "}),
        ("submit", "invalid_fields", {"action": "reject", "hat": APPROVER, "reason": "因" * 1001}),
        ("submit", "invalid_fields", {"action": "reject", "hat": APPROVER, "reason": "因\x00"}),
        (
            "submit",
            "same_person",
            {"action": "approve", "hat": APPROVER, "person": HANDLER, "fields": {"approval_opinion": "好"}},
        ),
        ("submit", "same_person", {"action": "reject", "hat": APPROVER, "person": HANDLER, "reason": "不好"}),
        ("approve", "same_person", {"action": "follow_up", "hat": CALLER, "person": APPROVER}),
        ("approve", "same_person", {"action": "follow_up", "hat": CALLER, "person": HANDLER}),
        ("follow_up", "same_person", {"action": "close", "hat": DISPATCHER, "person": HANDLER}),
        ("close", "case_closed", {"action": "triage", "hat": DISPATCHER}),
        ("close", "invalid_fields", {"action": "reopen", "hat": DISPATCHER}),
    ],
)
def test_acting_is_refused(stage: str, wanted: str, given: dict[str, Any]) -> None:
    one = life()
    one.lead(stage)
    before = one.now
    assert code(one.act(**given)) == wanted
    assert one.now is before


def test_a_reason_of_a_thousand_characters_is_heard() -> None:
    one = life()
    one.lead("submit")
    assert isinstance(one.act("reject", APPROVER, reason="因" * 1000), tuple)


def test_a_window_that_has_closed_stays_closed() -> None:
    one = life()
    one.lead("close")
    due = one.now.clocks["reopening"].due_at
    one.expire(due - timedelta(microseconds=1))
    assert one.now.clocks["reopening"].state == "running"
    (firing,) = one.expire(due)
    assert firing.due_at == due
    assert one.now.clocks["reopening"].state == "lapsed"
    assert one.now.wake_at is None
    assert code(one.act("reopen", DISPATCHER, reason="复发")) == "window_closed"


def test_acting_is_refused_for_the_first_reason_in_order() -> None:
    """Version, action, stage, hat, person, form: each step mends one fault."""
    one = life()
    one.lead("submit")
    bad: dict[str, Any] = {"action": "explode", "hat": DISPATCHER, "person": HANDLER, "expected_version": 1}
    mends: list[tuple[str, dict[str, Any]]] = [
        ("version_conflict", {"expected_version": one.now.version}),
        ("unknown_action", {"action": "follow_up"}),
        ("action_not_allowed_in_stage", {"action": "approve"}),
        ("hat_not_allowed", {"hat": APPROVER}),
        ("same_person", {"person": APPROVER}),
        ("invalid_fields", {"fields": {"approval_opinion": "好"}}),
    ]
    for wanted, mend in mends:
        assert code(one.act(**bad)) == wanted
        bad |= mend
    assert isinstance(one.act(**bad), tuple)


def test_separation_outlives_reopening_and_holds_in_both_directions() -> None:
    one = life()
    one.lead("close")
    one.act("reopen", DISPATCHER, reason="复发")
    assert code(one.act("submit", HANDLER, person=APPROVER)) == "same_person"
    assert code(one.act("submit", HANDLER, person=CALLER)) == "same_person"
    assert code(one.act("submit", HANDLER, person=DISPATCHER)) == "same_person"  # closed it


# The closing gate ----------------------------------------------------------------------------------------------------


def gated() -> Procedure:
    """A procedure whose graph leads past the gate: only the gate itself holds."""
    handler, approver = "handler@unit", "approver@township"
    stage = {"title": "办", "holder": "dispatcher@township", "clocks": []}
    return read(
        {
            "format": 1,
            "id": "gated",
            "version": 1,
            "title": "门",
            "prefix": "MM",
            "intake": {"title": "上报", "stage": "work", "by": ["grid_worker"]},
            "stages": {"work": stage, "end": {"title": "已结", "closed": True}},
            "actions": {
                "dispatch": {
                    "title": "派单",
                    "from": ["work"],
                    "by": ["dispatcher"],
                    "form": [{"name": "unit", "title": "单位", "type": "unit", "required": True}],
                    "to": [{"stage": "work"}],
                },
                "submit": {"title": "报结", "from": ["work"], "by": [handler, "dispatcher"]},
                "approve": {"title": "验收", "from": ["work"], "by": [approver]},
                "close": {"title": "办结", "from": ["work"], "to": "end", "by": ["dispatcher"]},
            },
            "clocks": {},
            "closing": {"after": ["submit"], "acts": ["approve"]},
        }
    )


def test_closing_needs_its_acts_after_the_last_submission() -> None:
    one = Life(gated(), AT)
    one.open({})
    assert code(one.act("close", DISPATCHER)) == "closing_gate"
    one.act("submit", DISPATCHER)
    one.act("approve", APPROVER)
    one.act("submit", DISPATCHER)
    assert code(one.act("close", DISPATCHER)) == "closing_gate"
    one.act("approve", APPROVER)
    assert isinstance(one.act("close", DISPATCHER), tuple)
    assert one.now.closed


def test_a_unit_named_within_a_stage_is_remembered() -> None:
    one = Life(gated(), AT)
    one.open({})
    one.act("dispatch", DISPATCHER, {"unit": TOWNSHIP_UNIT})
    one.act("dispatch", DISPATCHER, {"unit": COUNTY_UNIT})
    assert one.now.unit is not None
    assert (one.now.unit.id, one.now.units) == (COUNTY_UNIT, (TOWNSHIP_UNIT, COUNTY_UNIT))
    assert code(one.act("submit", HANDLER)) == "hat_not_allowed"


# Totality ------------------------------------------------------------------------------------------------------------

ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(st.characters(), max_size=12)
    | st.sampled_from([PHOTO, TOWNSHIP_UNIT, "safety", "general", "2026-11-23", "2026-11-23\ud80009:30:00+08:00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
NAMES = st.text(st.characters(), max_size=8) | st.sampled_from(sorted({f for _, _, form in MAIN_LINE for f in form}))
ALL_HATS = [DISPATCHER, HANDLER, APPROVER, CALLER, GRID_WORKER, f"inspector@{COUNTY}", f"handler@{COUNTY_UNIT}"]
HATS_BY_POST = {
    "dispatcher@township": DISPATCHER,
    "handler@unit": HANDLER,
    "approver@township": APPROVER,
    "caller@township": CALLER,
    "grid_worker@village": GRID_WORKER,
    "inspector": f"inspector@{COUNTY}",
}


def answer(form_type: str, options: Any) -> st.SearchStrategy[Any]:
    """Mostly fitting answers, so that cases get far, and now and then anything."""
    fitting: dict[str, st.SearchStrategy[Any]] = {
        "text": st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=9).filter(str.strip),
        "place": st.just("村口"),
        "boolean": st.booleans(),
        "choice": st.sampled_from(list(options or ["-"])),
        "unit": st.sampled_from([TOWNSHIP_UNIT, COUNTY_UNIT]),
        "evidence": st.sampled_from([PHOTO, [PHOTO]]),
    }
    return st.one_of(*[fitting.get(form_type, ANYTHING)] * 9, ANYTHING)


@st.composite
def commands(draw: st.DrawFn, rules: Procedure, stage: str | None) -> tuple[str, Act]:
    """A hat and an action: as a rule one of this stage, by someone who may."""
    likely = [name for name, action in rules.actions.items() if stage in action.from_]
    name = draw(st.sampled_from([*likely * 3, *rules.actions]) | st.text(st.characters(), max_size=6))
    action = rules.actions.get(name)
    fields = draw(st.dictionaries(NAMES, ANYTHING, max_size=1))
    if action:
        if draw(st.integers(0, 3)):
            fields = {}
        fields |= {f.name: draw(answer(f.type, f.options)) for f in action.form if f.required or draw(st.booleans())}
    reason = draw(st.none() | st.just("理由") | st.text(st.characters(), max_size=5))
    hats = [HATS_BY_POST[post] for post in action.by if post in HATS_BY_POST] if action else []
    hat = draw(st.sampled_from(hats * 6 + ALL_HATS))
    return hat, Act(name, fields, reason, draw(st.sampled_from([None, None, None, 1, -1, 2**70])))


def legible(refusal: Refusal) -> bool:
    """Whether a refusal can be stored and sent: no NUL, no half of a surrogate pair."""
    texts = [refusal.code, refusal.words, *(text for e in refusal.errors for text in (e.name, e.code, e.words))]
    return all(control_free(text) for text in texts) and refusal.code.strip(string.ascii_lowercase + "_") == ""


def told(before: Case | None, decided: tuple[Event, ...] | Refusal) -> None:
    """Whatever was decided can be written down and read again."""
    if isinstance(decided, Refusal):
        assert legible(decided), decided
    else:
        assert [type(event) for event in decided] == [CaseOpened if before is None else ActionTaken]
        assert [events.load(*events.dump(event)) for event in decided] == list(decided)


@pytest.mark.parametrize("procedure_id", ["hazard", "drill"])
def test_deciding_is_total(procedure_id: str) -> None:
    rules = procedure(procedure_id)
    reached: set[str] = set()

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def lives(data: st.DataObject) -> None:
        one = life(procedure_id)
        for _ in range(8):
            hat, command = data.draw(commands(rules, one.now.stage))
            before = one.now
            given_context = context(rules, hat, data.draw(st.sampled_from([hat, "P-1"])))
            decided = act(before, command, given_context, one.at)
            told(before, decided)
            one._take(decided, given_context.actor)
            one.wait(hours=data.draw(st.sampled_from([0, 0, 0, 1, 30, 24 * 40])))
            assert cases.load(cases.dump(one.now)) == one.now
            reached.add(one.now.stage)

    lives()
    # A test of totality that never leaves the first stage would prove nothing.
    assert len(reached) > len(rules.stages) / 2, reached


@settings(max_examples=100, deadline=None)
@given(
    division=st.sampled_from([VILLAGE, TOWNSHIP, COUNTY]) | st.text(st.characters(), max_size=15),
    title=st.text(st.characters(), max_size=130) | st.just("路边大坑"),
    fields=st.dictionaries(NAMES, ANYTHING, max_size=3)
    | st.just(HAZARD)
    | st.builds(lambda x: {**HAZARD, **x}, st.fixed_dictionaries({"emergency": ANYTHING})),
    hat=st.sampled_from(ALL_HATS),
)
def test_opening_is_total(division: str, title: str, fields: dict[str, Any], hat: str) -> None:
    rules = procedure("hazard")
    given_context = context(rules, hat, division=division)
    decided = open_case(Open("hazard", division, title, fields), given_context, AT)
    told(None, decided)


def test_a_case_begins_with_its_opening() -> None:
    one = life()
    one.lead("triage")
    with pytest.raises(ValueError, match="CaseOpened"):
        evolve(None, one.facts[1])
