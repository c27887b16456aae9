"""What a procedure needs wherever it runs: at each open stage the post that holds it, its clocks and their ladders."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from domain.clocks.schedule import Setting, start
from domain.days.calendar import Calendar
from domain.days.instant import Instant
from domain.days.limit import Limit
from domain.rules.hat import LEVELS, STANDING, Post
from domain.rules.procedure import Procedure, Stage
from domain.rules.rule import ClockRule, Value, meets

UNIT = "unit"
UNIT_LEVELS = ("township", "county")  # a ladder climbs from the unit's level, so each level is a row
ANYWHERE: Mapping[str, str] = {level: level for level in LEVELS}  # level → level: `head@county` is a post and a hat
OF_THE_UNIT = {UNIT, "unit_level"}
Facts = dict[str, Value]


@dataclass(frozen=True, slots=True)
class ToldPost:
    """A rung of a ladder: the post that it notifies, and when, if the clock started at the instant asked for."""

    post: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Demand:
    """One row: a stage with its holder, and one of its clocks (None: it has none) under one of its variants.

    `facts`: what the case says for this variant to hold; `after`: the action by which the limit is this one.
    `unit_level`: for cases of a unit of this level; None: whatever the unit.
    """

    stage: str
    title: str
    holder: str
    unit_level: str | None
    clock: str | None = None
    clock_title: str = ""
    facts: tuple[tuple[str, Value], ...] = ()
    after: str | None = None
    limit: Limit | None = None
    authority: str = ""
    due_at: Instant | None = None
    internal_due_at: Instant | None = None
    provisional: bool = False
    window: bool = False
    rungs: tuple[ToldPost, ...] = ()


def needs(procedure: Procedure, calendar: Calendar, at: Instant) -> Iterator[Demand]:
    """Every open stage with every clock that begins there at `at`, under every variant; the first stages first.

    A clock that one stage starts and others continue is listed only at the stage that starts it. One that no stage
    starts (an action does) is listed at every stage that continues it.
    """
    setting = Setting(procedure, calendar, ANYWHERE)
    begun = {clock for stage in procedure.stages.values() for clock in stage.clocks}
    for name in _in_order(procedure):
        stage = procedure.stages[name]
        if stage.closed or stage.holder is None:
            continue
        clocks = [*stage.clocks, *(clock for clock in stage.continues if clock not in begun)]
        for clock in clocks:
            yield from _of_clock(setting, name, stage, stage.holder, clock, at)
        if not clocks:
            for level in UNIT_LEVELS if _at_unit(stage.holder) else (None,):
                yield Demand(name, stage.title, stage.holder, level)


def posts(procedure: Procedure) -> dict[str, tuple[str, ...]]:
    """Every post that somebody must fill, and for what: stages, ladders, items, extensions, and repeated lateness."""
    wanted = dict[str, dict[str, None]]()
    for post, use in _posts(procedure):
        if Post.parse(post).role not in STANDING:
            wanted.setdefault(post, {})[use] = None
    return {post: tuple(uses) for post, uses in wanted.items()}


def _in_order(procedure: Procedure) -> list[str]:
    """The open and closed stages in the order in which a case passes them; the pinned JSON is sorted by name instead.

    A conditional branch is followed only to stages that nothing else reaches, so that a way back does not count.
    """
    certain = _walked(procedure, set(procedure.stages))
    ordered = _walked(procedure, set(certain))
    return [*ordered, *(name for name in procedure.stages if name not in ordered)]


def _walked(procedure: Procedure, sure: set[str]) -> list[str]:
    """The stages reached, each before those to which it leads. `sure`: not reached by conditional branches."""
    left = dict[str, None]()
    seen = set[str]()

    def walk(name: str) -> None:
        seen.add(name)
        closed = procedure.stages[name].closed
        ways = [action for _, action in procedure.actions_at[name] if not (closed or action.failure)]
        for branch in (branch for action in ways for branch in action.to):
            if branch.stage not in seen and not (branch.when and branch.stage in sure):
                walk(branch.stage)
        left[name] = None

    for branch in reversed(procedure.intake.stage):
        if branch.stage not in seen:
            walk(branch.stage)
    return list(left)[::-1]


def _posts(procedure: Procedure) -> Iterator[tuple[str, str]]:
    for stage in procedure.stages.values():
        if stage.holder and not stage.closed:
            yield stage.holder, stage.title
    for clock in procedure.clocks.values():
        for ladder in {each: None for each in (clock.ladder, *(v.ladder for v in clock.variants)) if each}:
            yield from ((rung.to, f"{clock.title}升级") for rung in procedure.ladders[ladder])
        if clock.extension:
            yield clock.extension.by[0], f"{clock.title}延期"
    yield from ((kind.to[0], kind.title) for kind in procedure.items.values() if kind.to)
    if procedure.repeated:
        yield procedure.repeated.to, "多次超期"


def _of_clock(setting: Setting, name: str, stage: Stage, holder: str, clock: str, at: Instant) -> Iterator[Demand]:
    rule = setting.procedure.clocks[clock]
    levels = UNIT_LEVELS if _at_unit(holder) or _asks_for_unit(setting.procedure, rule) else (None,)
    for level in levels:
        cases = list(_cases(setting.procedure, rule, level))
        ways: list[tuple[str | None, Limit | None, Facts]] = [(None, None, facts) for facts in cases]
        ways += [
            (action.title, action.limits[clock], cases[0])
            for action in setting.procedure.actions.values()
            if clock in action.limits and any(branch.stage == name for branch in action.to)
        ]
        for after, limit, facts in ways:
            given: dict[str, Any] = {**facts, "unit": UNIT if level else None, "unit_level": level}
            begun = start(setting, clock, given, at, 1, limit)
            yield Demand(
                name, stage.title, holder, level, clock, begun.title, tuple(facts.items()), after,
                begun.limit, begun.authority, begun.due_at, begun.internal_due_at, begun.provisional, begun.window,
                tuple(ToldPost(rung.id, rung.at) for rung in begun.rungs if rung.kind == "climb"),
            )  # fmt: skip


def _cases(procedure: Procedure, rule: ClockRule, level: str | None) -> Iterator[Facts]:
    """For each variant of this clock and each set of rungs: the fewest form fields (name → value) that select it."""
    ladders = [each for each in (rule.ladder, *(variant.ladder for variant in rule.variants)) if each]
    conditions = [
        rule.when, *(variant.when for variant in rule.variants),
        *(rung.when for ladder in ladders for rung in procedure.ladders[ladder]),
    ]  # fmt: skip
    said = dict[str, dict[Value, None]]()
    for condition in conditions:
        for name in (each for each in condition if each not in OF_THE_UNIT):  # in the order in which it is written
            said.setdefault(name, {None: None}).update(dict.fromkeys(condition[name]))
    seen = set[tuple[int | None, tuple[str, ...]]]()
    for values in product(*said.values()):
        facts: Facts = {name: value for name, value in zip(said, values, strict=True) if value is not None}
        there = {**facts, "unit_level": level}
        if not meets(rule.when, there):
            continue
        variant = rule.variant(there)
        rungs = procedure.ladders.get(rule.terms(variant).ladder or "", [])
        way = variant, tuple(rung.to for rung in rungs if meets(rung.when, there))
        if way not in seen:
            seen.add(way)
            yield facts


def _asks_for_unit(procedure: Procedure, rule: ClockRule) -> bool:
    """Whether a rung notifies the unit, or has a condition on the unit."""
    ladders = {rule.ladder, *(variant.ladder for variant in rule.variants)} - {None}
    rungs = [rung for ladder in ladders for rung in procedure.ladders[str(ladder)]]
    return any(_at_unit(rung.to) or OF_THE_UNIT & rung.when.keys() for rung in rungs)


def _at_unit(post: str) -> bool:
    return Post.parse(post).level == UNIT
