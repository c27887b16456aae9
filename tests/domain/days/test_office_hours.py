"""Office hours by the official calendar."""

import pytest

from domain.days.office_hours import DEFAULT, OfficeHours
from tests.domain.scene import calendar, when


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-23 07:59:59", False),  # a Monday
        ("2026-11-23 08:00:00", True),
        ("2026-11-23 17:59:59", True),
        ("2026-11-23 18:00:00", False),
        ("2026-11-22 10:00:00", False),  # a Sunday
        ("2026-02-14 10:00:00", True),  # a Saturday that is worked for the spring festival
        ("2026-02-17 10:00:00", False),  # the spring festival
        ("2026-02-17 02:00:00", False),
    ],
)
def test_offices_are_open_on_working_days(at: str, is_open: bool) -> None:
    assert DEFAULT.open(calendar(), when(at)) is is_open


def test_hours_are_read_as_they_are_shown() -> None:
    assert str(OfficeHours.parse("08:30-17:30")) == "08:30-17:30"
    for text in ("8:00-18:00", "18:00-08:00", "08:00-08:00", "08:00-24:00", "", "08:00"):
        with pytest.raises(ValueError, match="08:00-18:00"):
            OfficeHours.parse(text)
