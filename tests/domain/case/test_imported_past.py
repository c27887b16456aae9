"""A past that is taken over is the very life that would have been lived here."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.case.command import Act, Import, Open
from domain.case.context import Context
from domain.case.event import CaseOpened
from domain.case.imported_past import imported
from domain.case.opening import UNNUMBERED
from domain.days.instant import rfc3339
from domain.rules.refusal import Refusal
from tests.domain.scene import COUNTY, TOWNSHIP, Life, code, context, procedure, when

SYSTEM = f"integration@{COUNTY}"
CREATED = when("2026-03-02 09:00")
HOURS = st.integers(0, 24 * 120).map(lambda hours: timedelta(hours=hours))
MATTER = {"source": "原热线", "reference": "R-1"}


def given_there() -> Context:
    return context(procedure("transferred"), SYSTEM, division=TOWNSHIP)


@given(due=st.none() | HOURS, spans=st.lists(HOURS, min_size=1, max_size=2))
def test_what_is_taken_over_is_what_would_have_happened(due: timedelta | None, spans: list[timedelta]) -> None:
    now = CREATED + sum(spans, timedelta())
    closed = CREATED + spans[0] if len(spans) == 2 else None
    fields = {**MATTER, **({"due_at": rfc3339(CREATED + due)} if due is not None else {})}
    lived = Life(procedure("transferred"), CREATED)
    assert not isinstance(lived.open(fields, SYSTEM, TOWNSHIP), Refusal)
    if closed:
        lived.expire(closed)
        assert not isinstance(lived.act("ended", SYSTEM, {"result": "已修"}), Refusal)
    lived.expire(now)
    opening = Open("transferred", TOWNSHIP, "路边大坑", fields, occurred_at=CREATED)
    steps = ((closed, Act("ended", {"result": "已修"})),) if closed else ()
    pasts = imported(Import(opening, CREATED, steps), given_there(), now)
    assert not isinstance(pasts, Refusal), pasts
    opened = lived.facts[0].event
    assert isinstance(opened, CaseOpened)
    events = [replace(opened, number=UNNUMBERED), *(fact.event for fact in lived.facts[1:])]
    assert [each.event for each in pasts] == events
    assert [each.occurred_at for each in pasts] == [fact.occurred_at for fact in lived.facts]
    assert all(past.received_at == past.occurred_at <= now for past in pasts)


def test_no_document_is_issued_in_a_past_in_which_nobody_issued_it() -> None:
    there = given_there()
    issuing = there.procedure.model_copy(
        update={
            "intake": there.procedure.intake.model_copy(update={"issues": ["receipt"]}),
            "documents": procedure("hazard").documents,
        }
    )
    command = Import(Open("transferred", TOWNSHIP, "路边大坑", MATTER), CREATED)
    assert code(imported(command, replace(there, procedure=issuing), CREATED)) == "document_in_past"
    assert isinstance(imported(command, there, CREATED), tuple)


def test_an_opening_of_now_may_be_of_a_matter_of_long_ago() -> None:
    now = when("2030-01-07 09:00")
    opening = Open("transferred", TOWNSHIP, "路边大坑", MATTER, occurred_at=CREATED)
    pasts = imported(Import(opening), given_there(), now)
    assert isinstance(pasts, tuple)
    (opened,) = pasts
    assert isinstance(opened.event, CaseOpened)
    (clock,) = opened.event.move.started
    assert (opened.occurred_at, clock.started_at, clock.due_at) == (CREATED, now, when("2030-02-07 00:00"))
