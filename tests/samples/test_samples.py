"""The sample data is whole: everything named exists, and every sample life can be led."""

import csv
import re
import shutil
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest

from domain.rules.form import Known, answers
from domain.rules.hat import Hat
from domain.rules.procedure import Procedure
from domain.rules.rule import meets
from procedures import parse
from samples import FOLDER, SampleError, SampleHazard, Samples, SampleStep, build, catalogue, read
from samples.row import Kind
from samples.table import KEPT

ROOT = Path(__file__).parents[2]
OPERATOR_NUMBER = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
TOWNSHIP_POSTS = ("dispatcher", "head", "approver", "caller", "inspector")
COUNTY_POSTS = (*TOWNSHIP_POSTS, "administrator", "integration")
SHA256 = "0" * 64


@pytest.fixture(scope="module")
def samples() -> Samples:
    return read()


@pytest.fixture(scope="module")
def procedure() -> Procedure:
    return parse(ROOT / "procedures/hazard.yaml")


def codes(samples: Samples, *levels: str) -> list[str]:
    return [division.code for division in samples.divisions if division.level in levels]


def test_the_county_is_whole(samples: Samples) -> None:
    counts = Counter(division.level for division in samples.divisions)
    assert counts == {"province": 1, "city": 1, "county": 1, "township": 6, "village": 73, "community": 6}


def test_every_parent_is_one_level_above(samples: Samples) -> None:
    level_of = {division.code: division.level for division in samples.divisions}
    above = {"city": "province", "county": "city", "township": "county"}
    for division in samples.divisions:
        parent = level_of[division.parent] if division.parent else "-"
        assert parent == {"province": "-", **above}.get(division.level, "township")


def test_every_post_is_filled(samples: Samples) -> None:
    wanted = [Hat(role, township) for township in codes(samples, "township") for role in TOWNSHIP_POSTS]
    wanted += [Hat(role, county) for county in codes(samples, "county") for role in COUNTY_POSTS]
    wanted += [Hat(role, unit.id) for unit in samples.units for role in ("handler", "head")]
    for village in codes(samples, "village", "community"):
        wanted += [Hat("grid_worker", village), Hat("clerk", village)]
    assert [str(hat) for hat in wanted if samples.wearer(hat) is None] == []


def test_one_person_wears_three_hats(samples: Samples) -> None:
    assert [len(set(person.hats)) for person in samples.people if len(person.hats) > 1] == [3]


def test_every_township_has_its_own_unit(samples: Samples) -> None:
    homes = Counter(unit.division for unit in samples.units)
    assert all(homes[township] == 1 for township in codes(samples, "township"))
    for unit in samples.units:
        assert unit.division == unit.id.split("-")[1].ljust(12, "0")


def test_hazards_cover_every_kind_and_township(samples: Samples) -> None:
    assert Counter(hazard.kind for hazard in samples.hazards) == dict.fromkeys(get_args(Kind), 5)
    places = {hazard.division for hazard in samples.hazards}
    assert places <= set(codes(samples, "village", "community"))
    assert {place[:9] + "000" for place in places} == set(codes(samples, "township"))
    assert len({hazard.title for hazard in samples.hazards}) == len(samples.hazards) == 40
    assert all(re.search("[\u4e00-\u9fff]{4}", hazard.title) for hazard in samples.hazards)
    assert 3 <= sum(hazard.emergency for hazard in samples.hazards) <= 12


def test_samples_stop_at_every_stage(samples: Samples, procedure: Procedure) -> None:
    apart = {"merged", "withdrawn"}  # where a case goes without being handled
    assert {led(hazard, procedure) for hazard in samples.hazards} >= set(procedure.stages) - apart


def test_no_phone_could_ring() -> None:
    for file in FOLDER.iterdir():
        if file.is_file():
            assert not OPERATOR_NUMBER.search(file.read_text(encoding="utf-8")), file.name


def test_units_are_asked_for_what_they_handle(samples: Samples) -> None:
    kinds = {unit.id: unit.kinds for unit in samples.units}
    for hazard in samples.hazards:
        for step in hazard.life:
            if step.act == "dispatch":
                assert hazard.kind in kinds[step.fields["unit"]], hazard.title


def test_every_report_fits_the_intake(samples: Samples, procedure: Procedure) -> None:
    known = Known(frozenset(), frozenset(), frozenset())
    posts = {post.partition("@")[0] for post in procedure.intake.by}
    for hazard in samples.hazards:
        fields = hazard.model_dump(include={"kind", "place", "description", "emergency"})
        assert answers(tuple(procedure.intake.form), fields, known)[1] == (), hazard.title
        assert hazard.by in posts


def test_every_life_can_be_led(samples: Samples, procedure: Procedure) -> None:
    known = Known(frozenset(unit.id for unit in samples.units), frozenset(), frozenset([SHA256]))
    for hazard in samples.hazards:
        led(hazard, procedure)
        for step in hazard.life:
            action = procedure.actions[step.act]
            assert step.by in {post.partition("@")[0] for post in action.by}
            assert bool(step.reason) == action.reason
            assert answers(tuple(action.form), given(step), known)[1] == (), (hazard.title, step.act)


