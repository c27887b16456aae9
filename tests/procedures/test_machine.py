"""Random lives of every procedure: whatever people do and whenever, what may never happen does not.

BIHUAN_RANDOM_STEPS sets how many steps at least (10,000; `make nightly` takes a million).
"""

import os
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from domain.case import state as cases
from domain.case.acting import act
from domain.case.command import Act, Tell
from domain.case.fold import fold
from domain.case.state import Case, pending
from domain.clocks.budget import budget
from domain.clocks.schedule import due_of
from domain.rules.form import FieldType, FormField
from domain.rules.procedure import INTAKE, Action
from domain.rules.refusal import Refusal
from procedures import paths
from tests.domain.scene import (
    COUNTY,
    COUNTY_UNIT,
    PHOTO,
    TOWNSHIP,
    TOWNSHIP_UNIT,
    VILLAGE,
    Life,
    calendar,
    context,
    procedure,
    when,
    wider,
)  # fmt: skip
from tests.procedures.test_lives import PROCEDURES, scripts

STEPS = int(os.environ.get("BIHUAN_RANDOM_STEPS", "10000"))
STEPS_EACH = 50
SCOPES = {"village": [VILLAGE], "township": [TOWNSHIP], "county": [COUNTY], "unit": [TOWNSHIP_UNIT, COUNTY_UNIT]}
TOLD: Counter[str] = Counter()


def hat_for(post: str, case: Case, draw: Any) -> str:
    """Somebody who might fill a post."""
    if post == "holder":
        return case.holder or f"dispatcher@{TOWNSHIP}"
    if post == "addressee":
        return str(
            draw(st.sampled_from([i.to for i in case.items.values() if i.open and i.to] or [f"head@{TOWNSHIP}"]))
        )
    if post == "opener":
        return case.opened_as
    role, _, level = post.partition("@")
    if level == "unit" and case.unit and draw(st.integers(0, 9)):
        return f"{role}@{case.unit.id}"
    return f"{role}@{draw(st.sampled_from(SCOPES.get(level, [TOWNSHIP, COUNTY])))}"


def answer(field: FormField, one: Life, action: Action, draw: Any) -> Any:  # noqa: C901 - one line a type
    """Something that fits the field, as a rule."""
    case = one.now
    items = [i.id for i in case.items.values() if i.open and action.settles and i.kind in action.settles.kinds]
    day = (one.at + timedelta(hours=8)).date()
    match field.type:
        case FieldType.CHOICE:
            return draw(st.sampled_from(list(field.options or {})))
        case FieldType.CHOICES:
            return draw(st.lists(st.sampled_from(list(field.options or {})), max_size=2, unique=True))
        case FieldType.BOOLEAN:
            return draw(st.booleans())
        case FieldType.NUMBER:
            return draw(st.sampled_from([30, 20, 16, 15, 19, 11, 3, 1])) if field.max != 5 else draw(st.integers(1, 6))
        case FieldType.UNIT:
            unit = draw(st.sampled_from([TOWNSHIP_UNIT, TOWNSHIP_UNIT, COUNTY_UNIT]))
            return [unit] if field.many else unit
        case FieldType.PERSON:
            return "P-0001"
        case FieldType.EVIDENCE:
            return [PHOTO]
        case FieldType.ITEM:
            return draw(st.sampled_from(items or ["return.1"]))
        case FieldType.CLOCK:
            running = [c.id for c in case.clocks.values() if c.state == "running"]
            return draw(st.sampled_from(running or ["handle"]))
        case FieldType.DATE:
            return (day + timedelta(days=0 if field.past else draw(st.integers(0, 35)))).isoformat()
        case FieldType.INSTANT:
            return (one.at - timedelta(hours=draw(st.integers(0, 48)))).isoformat()
        case FieldType.FIELDS:
            return {}
        case FieldType.CASE:
            return "00000000-0000-0000-0000-000000000000"
        case _:
            return draw(st.sampled_from(["样例文字", "2", "已办"]))


