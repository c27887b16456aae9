"""The times of a clock: its due date, cards and ladder for every kind of limit, over working days and holidays."""

from typing import Any

import pytest
import yaml

from domain.clocks.clock import Clock
from domain.clocks.schedule import Setting, start
from domain.days.calendar import Calendar
from domain.days.limit import Limit
from domain.rules.procedure import Procedure, read
from tests.domain.scene import COUNTY, PLACES, TOWNSHIP, VILLAGE, calendar, document, procedure, when, whole

UNIT = "U-141025101-01"
FACTS: dict[str, Any] = {"unit": UNIT, "unit_level": "township"}


def started(clock: str, at: str, rules: Procedure | None = None, limit: Limit | None = None, **facts: Any) -> Clock:
    setting = Setting(rules or procedure("hazard"), calendar(), PLACES[VILLAGE].lineage)
    return start(setting, clock, {**FACTS, **facts}, when(at), 7, limit)


def times(clock: Clock) -> dict[str, str]:
    """Every rung by id, shown on the clocks of Shanghai."""
    assert len({rung.id for rung in clock.rungs}) == len(clock.rungs)
    return {rung.id: f"{rung.at.astimezone(when('2026-01-01').tzinfo):%Y-%m-%d %H:%M:%S}" for rung in clock.rungs}


