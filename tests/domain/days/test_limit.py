"""Limits: what may be written, and how it is said."""

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.days.limit import Limit, TimeUnit

READER = TypeAdapter(Limit)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("60 days", Limit(60, TimeUnit.DAY)),
        ("1 day", Limit(1, TimeUnit.DAY)),
        ("5 working days", Limit(5, TimeUnit.WORKING_DAY)),
        ("5 working_day", Limit(5, TimeUnit.WORKING_DAY)),
        ("2 hours", Limit(2, TimeUnit.HOUR)),
        ("30 Minutes", Limit(30, TimeUnit.MINUTE)),
        ("3 months", Limit(3, TimeUnit.MONTH)),
        ("60日", Limit(60, TimeUnit.DAY)),
        ("60 天", Limit(60, TimeUnit.DAY)),
        ("5个工作日", Limit(5, TimeUnit.WORKING_DAY)),
        ("2小时", Limit(2, TimeUnit.HOUR)),
        ("1个月", Limit(1, TimeUnit.MONTH)),
        ("10秒", Limit(10, TimeUnit.SECOND)),
    ],
)
def test_a_limit_is_read_in_english_and_chinese(text: str, limit: Limit) -> None:
    assert Limit.parse(text) == limit
    assert Limit.parse(str(limit)) == limit


@pytest.mark.parametrize("text", ["", "days", "60", "-1 days", "1.5 hours", "3 moons", "60 days or so", "六十日"])
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="看不懂的时限"):
        Limit.parse(text)


def test_files_and_schemas_speak_of_n_and_unit() -> None:
    assert READER.validate_python({"n": 60, "unit": "day"}) == Limit(60, TimeUnit.DAY)
    assert READER.dump_json(Limit(5, TimeUnit.WORKING_DAY)) == b'{"n":5,"unit":"working_day"}'
    assert READER.json_schema()["required"] == ["n", "unit"]


@pytest.mark.parametrize(
    "given",
    [
        {"n": -1, "unit": "day"},
        {"n": True, "unit": "day"},
        {"n": 1.5, "unit": "hour"},
        {"n": "60", "unit": "day"},
        {"n": 1, "unit": "week"},
        {"n": 1, "unit": "day", "roll": "forward"},
        {"n": 36_526, "unit": "day"},
        {"n": 1_201, "unit": "month"},
    ],
)
def test_a_limit_that_is_none_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        READER.validate_python(given)


@pytest.mark.parametrize(
    ("text", "short"),
    [
        *[(text, True) for text in ("24 hours", "30 minutes", "1 day", "1 working day", "0 days", "0 months")],
        *[(text, False) for text in ("25 hours", "86401 seconds", "2 days", "2 working days", "1 month")],
    ],
)
def test_a_limit_of_a_day_or_less_is_short(text: str, short: bool) -> None:
    assert Limit.parse(text).short is short
