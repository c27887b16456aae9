"""Typed forms: which answers fit, to the last character, and which do not."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.rules.form import (
    EVIDENCE_COUNT_MAX,
    PLACE_LENGTH_MAX,
    FieldType,
    FormField,
    Known,
    answers,
    control_free,
    legible,
)

PHOTO, OTHER = "a" * 64, "c" * 64
KNOWN = Known(frozenset({"U-1"}), frozenset({"P-1"}), frozenset({PHOTO}))
OPTIONS = {"a": "甲", "b": "乙"}
INFINITE = float("inf")


def field(type_: str, **more: Any) -> FormField:
    if type_ in ("choice", "choices"):
        more.setdefault("options", OPTIONS)
    return FormField(name="it", title="此项", type=FieldType(type_), **more)


def ask(type_: str, value: Any, **more: Any) -> str | None:
    """The code of what is wrong with an answer; None when it is kept as given."""
    kept, problems = answers((field(type_, **more),), {"it": value}, KNOWN)
    if problems:
        assert kept == {}
        assert [problem.name for problem in problems] == ["it"]
        return problems[0].code
    assert kept == {"it": value}
    assert type(kept["it"]) is type(value)
    return None


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("text", "一"),
        ("text", "字" * 4000),
        ("text", "a\tb\r\nc"),
        ("text", "𠮷" * 4000),  # characters, not bytes or UTF-16 units
        ("text", "\u0301\u200d字"),
        ("place", "村" * PLACE_LENGTH_MAX),
        ("number", 0),
        ("number", -1.5),
        ("number", 2**53 - 1),
        ("boolean", True),
        ("boolean", False),
        ("choice", "a"),
        ("choices", ["b", "a"]),
        ("date", "2026-02-28"),
        ("instant", "2026-11-23T09:30:00+08:00"),
        ("instant", "2026-11-23T01:30:00Z"),
        ("unit", "U-1"),
        ("person", "P-1"),
        ("evidence", PHOTO),
        ("evidence", [PHOTO]),
        ("evidence", [PHOTO] * EVIDENCE_COUNT_MAX),
    ],
)
def test_an_answer_that_fits_is_kept(type_: str, value: Any) -> None:
    assert ask(type_, value) is None


@pytest.mark.parametrize(
    ("type_", "value", "code"),
    [
        ("text", "字" * 4001, "field_too_long"),
        ("text", 5, "mistyped_field"),
        ("text", True, "mistyped_field"),
        ("text", ["字"], "mistyped_field"),
        ("text", {"字": 1}, "mistyped_field"),
        ("text", "  \n", "missing_field"),
        *[("text", f"字{bad}", "control_character") for bad in "\x00\x01\x08\x0b\x0c\x0e\x1b\x1f\x7f\ud800\udfff"],
        ("place", "村" * (PLACE_LENGTH_MAX + 1), "field_too_long"),
        ("place", "村\x00", "control_character"),
        ("number", True, "mistyped_field"),
        ("number", False, "mistyped_field"),
        ("number", "5", "mistyped_field"),
        ("number", INFINITE, "mistyped_field"),
        ("number", -INFINITE, "mistyped_field"),
        ("number", float("nan"), "mistyped_field"),
        ("number", 2**53, "number_too_large"),
        ("number", -(2**53), "number_too_large"),
        ("number", 10**400, "number_too_large"),
        ("number", 1e300, "number_too_large"),
        ("boolean", 1, "mistyped_field"),
        ("boolean", 0, "mistyped_field"),
        ("boolean", "true", "mistyped_field"),
        ("choice", "c", "unknown_choice"),
        ("choice", "甲", "unknown_choice"),
        ("choice", ["a"], "unknown_choice"),
        ("choice", {}, "unknown_choice"),
        ("choices", "a", "mistyped_field"),
        ("choices", ["a", "c"], "unknown_choice"),
        ("choices", [["a"]], "unknown_choice"),
        ("choices", ["a", "b", "a"], "mistyped_field"),
        ("choices", ["a", "a"], "mistyped_field"),
        ("date", "2026-02-29", "mistyped_field"),
        ("date", "23.11.2026", "mistyped_field"),
        ("date", "20261123", "mistyped_field"),
        ("date", "2026-W48-1", "mistyped_field"),
        ("date", 20261123, "mistyped_field"),
        ("instant", "2026-11-23T09:30:00", "mistyped_field"),
        ("instant", "2026-11-23", "mistyped_field"),
        ("instant", "2026-11-23\x0009:30:00+08:00", "mistyped_field"),
        ("instant", "2026-11-23\ud80009:30:00+08:00", "mistyped_field"),
        ("instant", "0001-01-01T00:00:00+14:00", "mistyped_field"),
        ("instant", 0, "mistyped_field"),
        ("unit", "U-2", "unknown_unit"),
        ("unit", "P-1", "unknown_unit"),
        ("unit", ["U-1"], "mistyped_field"),
        ("unit", {"id": "U-1"}, "mistyped_field"),
        ("person", "P-2", "unknown_person"),
        ("person", 1, "mistyped_field"),
        ("evidence", OTHER, "unknown_evidence"),
        ("evidence", [PHOTO, OTHER], "unknown_evidence"),
        ("evidence", PHOTO.upper(), "mistyped_field"),
        ("evidence", PHOTO + "\n", "mistyped_field"),
        ("evidence", PHOTO[1:], "mistyped_field"),
        ("evidence", [PHOTO] * (EVIDENCE_COUNT_MAX + 1), "mistyped_field"),
        ("evidence", [[PHOTO]], "mistyped_field"),
        ("evidence", {PHOTO: 1}, "mistyped_field"),
    ],
)
def test_an_answer_that_does_not_fit_is_told(type_: str, value: Any, code: str) -> None:
    assert ask(type_, value) == code


def test_a_field_may_have_a_limit_of_its_own() -> None:
    assert ask("text", "字" * 10, max=10) is None
    assert ask("text", "字" * 11, max=10) == "field_too_long"
    assert ask("number", 10, max=10) is None
    assert ask("number", 10.5, max=10) == "number_too_large"


@pytest.mark.parametrize("type_", list(FieldType))
@pytest.mark.parametrize("empty", [None, "", []])
def test_what_is_not_answered_is_missing_only_where_it_is_required(type_: FieldType, empty: Any) -> None:
    for given in ({"it": empty}, {}):
        assert answers((field(type_),), given, KNOWN) == ({}, ())
        _, problems = answers((field(type_, required=True),), given, KNOWN)
        assert [problem.code for problem in problems] == ["missing_field"]


def test_what_the_form_does_not_ask_is_told_and_not_kept() -> None:
    kept, problems = answers((field("text"),), {"it": "字", "more\x00": 1, "x" * 100: 2}, KNOWN)
    assert kept == {"it": "字"}
    assert [(problem.name, problem.code) for problem in problems] == [
        ("more\ufffd", "unknown_field"),
        ("x" * 60, "unknown_field"),
    ]


@pytest.mark.parametrize("type_", ["unit", "person"])
def test_what_somebody_sent_is_repeated_fit_to_be_stored(type_: str) -> None:
    _, (problem,) = answers((field(type_),), {"it": "U\x00\ud800" + "x" * 900}, KNOWN)
    assert control_free(problem.words)
    assert len(problem.words) < 100
    assert legible("a\x00b\ud800c", 4) == "a\ufffdb\ufffd"


@pytest.mark.parametrize(
    "given",
    [
        {"type": "choice"},
        {"type": "choices", "options": {}},
        {"type": "text", "options": OPTIONS},
        {"type": "moon"},
        {"name": "It"},
        {"name": "9a"},
        {"title": ""},
        {"maximum": 5},
    ],
)
def test_a_field_that_cannot_be_asked_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FormField.model_validate({"name": "it", "title": "此项", "type": "text", **given})


def test_what_is_unknown_is_named_with_what_is_known() -> None:
    _, problems = answers(
        (field("choice"), FormField(name="b", title="乙项", type=FieldType.CHOICES, options=OPTIONS)),
        {"it": "c", "b": ["d"], "foo": 1},
        KNOWN,
    )
    assert [problem.words for problem in problems] == [
        "表单没有“foo”这一项",
        "“此项”应为：a（甲）、b（乙）",
        "“乙项”应为：a（甲）、b（乙）",
    ]