@pytest.mark.parametrize(
    ("clock", "facts", "at", "expected"),
    [
        pytest.param(
            "triage",
            {},
            "2026-11-23 09:00",
            {
                "yellow": "2026-11-24 03:00:00",
                "warning": "2026-11-24 04:12:00",
                "red": "2026-11-24 09:00:00",
                "head@township": "2026-11-24 09:00:00",
                "dispatcher@county": "2026-11-28 00:00:00",
            },
            id="24 hours",
        ),
        pytest.param(
            "triage",
            {},
            "2026-11-28 22:00",  # Saturday night: hours run on, the ladder's working days do not
            {
                "yellow": "2026-11-29 16:00:00",
                "warning": "2026-11-29 17:12:00",
                "red": "2026-11-29 22:00:00",
                "head@township": "2026-11-29 22:00:00",
                "dispatcher@county": "2026-12-03 00:00:00",
            },
            id="24 hours at the weekend",
        ),
        pytest.param(
            "triage",
            {"emergency": True},
            "2026-11-23 23:50",
            {
                "yellow": "2026-11-24 00:12:30",
                "warning": "2026-11-24 00:14:00",
                "red": "2026-11-24 00:20:00",
                "head@township": "2026-11-24 00:20:00",
                "dispatcher@county": "2026-11-24 02:20:00",
            },
            id="30 minutes",
        ),
        pytest.param(
            "sign",
            {},
            "2026-11-23 09:00",
            {
                "warning": "2026-11-24 00:00:00",
                "yellow": "2026-11-24 14:15:00",
                "red": "2026-11-25 00:00:00",
                "head@unit": "2026-11-25 00:00:00",
                "dispatcher@township": "2026-11-26 00:00:00",
                "dispatcher@county": "2026-11-28 00:00:00",
            },
            id="1 working day",
        ),
        pytest.param(
            "dispatch",
            {},
            "2026-09-30 10:00",
            {
                "warning": "2026-10-01 00:00:00",
                "yellow": "2026-10-06 20:30:00",
                "red": "2026-10-09 00:00:00",
                "head@township": "2026-10-09 00:00:00",
                "dispatcher@county": "2026-10-13 00:00:00",  # 10-09, Saturday 10-10 is worked, 10-12
            },
            id="1 working day over the National Day",
        ),
        pytest.param(
            "handle",
            {"grade": "spot"},
            "2026-11-23 09:00",
            {
                "yellow": "2026-11-23 20:15:00",
                "warning": "2026-11-23 21:00:00",
                "red": "2026-11-24 00:00:00",
                "head@unit": "2026-11-24 00:00:00",
                "dispatcher@township": "2026-11-25 00:00:00",
                "dispatcher@county": "2026-11-27 00:00:00",
            },
            id="the same day",
        ),
        pytest.param(
            "handle",
            {"grade": "simple"},
            "2026-11-23 09:00",
            {
                "yellow": "2026-11-26 00:00:00",
                "warning": "2026-11-26 00:00:00",
                "red": "2026-11-27 00:00:00",
                "head@unit": "2026-11-27 00:00:00",
                "dispatcher@township": "2026-11-28 00:00:00",
                "dispatcher@county": "2026-12-02 00:00:00",
            },
            id="3 days",
        ),
        pytest.param(
            "handle",
            {"grade": "simple"},
            "2026-09-30 10:00",  # yellow would be 09-30 00:00, before the start
            {
                "warning": "2026-10-03 00:00:00",
                "red": "2026-10-04 00:00:00",
                "head@unit": "2026-10-04 00:00:00",
                "dispatcher@township": "2026-10-09 00:00:00",
                "dispatcher@county": "2026-10-11 00:00:00",
            },
            id="3 days into the National Day",
        ),
        pytest.param(
            "handle",
            {"grade": "general"},
            "2026-11-23 09:00",
            {
                "warning": "2026-11-29 00:00:00",
                "yellow": "2026-11-30 00:00:00",
                "red": "2026-12-01 00:00:00",
                "head@unit": "2026-12-01 00:00:00",
                "dispatcher@township": "2026-12-02 00:00:00",
                "dispatcher@county": "2026-12-04 00:00:00",
            },
            id="7 days",
        ),
        pytest.param(
            "handle",
            {"grade": "general"},
            "2026-09-28 23:59",  # due on a holiday: a duty does not roll, yellow is the last day at work
            {
                "yellow": "2026-09-30 00:00:00",
                "warning": "2026-10-04 00:00:00",
                "red": "2026-10-06 00:00:00",
                "head@unit": "2026-10-06 00:00:00",
                "dispatcher@township": "2026-10-09 00:00:00",
                "dispatcher@county": "2026-10-11 00:00:00",
            },
            id="7 days over the National Day",
        ),
        pytest.param(
            "handle",
            {"grade": "hard"},
            "2026-11-23 09:00",
            {
                "warning": "2026-12-06 00:00:00",
                "yellow": "2026-12-08 00:00:00",
                "red": "2026-12-09 00:00:00",
                "head@unit": "2026-12-09 00:00:00",
                "dispatcher@township": "2026-12-10 00:00:00",
                "dispatcher@county": "2026-12-12 00:00:00",
            },
            id="15 days",
        ),
        pytest.param(
            "approve",
            {},
            "2026-11-23 09:00",
            {
                "yellow": "2026-11-26 00:00:00",
                "warning": "2026-11-26 00:00:00",
                "red": "2026-11-27 00:00:00",
                "head@township": "2026-11-27 00:00:00",
                "dispatcher@county": "2026-12-02 00:00:00",
            },
            id="3 working days",
        ),
        pytest.param(
            "approve",
            {"major": True},
            "2026-11-23 09:00",
            {
                "warning": "2026-12-02 00:00:00",
                "yellow": "2026-12-03 00:00:00",
                "red": "2026-12-04 00:00:00",
                "head@township": "2026-12-04 00:00:00",
                "dispatcher@county": "2026-12-09 00:00:00",
            },
            id="10 days",
        ),
        pytest.param("reopening", {}, "2026-11-23 09:00", {"lapse": "2026-12-24 00:00:00"}, id="a window of 30 days"),
    ],
)
def test_cards_and_ladder(clock: str, facts: dict[str, Any], at: str, expected: dict[str, str]) -> None:
    one = started(clock, at, **facts)
    assert times(one) == expected
    assert one.due_at == next(rung.at for rung in one.rungs if rung.id in ("red", "lapse"))
    assert [rung.at for rung in one.rungs if rung.kind != "climb"] == sorted(
        rung.at for rung in one.rungs if rung.kind != "climb"
    )


