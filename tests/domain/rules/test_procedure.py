"""The procedure language: what may be written in a file, and that a procedure is pinned by what it says."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from domain.rules.procedure import Procedure, ProcedureFault, read
from domain.rules.rule import Requirement, meets
from domain.rules.soundness import faults
from tests.domain.scene import ROOT, document, procedure, whole

FILES = sorted((ROOT / "procedures").glob("*.yaml"))


def hazard() -> dict[str, Any]:
    """The hazard's file as parsed, free to be spoilt."""
    parsed: dict[str, Any] = yaml.safe_load(document("hazard"))
    return parsed


def test_there_are_procedures() -> None:
    assert {path.stem for path in FILES} >= {"hazard", "drill"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_procedure_of_the_house_is_sound(path: Any) -> None:
    one = procedure(path.stem)
    assert one.id == path.stem
    assert faults(one) == []


def test_prefixes_of_case_numbers_are_not_shared() -> None:
    prefixes = [procedure(path.stem).prefix for path in FILES]
    assert len(set(prefixes)) == len(prefixes)


# What is refused -----------------------------------------------------------------------------------------------------


def set_(*path: str | int, to: Any) -> Callable[[dict[str, Any]], None]:
    def spoil(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = to

    return spoil


@pytest.mark.parametrize(
    ("place", "spoil"),
    [
        ("limitt", set_("clocks", "handle", "limitt", to={"n": 1, "unit": "day"})),
        ("clocks.handle.limit", set_("clocks", "handle", "limit", to={"n": 1, "unit": "dya"})),
        ("clocks.handle.limit", set_("clocks", "handle", "limit", to={"m": 1, "unit": "day"})),
        ("clocks.handle.limit", set_("clocks", "handle", "limit", to={"n": "1", "unit": "day"})),
        ("clocks.handle.limit", set_("clocks", "handle", "limit", to={"n": -1, "unit": "day"})),
        ("clocks.handle.limit", set_("clocks", "handle", "limit", to="7 days")),
        ("clocks.handle.variants.0", set_("clocks", "handle", "variants", 0, "limmit", to=1)),
        ("clocks.handle.authority", set_("clocks", "handle", "authority", to="")),
        ("clocks.handle.roll", set_("clocks", "handle", "roll", to="forwards")),
        ("clocks.triage.cards", set_("clocks", "triage", "cards", to={"yelow": None})),
        ("clocks.triage.cards", set_("clocks", "triage", "cards", to={"yellow": {"share": [1, 0]}})),
        ("clocks.triage.cards", set_("clocks", "triage", "cards", to={"warning": {"share": [5, 4]}})),
        ("clocks.triage.cards", set_("clocks", "triage", "cards", to={"warning": {"share": [-1, 4]}})),
        ("stages.reported", set_("stages", "reported", "holders", to="head@township")),
        ("stages.reported.holder", set_("stages", "reported", "holder", to="mayor@township")),
        ("stages.reported.holder", set_("stages", "reported", "holder", to="head@planet")),
        ("stages.reported.holder", set_("stages", "reported", "holder", to=5)),
        ("stages.reported.holder", set_("stages", "reported", "holder", to=["head@township"])),
        ("stages.reported.holder", set_("stages", "reported", "holder", to="clock@county")),
        ("actions.triage.by", set_("actions", "triage", "by", to=[])),
        ("actions.triage.by.0", set_("actions", "triage", "by", to=[{"role": "head"}])),
        ("actions.triage.from", set_("actions", "triage", "from", to=[])),
        ("actions.triage.to", set_("actions", "triage", "to", to=[{"stages": "triaged"}])),
        ("actions.triage.form.0", set_("actions", "triage", "form", 0, "options", to=None)),
        ("actions.triage.form.0", set_("actions", "triage", "form", 0, "type", to="choise")),
        ("actions.reject.limits.handle", set_("actions", "reject", "limits", "handle", to={"n": 3, "unit": "days"})),
        ("ladders.unit.0.after", set_("ladders", "unit", 0, "after", to=None)),
        ("ladders.unit.0.to", set_("ladders", "unit", 0, "to", to=None)),
        ("separation.0.groups", set_("separation", 0, "groups", to=[["submit"]])),
        ("closing", set_("closing", "evidense", to=True)),
        ("format", set_("format", to=2)),
        ("id", set_("id", to="Hazard")),
        ("prefix", set_("prefix", to="yh")),
        ("version", set_("version", to=0)),
        ("owner", set_("owner", to="县")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_misspelt_is_refused_and_named(place: str, spoil: Callable[[dict[str, Any]], None]) -> None:
    spoilt = hazard()
    spoil(spoilt)
    with pytest.raises(ProcedureFault, match=place.replace(".", r"\.")):
        read(whole(spoilt))


@pytest.mark.parametrize("document", [None, [], "text", 5, {}, {"format": 1}])
def test_what_is_no_procedure_is_refused(document: Any) -> None:
    with pytest.raises(ProcedureFault):
        read(whole(document))


# Pinned by what it says ----------------------------------------------------------------------------------------------


def test_defaults_are_written_out() -> None:
    canonical = json.loads(procedure("hazard").canonical)
    assert canonical["stages"]["closed"] == {
        "title": "已销号",
        "holder": None,
        "clocks": ["reopening"],
        "continues": [],
        "closed": True,
        "sealed": [],
        "public": False,
    }
    assert canonical["clocks"]["follow_up"] == {
        "title": "回访",
        "limit": {"n": 3, "unit": "working_day"},
        "authority": "默认时限，由县确定",
        "roll": "none",
        "ladder": "township",
        "window": False,
        "cards": None,
        "variants": [],
        "when": {},
        "extension": None,
        "pauses": {},
        "lapses_to": None,
        "outcome": None,
    }
    assert canonical["actions"]["triage"]["from"] == ["reported"]
    assert canonical["actions"]["triage"]["to"] == [{"stage": "triaged", "when": {}}]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_reading_the_canonical_form_gives_the_same_again(path: Any) -> None:
    one = procedure(path.stem)
    again = read(json.loads(one.canonical))
    assert again == one
    assert (again.canonical, again.sha256) == (one.canonical, one.sha256)


def test_the_way_of_writing_does_not_change_the_hash() -> None:
    rewritten = hazard()
    rewritten["actions"]["triage"]["to"] = [{"stage": "triaged"}]  # short form written out
    rewritten["stages"]["reported"]["closed"] = False  # a default written out
    rewritten["clocks"] = dict(reversed(rewritten["clocks"].items()))
    assert read(whole(rewritten)).sha256 == procedure("hazard").sha256


def limits(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every `n` of a limit in a parsed file."""
    if isinstance(node, dict):
        here = [(*path, "n")] if {"n", "unit"} == set(node) else []
        return here + [found for key, inner in node.items() for found in limits(inner, (*path, key))]
    if isinstance(node, list):
        return [found for key, inner in enumerate(node) for found in limits(inner, (*path, key))]
    return []


def test_the_hash_changes_with_every_limit() -> None:
    paths = limits(hazard())
    assert len(paths) > 25
    hashes = {procedure("hazard").sha256}
    for path in paths:
        changed = hazard()
        place: Any = changed
        for step in path[:-1]:
            place = place[step]
        place["n"] += 1
        hashes.add(read(whole(changed)).sha256)
    assert len(hashes) == len(paths) + 1


def test_the_hash_is_pinned() -> None:
    """Running cases name this hash. When it changes without a change of the file, they could no longer be read."""
    tiny = read(
        {
            "format": 1,
            "id": "tiny",
            "version": 1,
            "title": "最小",
            "prefix": "ZX",
            "intake": {"title": "上报", "stage": "done", "by": ["clerk"]},
            "stages": {"done": {"title": "已结", "closed": True}},
            "actions": {},
            "clocks": {},
        }
    )
    assert tiny.canonical.decode() == (
        '{"actions":{},"claim_code":false,"clocks":{},"closing":{"acts":[],"after":[],"evidence":false},"documents":{},"final_outcomes":[],"format":1,'
        '"gates":{},"id":"tiny","identity":[],"intake":{"by":["clerk"],"form":[],"issues":[],'
        '"stage":[{"stage":"done","when":{}}],"title":"上报"},"items":{},"ladders":{},"prefix":"ZX",'
        '"repeated":null,"rewards":{},"separation":[],"stages":{"done":{"clocks":[],"closed":true,"continues":[],'
        '"holder":null,"public":false,"sealed":[],"title":"已结"}},"title":"最小","version":1}'
    )


# Conditions ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "facts", "met"),
    [
        ({}, {}, True),
        ({"emergency": [True]}, {"emergency": True}, True),
        ({"emergency": [True]}, {"emergency": False}, False),
        ({"emergency": [True]}, {}, False),
        ({"unit": [None]}, {}, True),
        ({"unit": [None]}, {"unit": "U-1"}, False),
        ({"grade": ["spot", "simple"], "emergency": [True]}, {"grade": "simple", "emergency": True}, True),
        ({"grade": ["spot", "simple"], "emergency": [True]}, {"grade": "simple"}, False),
        ({"kinds": ["safety"]}, {"kinds": ["safety"]}, False),
    ],
)
def test_a_condition_is_met_when_every_field_has_a_value_it_allows(
    condition: Any, facts: dict[str, Any], met: bool
) -> None:
    assert meets(condition, facts) is met


def test_the_first_variant_that_fits_sets_the_terms() -> None:
    rule = procedure("hazard").clocks["handle"]
    assert str(rule.terms(rule.variant({"emergency": True, "grade": "simple"})).limit) == "3日"
    general = rule.terms(rule.variant({"emergency": True, "grade": "general"}))
    assert (str(general.limit), general.ladder) == ("7日", "unit_emergency")
    assert rule.terms(rule.variant({})) is rule


def test_a_procedure_cannot_be_changed() -> None:
    one: Procedure = procedure("hazard")
    with pytest.raises(ValueError, match="frozen"):
        one.title = "别的"  # type: ignore[misc]  # that is what is tried


def test_a_requirement_without_an_override_is_pinned_as_before_there_were_any() -> None:
    plain = Requirement(words="不可")
    assert plain.model_dump(mode="json") == {"when": {}, "unless": None, "words": "不可"}
    overridable = Requirement(words="不可", override={"emergency": [True]})
    assert overridable.model_dump(mode="json")["override"] == {"emergency": [True]}
    assert (plain.overridden({"emergency": True}), overridable.overridden({"emergency": True})) == (False, True)
    assert not overridable.overridden({})