class Lives(RuleBasedStateMachine):
    """One case of one procedure, at the mercy of everybody and of time."""

    def __init__(self) -> None:
        super().__init__()
        self.one: Life | None = None
        self.keys: set[str] = set()

    @initialize(
        name=st.sampled_from(PROCEDURES),
        at=st.sampled_from(["2026-02-10 09:00", "2026-09-28 16:30", "2026-11-30 08:00"]),
    )
    def open(self, name: str, at: str) -> None:
        script = scripts(name)["main"]
        one = Life(procedure(name), when(at))
        opened = one.open(script.fields, script.hat, script.division, title=script.title)
        assert not isinstance(opened, Refusal), opened
        self.one = one
        TOLD[name] += 1

    @rule(data=st.data())
    def act_twice(self, data: st.DataObject) -> None:
        """Most of what happens to a case is done by people."""
        self.act(data)
        self.act(data)

    @rule(data=st.data())
    def act(self, data: st.DataObject) -> None:
        one, draw = self.one, data.draw
        if one is None:
            return
        case = one.now
        able = [name for name, action in one.rules.actions.items() if case.stage in action.from_]
        # The procedure's own actions lead somewhere; what can be answered is answered more often than not.
        ready = [name for name in able if (s := one.rules.actions[name].settles) and any(
            i.open and i.kind in s.kinds for i in case.items.values())]  # fmt: skip
        own = [name for name in able if not one.rules.actions[name].verb]
        name = draw(st.sampled_from([*own * 4, *ready * 4, *able] or list(one.rules.actions)))
        action = one.rules.actions[name]
        fields = {
            f.name: answer(f, one, action, draw) for f in action.asked if f.required or draw(st.integers(0, 2)) == 0
        }
        hat = hat_for(draw(st.sampled_from(action.by)), case, draw)
        person = draw(st.sampled_from([None, None, None, "P-1", "P-2"]))
        given = context(one.rules, hat, person)
        if any(f.type is FieldType.CASE for f in action.form):
            given = replace(given, known=replace(given.known, cases=frozenset()))
        decided = act(case, Act(name, fields, "理由" if action.reason else None), given, one.at)
        one._take(decided, given.actor)
        TOLD["refused" if isinstance(decided, Refusal) else "acted"] += 1
        TOLD[f"  {decided.code}" if isinstance(decided, Refusal) else f"  done {'verb' if action.verb else 'own'}"] += 1

    @rule(hours=st.sampled_from([0.01, 1, 5, 24, 24, 72, 24 * 8, 24 * 31]))
    def wait(self, hours: float) -> None:
        if self.one is not None:
            self.pass_time(self.one.at + timedelta(hours=hours))

    @rule(early=st.booleans())
    def wait_for_what_is_next(self, early: bool) -> None:
        """To the very instant, or a microsecond before it, when nothing may happen."""
        one = self.one
        if one is None or one.now.wake_at is None:
            return
        early = early and one.now.wake_at > one.at  # what was late from its beginning comes at once
        before = one.now.version
        self.pass_time(one.now.wake_at - timedelta(microseconds=early))
        assert (one.now.version == before) == early

    @rule()
    def a_year_is_published(self) -> None:
        one = self.one
        if one is not None and not any(c.calendar == wider().version for c in one.now.clocks.values()):
            assert not isinstance(one.rederive(wider()), Refusal)
            self.pass_time(one.at)

    @rule(kind=st.sampled_from(["merged", "linked", "child_closed", "declined"]))
    def hear(self, kind: str) -> None:
        if self.one is not None:
            self.one.hear(Tell(kind, "00000000-0000-0000-0000-000000000001", "YH-2026-000009", "样例"))

    def pass_time(self, at: Any) -> None:
        one = self.one
        assert one is not None
        at = max(at, one.at)
        for firing in one.expire(at):
            TOLD["fired"] += 1
            assert firing.due_at <= at, "early"
            assert firing.key not in self.keys, "twice"
            self.keys.add(firing.key)

    @invariant()
    def holds(self) -> None:
        if self.one is None:
            return
        TOLD["steps"] += 1
        case, at = self.one.now, self.one.at
        watched(case)
        separated(self.one)
        for clock in case.clocks.values():
            budgeted(clock, at)
            assert not [rung for rung in pending(clock) if rung.at < at], "late"

    def teardown(self) -> None:
        if self.one is not None:
            assert fold(None, self.one.facts) == self.one.now
            assert cases.load(cases.dump(self.one.now)) == self.one.now


def watched(case: Case) -> None:
    """Never a case without holder and clock."""
    if case.closed:
        duties = [clock for clock in case.clocks.values() if clock.state == "running" and not clock.window]
        assert not duties, "a duty runs in a closed case"
        assert not case.held
        assert case.stage == "merged" or not any(clock.state == "paused" for clock in case.clocks.values())
        return
    assert case.holder
    running = [c for c in case.clocks.values() if c.state == "running"]
    waiting = [c for c in running if not c.window or c.rungs or c.provisional]
    assert waiting, (case.stage, {c.id: c.state for c in case.clocks.values()})
    if any(c.state == "paused" for c in case.clocks.values()):
        assert case.held, "paused for ever"


def separated(one: Life) -> None:
    """Separated pairs are never one person, and nobody rules on what he or she asked for."""
    done = one.now.done
    for each in one.rules.separation:
        for first, second in combinations(each.groups, 2):
            opened = {INTAKE: (one.now.opened_by,)}
            by = {**{name: doing.persons for name, doing in done.items()}, **opened}
            there = [
                {person for act in group if act not in other for person in by.get(act, ())}
                for group, other in ((first, second), (second, first))
            ]
            assert not there[0] & there[1], (each.title, there)
    for item in one.now.items.values():
        kind = one.rules.items.get(item.kind)
        if kind and kind.apart and item.state in kind.states:
            assert item.by != item.settled_by


def budgeted(clock: Any, at: Any) -> None:
    """What is used up and what is left are the limit with its extensions, and no time is lost."""
    if clock.state not in ("running", "paused") or clock.started_at > at:
        return
    now = wider() if clock.calendar == wider().version else calendar()
    stand = budget(now, clock, at)
    assert stand.consumed + stand.left == stand.whole
    assert stand.running + stand.paused == at - clock.started_at
    if clock.state == "running" and not (clock.red and clock.pauses):
        assert due_of(now, clock).due_at == clock.due_at
    if clock.until is not None:
        assert clock.pauses or clock.extensions or clock.due_at == clock.until + timedelta(microseconds=1)
    elif clock.limit.duration is not None:
        assert stand.whole == (clock.budget.duration or timedelta()) // timedelta(seconds=1)


def test_what_may_never_happen_does_not() -> None:
    runs = 0
    while TOLD["steps"] < STEPS:
        runs += 1
        run_state_machine_as_test(
            Lives,
            settings=settings(
                max_examples=max(10, min(1000, STEPS // STEPS_EACH)), stateful_step_count=STEPS_EACH, deadline=None,
                suppress_health_check=list(HealthCheck), database=None, print_blob=True,
            ),
        )  # fmt: skip
        assert runs < 10_000
    print("\n" + "\n".join(f"{name}: {number}" for name, number in sorted(TOLD.items())))
    assert TOLD["steps"] >= STEPS
    # Lives in which nothing is ever allowed would prove nothing.
    assert TOLD["acted"] > TOLD["steps"] / 20
    assert TOLD["fired"] > 0
    assert len([path for path in paths() if TOLD[path.stem]]) == len(PROCEDURES)
