"""Instants: what is stored, what is shown, and which day they belong to."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import BaseModel, ValidationError

from domain.days.instant import SHANGHAI, Instant, day_of, end_of, midnight, rfc3339, shown


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        ("2026-10-09T00:00:00+08:00", "2026-10-08 24:00"),
        ("2026-10-08T16:00:00+00:00", "2026-10-08 24:00"),
        ("2026-01-01T00:00:00+08:00", "2025-12-31 24:00"),
        ("2026-10-08T17:30:00+08:00", "2026-10-08 17:30"),
        ("2026-10-08T17:30:05+08:00", "2026-10-08 17:30:05"),
        ("2026-10-09T00:00:00.000001+08:00", "2026-10-09 00:00"),
    ],
)
def test_a_due_date_at_midnight_is_shown_as_the_day_before(instant: str, words: str) -> None:
    assert shown(at(instant)) == words


def test_rfc3339_shows_shanghai_and_microseconds_only_when_there_are_any() -> None:
    assert rfc3339(at("2026-10-08T16:00:00+00:00")) == "2026-10-09T00:00:00+08:00"
    assert rfc3339(at("2026-10-08T16:00:00.000120+00:00")) == "2026-10-09T00:00:00.000120+08:00"


def test_a_day_begins_at_midnight_in_shanghai_and_is_kept_in_utc() -> None:
    assert midnight(date(2026, 10, 9)) == datetime(2026, 10, 9, tzinfo=SHANGHAI)
    assert midnight(date(2026, 10, 9)).tzinfo is UTC
    assert end_of(date(2026, 10, 8)) == midnight(date(2026, 10, 9))
    assert day_of(midnight(date(2026, 10, 9))) == date(2026, 10, 9)
    assert day_of(midnight(date(2026, 10, 9)) - timedelta(microseconds=1)) == date(2026, 10, 8)


def test_the_summer_times_of_1986_to_1991_do_not_count() -> None:
    assert midnight(date(1988, 7, 1)) == at("1988-07-01T00:00:00+08:00")


def test_a_time_without_zone_is_refused() -> None:
    naive = datetime(2026, 10, 8)  # noqa: DTZ001
    for asked in (day_of, rfc3339, shown):
        with pytest.raises(ValueError, match="缺少时区"):
            asked(naive)


class Letter(BaseModel):
    sent_at: Instant


def test_models_keep_the_instant_and_refuse_naive_ones() -> None:
    letter = Letter.model_validate({"sent_at": "2026-10-09T00:00:00+08:00"})
    assert letter.sent_at == datetime(2026, 10, 8, 16, tzinfo=UTC)
    with pytest.raises(ValidationError, match="timezone"):
        Letter.model_validate({"sent_at": "2026-10-09T00:00:00"})
