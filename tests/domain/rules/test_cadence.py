"""When rounds come round: by the calendar of Shanghai, every period once, and none before it is due."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import procedures
from domain.days.instant import SHANGHAI, local
from domain.rules.cadence import Cadence
from domain.rules.procedure import INTAKE, ProcedureFault
from domain.rules.round import read
from tests.domain.scene import procedure, when

MONTH = Cadence(every="month", on=1, at="00:00")
QUARTER = Cadence(every="quarter", on=1, at="00:00")
WEEK = Cadence(every="week", on=1, at="08:00")
GOOD = {
    "id": "one", "title": "一轮", "opens": "hazard", "level": "village", "name": "${period}",
    "hat": "integration@county", "cadence": {"every": "month", "on": 1, "at": "00:00"},
}  # fmt: skip
SEEDED = {"fields": {"month": "${seed}"}}


def test_a_year_has_its_periods() -> None:
    since, until = when("2026-01-01 00:00"), when("2026-12-31 23:59")
    assert [len(list(each.periods(since, until))) for each in (MONTH, QUARTER, WEEK)] == [12, 4, 52]


@pytest.mark.parametrize(
    ("cadence", "at", "key", "name", "previous"),
    [
        (MONTH, "2026-03-01 00:00", "2026-03", "2026年3月", "2026年2月"),
        (MONTH, "2027-01-01 00:00", "2027-01", "2027年1月", "2026年12月"),
        (QUARTER, "2026-01-01 00:00", "2026-Q1", "2026年第一季度", "2025年第四季度"),
        (QUARTER, "2026-10-01 00:00", "2026-Q4", "2026年第四季度", "2026年第三季度"),
        (WEEK, "2026-03-02 08:00", "2026-W10", "2026年第10周", "2026年第9周"),
        (WEEK, "2025-12-29 08:00", "2026-W01", "2026年第1周", "2025年第52周"),  # the week that has the year's Thursday
    ],
)
def test_a_period_is_due_at_its_instant_and_called_by_its_name(
    cadence: Cadence, at: str, key: str, name: str, previous: str
) -> None:
    (period,) = cadence.periods(when(at), when(at))
    assert (period.key, period.name, period.previous, period.due_at) == (key, name, previous, when(at))
    assert list(cadence.periods(when(at) + timedelta(seconds=1), when(at) + timedelta(hours=1))) == []
    assert list(cadence.periods(when(at) - timedelta(hours=1), when(at) - timedelta(seconds=1))) == []


cadences = st.one_of(
    st.builds(Cadence, every=st.sampled_from(["month", "quarter"]), on=st.integers(1, 28), at=st.just("23:59")),
    st.builds(Cadence, every=st.just("week"), on=st.integers(1, 7), at=st.sampled_from(["00:00", "08:30"])),
)
instants = st.datetimes(when("2020-01-01 00:00").replace(tzinfo=None), when("2030-01-01 00:00").replace(tzinfo=None))


@given(cadences, instants, st.lists(st.integers(0, 90), max_size=4))
def test_looking_often_finds_what_looking_once_does(cadence: Cadence, start: object, days: list[int]) -> None:
    since = start.replace(tzinfo=SHANGHAI)  # type: ignore[attr-defined]
    until = since + timedelta(days=sum(days))
    once = list(cadence.periods(since, until))
    assert len({each.key for each in once}) == len(once)
    assert [each.key for each in once] == sorted(each.key for each in once)
    often, at = set(), since
    for step in days:
        at += timedelta(days=step)
        often |= {each.key for each in cadence.periods(since, at)}
    assert often <= {each.key for each in once}
    assert not days or often == {each.key for each in once}
    assert all(local(each.due_at).strftime("%H:%M") == cadence.at for each in once)
    for earlier, later in pairwise(once):
        assert (earlier.key, earlier.name) == (later.previous_key, later.previous)


def test_every_round_of_the_house_opens_a_procedure_by_its_own_form() -> None:
    found = procedures.rounds()
    assert {one.id for one in found} == {
        "affairs_day", "disclosure", "weekly_analysis", "monthly_scheduling", "regular_check", "surprise_check",
    }  # fmt: skip
    for one in found:
        rules = procedure(one.opens)
        form = {field.name: field for field in rules.intake.form}
        assert set(one.fields) <= form.keys(), rules.act_title(INTAKE)
        assert {name for name, field in form.items() if field.required} <= set(one.fields)


def test_a_seed_comes_from_lots_only() -> None:
    with pytest.raises(ProcedureFault, match="draws"):
        read(GOOD | SEEDED)


@pytest.mark.parametrize(
    "wrong",
    [
        {"cadence": {"every": "month", "on": 29, "at": "00:00"}},
        {"cadence": {"every": "week", "on": 8, "at": "00:00"}},
        {"cadence": {"every": "week", "on": 1, "at": "24:00"}},
        {"name": "${nobody}"},
        {"name": "100$"},
        {"fields": {"month": "${__class__}"}},
        {"hat": "integration"},
        {"hat": "nobody@county"},
        {"level": "city"},
        {"often": True},
        {"draws": {"of": "village", "count": 2}},
        {"draws": {"of": "township", "count": 0}},
    ],
)
def test_a_wrong_round_is_refused_and_says_where(wrong: dict[str, object]) -> None:
    assert read(GOOD).titled({"period": "2026年3月"}) == "2026年3月"
    assert read(GOOD | SEEDED | {"draws": {"of": "county", "count": 1}}).filled({"seed": "5e"}) == {"month": "5e"}
    with pytest.raises(ProcedureFault) as fault:
        read(GOOD | wrong)
    assert next(iter(wrong)) in str(fault.value)
