"""Every refusal, and the order in which they are found."""

from datetime import timedelta
from typing import Any

import pytest

from domain.rules.procedure import Procedure, read
from domain.rules.refusal import Refusal
from tests.domain.scene import (
    APPROVER,
    CALLER,
    COUNTY,
    COUNTY_UNIT,
    DISPATCHER,
    HANDLER,
    HAZARD,
    OTHER_TOWNSHIP,
    TOWNSHIP,
    TOWNSHIP_UNIT,
    UNKNOWN_PHOTO,
    VILLAGE,
    Life,
    code,
    life,
    procedure,
    when,
)

AT = when("2026-11-23 09:00")


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
