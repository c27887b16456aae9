"""Sample data of Gu County: real divisions, made-up people, units and hazards, read from the files here.

`read()` answers all four, checked against each other; a `SampleError` names file, row and field.
"""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from domain.misreading import in_one_line
from domain.rules.hat import Hat
from samples.row import SampleDivision, SampleHazard, SamplePerson, SampleReporter, SampleRow, SampleStep, SampleUnit

__all__ = [
    "SampleDivision",
    "SampleError",
    "SampleHazard",
    "SamplePerson",
    "SampleReporter",
    "SampleStep",
    "SampleUnit",
    "Samples",
    "read",
]

FOLDER = Path(__file__).parent

Model = TypeVar("Model", bound=SampleRow)


class SampleError(Exception):
    """A sample file that cannot be used; the message names file, row and field, in Chinese."""

    def __init__(self, file: str, words: str, number: int | None = None) -> None:
        """`number` is that of the row, from 1."""
        super().__init__(f"{file} 第 {number} 条：{words}" if number else f"{file}：{words}")


@dataclass(frozen=True, slots=True)
class Samples:
    """Everything there is, in the order of the files."""

    divisions: tuple[SampleDivision, ...]
    people: tuple[SamplePerson, ...]
    units: tuple[SampleUnit, ...]
    hazards: tuple[SampleHazard, ...]

    def wearer(self, hat: Hat) -> SamplePerson | None:
        """The first person who wears `hat`."""
        return next((person for person in self.people if hat in person.hats), None)


def read(folder: Path = FOLDER) -> Samples:
    """The four files of `folder`, checked against each other. Raises SampleError."""
    samples = Samples(
        divisions_of(folder),
        rows(SamplePerson, "people.yaml", _listed(folder, "people")),
        units_of(folder),
        rows(SampleHazard, "hazards.yaml", _listed(folder, "hazards")),
    )
    _unique("divisions.csv", "code", (division.code for division in samples.divisions))
    _unique("people.yaml", "id", (person.id for person in samples.people))
    _unique("units.yaml", "id", (unit.id for unit in samples.units))
    _agree(samples)
    return samples


def divisions_of(folder: Path) -> tuple[SampleDivision, ...]:
    """The divisions alone. Raises SampleError."""
    with (folder / "divisions.csv").open(encoding="utf-8", newline="") as lines:
        return rows(SampleDivision, "divisions.csv", csv.DictReader(lines))


def units_of(folder: Path) -> tuple[SampleUnit, ...]:
    """The units alone. Raises SampleError."""
    return rows(SampleUnit, "units.yaml", _listed(folder, "units"))


def rows(model: type[Model], file: str, given: Iterable[Any]) -> tuple[Model, ...]:
    """`given` as rows of `model`. Raises SampleError for the first bad one, counted from 1."""
    valid: list[Model] = []
    for number, row in enumerate(given, 1):
        try:
            valid.append(model.model_validate(row))
        except ValidationError as error:
            raise SampleError(file, in_one_line(error.errors(), "（整条）"), number) from None
    return tuple(valid)


def _listed(folder: Path, name: str) -> list[Any]:
    """The list under `name` in `name`.yaml, which must call itself a sample."""
    file = f"{name}.yaml"
    try:
        document = yaml.safe_load((folder / file).read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise SampleError(file, f"不是合格的 YAML：{error}") from None
    listed = document.get(name) if isinstance(document, dict) and document.get("sample") is True else None
    if not isinstance(listed, list):
        raise SampleError(file, f"应有 sample: true 和列表 {name}")
    return listed


def _unique(file: str, field: str, values: Iterable[str]) -> None:
    for value, times in Counter(values).items():
        if times > 1:
            raise SampleError(file, f"“{field}”的值 {value} 出现了 {times} 次")


def _agree(samples: Samples) -> None:
    """Whatever a row names must exist: divisions, units, scopes of hats, and someone for every act."""
    codes = {division.code for division in samples.divisions}
    units = {unit.id for unit in samples.units}
    for number, division in enumerate(samples.divisions, 1):
        _known("divisions.csv", number, "parent", division.parent, codes | {None})
    for number, person in enumerate(samples.people, 1):
        for hat in person.hats:
            _known("people.yaml", number, "hats", hat.scope, codes | units)
    for number, unit in enumerate(samples.units, 1):
        _known("units.yaml", number, "division", unit.division, codes)
    worn = {hat for person in samples.people for hat in person.hats}
    for number, hazard in enumerate(samples.hazards, 1):
        _known("hazards.yaml", number, "division", hazard.division, codes)
        for step in (None, *hazard.life):
            try:
                _known("hazards.yaml", number, "life" if step else "by", hazard.hat_of(step), worn)
            except ValueError as error:
                raise SampleError("hazards.yaml", str(error), number) from None


def _known(file: str, number: int, field: str, value: Any, known: Any) -> None:
    if value not in known:
        raise SampleError(file, f"“{field}”所指的 {value} 不存在", number)
