"""Shapes say what the domain's view says, in every state of every life, and byte for byte."""

import json
from collections.abc import Iterator

import pytest

from application.shapes.case import CaseShape, ReplayShape
from application.shapes.form import FieldShape
from domain.case.fold import evolve
from domain.case.state import Case
from domain.case.view import offered, present, shown
from domain.rules.hat import Actor, Hat
from domain.rules.procedure import Procedure
from tests.domain.scene import procedure
from tests.procedures.script import Script, live
from tests.procedures.test_lives import KINDS, PROCEDURES, scripts

CASE_ID = "0f4a4a6e-0e0f-4b8e-b8a1-7f5d6c3b2a10"


def states(script: Script) -> Iterator[Case]:
    """The case after each of its events."""
    case = None
    for fact in live(script).facts:
        case = evolve(case, fact)
        yield case


def written(document: object) -> str:
    """Compact JSON, keys as they stand."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("name", PROCEDURES)
def test_a_case_is_written_as_its_view(name: str) -> None:
    for script in (scripts(name)[kind] for kind in KINDS):
        rules = procedure(script.procedure)
        for case in states(script):
            then = present(CASE_ID, case)
            assert ReplayShape.model_validate(then).model_dump_json(exclude_unset=True) == written(then)
            for actor in actors(case):
                now = shown(CASE_ID, case, actor) | {"actions": offered(case, rules, actor, case.division)}
                assert CaseShape.model_validate(now).model_dump_json(exclude_unset=True) == written(now)


@pytest.mark.parametrize("name", PROCEDURES)
def test_a_form_is_written_as_the_procedure_shows_it(name: str) -> None:
    rules: Procedure = procedure(name)
    fields = [*rules.intake.form, *(field for action in rules.actions.values() for field in action.asked)]
    assert fields
    for field in fields:
        assert FieldShape.model_validate(field.shown).model_dump_json(exclude_unset=True) == written(field.shown)


def actors(case: Case) -> list[Actor]:
    """Whoever holds it, whoever opened it, and somebody who supervises."""
    held = [Actor("P-holder", Hat.parse(case.holder))] if case.holder else []
    return [*held, Actor(case.opened_by, Hat.parse(case.opened_as)), Actor("P-inspector", Hat("inspector", "x"))]