def test_no_sample_life_breaks_the_separation_of_duties(samples: Samples, procedure: Procedure) -> None:
    for hazard in samples.hazards:
        doers: dict[str, set[str]] = {}
        for step in hazard.life:
            person = samples.wearer(hazard.hat_of(step))
            assert person is not None
            doers.setdefault(step.act, set()).add(person.id)
        for separation in procedure.separation:
            groups = [set().union(*(doers.get(act, set()) for act in group)) for group in separation.groups]
            assert sum(map(len, groups)) == len(set().union(*groups)), hazard.title


def led(hazard: SampleHazard, procedure: Procedure) -> str:
    """The stage in which a sample life ends; every action of it must be allowed where it is taken."""
    stage, facts = procedure.intake.stage[-1].stage, dict[str, Any]()
    for step in hazard.life:
        action = procedure.actions[step.act]
        assert stage in action.from_, (hazard.title, step.act, stage)
        facts.update(step.fields)
        stage = next((branch.stage for branch in action.to if meets(branch.when, facts)), stage)
    return stage


def given(step: SampleStep) -> dict[str, Any]:
    return {**step.filled_in(date(2026, 11, 23)), **({"evidence": [SHA256]} if step.evidence else {})}


def test_people_are_as_built() -> None:
    people = (FOLDER / "people.yaml").read_text(encoding="utf-8")
    assert people == build.text(people)  # nobody is missing: neither the first, nor whom a procedure has needed since


def test_kept_tables_are_as_built() -> None:
    for kind in KEPT:
        assert (FOLDER / "registers" / f"{kind}.csv").read_text(encoding="utf-8") == catalogue.made(kind)


def test_no_sample_is_pushed_down_outside_the_duty_lists(samples: Samples) -> None:
    lines = csv.DictReader((FOLDER / "registers" / "duties.csv").read_text(encoding="utf-8").splitlines())
    asked = {(line["区划"], line["涉及事项"]) for line in lines if line["清单"] != "negative"}
    homes = {unit.id: unit.division for unit in samples.units if unit.division != "141025000000"}
    for hazard in samples.hazards:
        for step in hazard.life:
            if step.act == "dispatch" and step.fields["unit"] in homes:
                assert (homes[step.fields["unit"]], hazard.kind) in asked, hazard.title


def test_a_new_post_moves_nobody() -> None:
    people = (FOLDER / "people.yaml").read_text(encoding="utf-8")
    *before, _ = people.splitlines(keepends=True)
    assert build.text("".join(before)) == people
    without = [line for line in before if "cashier@" not in line]
    assert build.text("".join(without)).startswith("".join(without))
    assert len(build.text("".join(without)).splitlines()) == len(people.splitlines())


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for file in (*FOLDER.glob("*.yaml"), FOLDER / "divisions.csv"):
        shutil.copy(file, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("people.yaml", "[dispatcher@141025000000]", "[king@1]", "people.yaml 第 1 条：hats.0：没有“king”这个角色"),
        ("people.yaml", "[dispatcher@141025000000]", "[head@U-9]", "第 1 条：“hats”所指的 U-9 不存在"),
        ("people.yaml", "P-0002", "P-0001", "people.yaml：“id”的值 P-0001 出现了 2 次"),
        ("people.yaml", "样例·钱调度", "钱调度", "people.yaml 第 1 条：name：格式不对"),
        ("people.yaml", "sample: true", "sample: false", "people.yaml：应有 sample: true 和列表 people"),
        ("people.yaml", "people:\n", "people: [\n", "people.yaml：不是合格的 YAML"),
        ("units.yaml", '"141025000000"', '"141099000000"', "第 1 条：“division”所指的 141099000000"),
        ("units.yaml", "[safety,", "[safty,", "units.yaml 第 1 条：kinds.0：只能是"),
        ("hazards.yaml", "kind: natural_disaster", "knd: natural_disaster", "knd：没有这一项，请检查拼写"),
        ("hazards.yaml", "10099990001", "13800000000", "hazards.yaml 第 1 条：reporter.phone：格式不对"),
        (
            "hazards.yaml",
            "act: dispatch,",
            "act: urge,",
            "第 1 条：“村东土崖出现裂缝，崖下住着两户人家”还没有派单",
        ),
        ("hazards.yaml", "by: grid_worker", "by: king", "第 1 条：“by”所指的 king@141025104202 不存在"),
        ("divisions.csv", "141025100000,岳阳镇,township", "14102510000,岳阳镇,township", "code：格式不对"),
        ("divisions.csv", "山西省,province", "山西省,state", "divisions.csv 第 1 条：level：只能是"),
    ],
)
def test_a_fault_names_file_row_and_field(copy: Path, file: str, old: str, new: str, words: str) -> None:
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SampleError) as fault:
        read(copy)
    assert words in str(fault.value)
