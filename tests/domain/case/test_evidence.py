"""Which files of a case somebody may name again: those that stand where he or she sees them."""

from dataclasses import replace

from domain.case.command import Open
from domain.case.evidence import files, nameable, openable
from domain.rules.form import Known
from tests.domain.scene import GRID_WORKER, HAZARD, OTHER_TOWNSHIP, PHOTO, VILLAGE, Life, context, procedure, when

OWN = "c" * 64
RESIDENT = f"resident@{VILLAGE}"


def life() -> Life:
    one = Life(procedure("hazard"), when("2026-03-02 09:00"))
    one.open({**HAZARD, "description": "d" * 64, "photos": [PHOTO]}, GRID_WORKER)
    return one


def seen_by(one: Life, hat: str, person: str) -> frozenset[str]:
    known = Known(evidence=frozenset({OWN}))
    return nameable(one.now, replace(context(one.rules, hat, person), known=known))


def test_officials_name_what_stands_in_the_case_and_their_own() -> None:
    one = life()
    assert seen_by(one, GRID_WORKER, "P-1") == {PHOTO, OWN}
    assert seen_by(one, f"dispatcher@{OTHER_TOWNSHIP}", "P-2") == {PHOTO, OWN}  # who may act at all, others say


def test_outsiders_name_their_own_only() -> None:
    one = life()
    assert seen_by(one, RESIDENT, "P-neighbour") == {OWN}
    assert seen_by(one, RESIDENT, one.now.opened_by) == {PHOTO, OWN}
    one.case = replace(one.now, sealed=("inspector@141025000000", "opener"))
    assert seen_by(one, GRID_WORKER, one.now.opened_by) == {OWN}
    assert seen_by(one, "inspector@141025000000", "P-3") == {PHOTO, OWN}


def test_a_file_is_named_where_a_form_asks_for_files() -> None:
    rules = procedure("hazard")
    said = {"photos": PHOTO, "evidence": [OWN], "description": "d" * 64, "nothing": "e" * 64}
    assert list(files(rules, said)) == [PHOTO, OWN]
    assert list(files(rules, {"photos": [5, None, {}]})) == []


def test_only_a_child_case_is_opened_with_files_that_its_opener_has_not_uploaded() -> None:
    around = replace(context(procedure("hazard"), GRID_WORKER), known=Known())
    fields = {**HAZARD, "description": "d" * 64, "photos": [PHOTO]}
    assert openable(Open("hazard", VILLAGE, "样例", fields), around) == frozenset()
    assert openable(Open("hazard", VILLAGE, "样例", fields, parent="1"), around) == {PHOTO}
