"""Deciding is total: whatever is asked of whatever case yields events or a refusal that can be told."""

import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case import event as events
from domain.case import state as cases
from domain.case.acting import act
from domain.case.command import Act, Open
from domain.case.event import ActionTaken, CaseOpened, Event
from domain.case.opening import open_case
from domain.case.state import Case
from domain.rules.form import control_free
from domain.rules.procedure import Procedure
from domain.rules.refusal import Refusal
from tests.domain.scene import (
    APPROVER,
    CALLER,
    COUNTY,
    COUNTY_UNIT,
    DISPATCHER,
    GRID_WORKER,
    HANDLER,
    HAZARD,
    MAIN_LINE,
    PHOTO,
    TOWNSHIP,
    TOWNSHIP_UNIT,
    VILLAGE,
    context,
    life,
    procedure,
    when,
)

AT = when("2026-11-23 09:00")

ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(st.characters(), max_size=12)
    | st.sampled_from([PHOTO, TOWNSHIP_UNIT, "safety", "general", "2026-11-23", "2026-11-23\ud80009:30:00+08:00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
NAMES = st.text(st.characters(), max_size=8) | st.sampled_from(sorted({f for _, _, form in MAIN_LINE for f in form}))
ALL_HATS = [DISPATCHER, HANDLER, APPROVER, CALLER, GRID_WORKER, f"inspector@{COUNTY}", f"handler@{COUNTY_UNIT}"]
HATS_BY_POST = {
    "dispatcher@township": DISPATCHER,
    "handler@unit": HANDLER,
    "approver@township": APPROVER,
    "caller@township": CALLER,
    "grid_worker@village": GRID_WORKER,
    "inspector": f"inspector@{COUNTY}",
}


def answer(form_type: str, options: Any) -> st.SearchStrategy[Any]:
    """Mostly fitting answers, so that cases get far, and now and then anything."""
    fitting: dict[str, st.SearchStrategy[Any]] = {
        "text": st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=9).filter(str.strip),
        "place": st.just("村口"),
        "boolean": st.booleans(),
        "choice": st.sampled_from(list(options or ["-"])),
        "unit": st.sampled_from([TOWNSHIP_UNIT, COUNTY_UNIT]),
        "item": st.sampled_from(["return.1", "extension.1", "urge.1", "supervision.1", "signature.1"]),
        "clock": st.sampled_from(["handle", "plan", "co_handling.1"]),
        "date": st.sampled_from(["2026-11-25", "2026-12-01"]),
        "number": st.integers(1, 9),
        "evidence": st.sampled_from([PHOTO, [PHOTO]]),
    }
    return st.one_of(*[fitting.get(form_type, ANYTHING)] * 9, ANYTHING)


@st.composite
def commands(draw: st.DrawFn, rules: Procedure, stage: str | None) -> tuple[str, Act]:
    """A hat and an action: as a rule one of this stage, by someone who may."""
    likely = [name for name, action in rules.actions.items() if stage in action.from_]
    own = [name for name in likely if not rules.actions[name].verb]
    name = draw(st.sampled_from([*own * 20, *likely, *rules.actions]) | st.text(st.characters(), max_size=6))
    action = rules.actions.get(name)
    fields = draw(st.dictionaries(NAMES, ANYTHING, max_size=1))
    if action:
        if draw(st.integers(0, 3)):
            fields = {}
        fields |= {f.name: draw(answer(f.type, f.options)) for f in action.form if f.required or draw(st.booleans())}
    reason = draw(st.none() | st.just("理由") | st.text(st.characters(), max_size=5))
    hats = [HATS_BY_POST[post] for post in action.by if post in HATS_BY_POST] if action else []
    hat = draw(st.sampled_from(hats * 6 + ALL_HATS))
    return hat, Act(name, fields, reason, draw(st.sampled_from([None, None, None, 1, -1, 2**70])))


def legible(refusal: Refusal) -> bool:
    """Whether a refusal can be stored and sent: no NUL, no half of a surrogate pair."""
    texts = [refusal.code, refusal.words, *(text for e in refusal.errors for text in (e.name, e.code, e.words))]
    return all(control_free(text) for text in texts) and refusal.code.strip(string.ascii_lowercase + "_") == ""


def told(before: Case | None, decided: tuple[Event, ...] | Refusal) -> None:
    """Whatever was decided can be written down and read again."""
    if isinstance(decided, Refusal):
        assert legible(decided), decided
    else:
        kinds = [type(event) for event in decided]
        assert kinds.count(CaseOpened if before is None else ActionTaken) == 1
        assert [events.load(*events.dump(event)) for event in decided] == list(decided)


@pytest.mark.parametrize("procedure_id", ["hazard", "drill"])
def test_deciding_is_total(procedure_id: str) -> None:
    rules = procedure(procedure_id)
    reached: set[str] = set()

    @settings(max_examples=150, deadline=None, derandomize=True)  # the same lives on every machine
    @given(st.data())
    def lives(data: st.DataObject) -> None:
        one = life(procedure_id)
        for _ in range(12):
            hat, command = data.draw(commands(rules, one.now.stage))
            before = one.now
            given_context = context(rules, hat, data.draw(st.sampled_from([hat, "P-1"])))
            decided = act(before, command, given_context, one.at)
            told(before, decided)
            one._take(decided, given_context.actor)
            one.wait(hours=data.draw(st.sampled_from([0, 0, 0, 1, 30, 24 * 40])))
            assert cases.load(cases.dump(one.now)) == one.now
            reached.add(one.now.stage)

    lives()
    # A test of totality that never leaves the first stage would prove nothing.
    handled = set(rules.stages) - {"merged", "withdrawn"}
    assert len(reached & handled) > len(handled) / 2, reached


@settings(max_examples=100, deadline=None)
@given(
    division=st.sampled_from([VILLAGE, TOWNSHIP, COUNTY]) | st.text(st.characters(), max_size=15),
    title=st.text(st.characters(), max_size=130) | st.just("路边大坑"),
    fields=st.dictionaries(NAMES, ANYTHING, max_size=3)
    | st.just(HAZARD)
    | st.builds(lambda x: {**HAZARD, **x}, st.fixed_dictionaries({"emergency": ANYTHING})),
    hat=st.sampled_from(ALL_HATS),
)
def test_opening_is_total(division: str, title: str, fields: dict[str, Any], hat: str) -> None:
    rules = procedure("hazard")
    given_context = context(rules, hat, division=division)
    decided = open_case(Open("hazard", division, title, fields), given_context, AT)
    told(None, decided)