def test_a_drill_climbs_within_half_a_minute() -> None:
    assert times(started("triage", "2026-11-23 09:00:00.250", procedure("drill"))) == {
        "warning": "2026-11-23 09:00:05",
        "yellow": "2026-11-23 09:00:07",
        "red": "2026-11-23 09:00:10",
        "dispatcher@township": "2026-11-23 09:00:15",
        "dispatcher@county": "2026-11-23 09:00:20",
    }


def test_a_clock_remembers_what_it_was_counted_by() -> None:
    one = started("approve", "2026-11-23 09:00", major=True)
    assert (one.started_at, one.version, one.calendar) == (when("2026-11-23 09:00"), 7, calendar().version)
    assert (one.state, one.fired, one.window, one.roll) == ("running", (), False, "none")
    assert one.internal_due_at == when("2026-12-02 00:00")
    assert "第16号" in one.authority
    window = started("reopening", "2026-11-23 09:00")
    assert (window.window, window.internal_due_at) == (True, None)


@pytest.mark.parametrize(
    ("at", "provisional"), [("2026-12-28 09:00", False), ("2026-12-29 09:00", True), ("2026-12-31 23:59", True)]
)
def test_a_year_not_published_makes_a_clock_provisional(at: str, provisional: bool) -> None:
    assert started("approve", at).provisional is provisional


def test_without_a_calendar_monday_to_friday_is_assumed() -> None:
    rules = procedure("hazard")
    bare = start(Setting(rules, Calendar(), {}), "approve", FACTS, when("2026-09-30 09:00"), 1)
    assert (bare.due_at, bare.provisional) == (when("2026-10-06 00:00"), True)
    assert {rung.kind for rung in bare.rungs} == {"warn", "card"}  # nobody is known to climb to


def test_an_action_may_set_another_limit() -> None:
    one = started("handle", "2026-11-23 09:00", limit=Limit.parse("3 days"), grade="hard")
    assert (str(one.limit), one.due_at) == ("3日", when("2026-11-27 00:00"))


def test_the_ladder_names_posts_of_the_place_and_leaves_out_what_does_not_fit() -> None:
    township = [(r.to, r.level) for r in started("sign", "2026-11-23 09:00").rungs if r.kind == "climb"]
    assert township == [
        (f"head@{UNIT}", "township"),
        (f"dispatcher@{TOWNSHIP}", "township"),
        (f"dispatcher@{COUNTY}", "county"),
    ]
    county = started("sign", "2026-11-23 09:00", unit="U-141025-01", unit_level="county")
    assert [(r.to, r.level) for r in county.rungs if r.kind == "climb"] == [
        ("head@U-141025-01", "county"),
        (f"dispatcher@{COUNTY}", "county"),
    ]


def test_red_stays_even_when_there_is_no_time_at_all() -> None:
    one = started("triage", "2026-11-23 09:00", limit=Limit.parse("0 seconds"))
    assert times(one)["red"] == "2026-11-23 09:00:00"
    assert set(times(one)) == {"red", "head@township", "dispatcher@county"}


def test_cards_can_be_told_by_time_before_due_and_left_out() -> None:
    text = yaml.safe_load(document("hazard"))
    text["clocks"]["triage"]["cards"] = {"warning": None, "yellow": {"before": {"n": 2, "unit": "hour"}}}
    assert times(started("triage", "2026-11-23 09:00", read(whole(text)))) == {
        "yellow": "2026-11-24 07:00:00",
        "red": "2026-11-24 09:00:00",
        "head@township": "2026-11-24 09:00:00",
        "dispatcher@county": "2026-11-28 00:00:00",
    }
    text["clocks"]["triage"]["cards"] = {"warning": None, "yellow": None}
    assert "yellow" not in times(started("triage", "2026-11-23 09:00", read(whole(text))))
