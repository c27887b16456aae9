"""Starting a clock, and counting it again: its due dates, cards and ladder, written into events."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from domain.clocks.clock import Clock, Rung
from domain.days.calendar import Calendar
from domain.days.counting import Due, Pause, after, before, count, count_until, internal_due, share_of
from domain.days.instant import Instant
from domain.days.limit import Limit, Roll, TimeUnit
from domain.rules.hat import Post
from domain.rules.procedure import Procedure
from domain.rules.rule import Before, Cards, ClockRule, Share, meets


@dataclass(frozen=True, slots=True)
class Setting:
    """What clocks of a case are counted by: rules, calendar, and where the case is."""

    procedure: Procedure
    calendar: Calendar
    lineage: Mapping[str, str]


def start(
    setting: Setting,
    clock_id: str,
    facts: Mapping[str, Any],
    at: Instant,
    version: int,
    limit: Limit | None = None,
    *,
    item: str | None = None,
    now: Instant | None = None,
) -> Clock:
    """The clock `clock_id` as it starts at `at` for a case with `facts`; `limit` overrides the rule's.

    `item`: it is this item's clock, called after it, and the unit in `facts` is the one that answers there. `now`: when
    it is started, if that is later than what it is counted from; nothing happens before it.
    """
    rule = setting.procedure.clocks[clock_id]
    variant = rule.variant(facts)
    terms = rule.terms(variant)
    new = Clock(
        id=item or clock_id,
        title=terms.title,
        limit=limit or terms.days(facts, at) or terms.limit,
        roll=terms.roll,
        authority=terms.authority,
        started_at=at,
        due_at=at,
        internal_due_at=None,
        provisional=False,
        calendar=setting.calendar.version,
        version=version,
        window=terms.window,
        variant=variant,
        rule=clock_id if item else None,
        item=item,
        unit=facts.get("unit"),
        unit_level=facts.get("unit_level"),
        until=None if limit else terms.ends(facts),
    )
    return timed(setting, new, facts, now or at)


def timed(setting: Setting, clock: Clock, facts: Mapping[str, Any], at: Instant) -> Clock:
    """`clock` with its dates counted from everything it has been through, as of `at`; what has fired stays.

    An unfired rung whose new instant lies before `at` is set to `at`: nothing becomes due in the past. `facts` select
    the rungs of a new clock; one counted again keeps those it had.
    """
    rule = setting.procedure.clocks[clock.rule or clock.id].terms(clock.variant)
    calendar = setting.calendar
    due = due_of(calendar, clock)
    if clock.window:
        # A resident's window never lapses on a date that is not certain.
        rungs: tuple[Rung, ...] = () if due.provisional else (Rung("lapse", due.due_at, "lapse"),)
        warned = None
    else:
        cards = rule.cards_for(spanned(calendar, clock))
        warned = _internal(cards, calendar, clock, due)
        rungs = (*_cards(cards, warned, calendar, clock, due), *_ladder(setting, rule, clock, facts, due))
    kept = tuple(rung for rung in clock.rungs if rung.id in clock.fired)
    fresh = tuple(replace(rung, at=max(rung.at, at)) for rung in rungs if rung.id not in clock.fired)
    return replace(
        clock,
        due_at=due.due_at,
        internal_due_at=warned,
        provisional=due.provisional,
        calendar=calendar.version,
        rungs=(*kept, *fresh),
    )


def due_of(calendar: Calendar, clock: Clock) -> Due:
    """When a clock's budget is used up."""
    if clock.until is None:
        return count(calendar, clock.started_at, clock.budget, Roll(clock.roll), clock.pauses)
    more = Limit(clock.budget.n - clock.limit.n, clock.limit.unit)
    return count_until(calendar, clock.started_at, clock.until, more, clock.pauses)


def spanned(calendar: Calendar, clock: Clock) -> Limit:
    """The budget as a limit: in seconds, none where it was over at the start, if the form has named its end."""
    if clock.until is None:
        return clock.budget
    whole = due_of(calendar, replace(clock, pauses=())).due_at - clock.started_at
    return Limit(max(0, whole // timedelta(seconds=1)), TimeUnit.SECOND)


def resumed(setting: Setting, clock: Clock, facts: Mapping[str, Any], at: Instant) -> Clock:
    """A paused clock as it runs on from `at`. One that is late keeps its due date, and its ladder waits as long."""
    last = clock.pauses[-1]
    pauses = (*clock.pauses[:-1], Pause(last.began_at, at, last.ground))
    running = replace(clock, state="running", pauses=pauses)
    if not clock.red:
        return timed(setting, running, facts, at)
    put_off = tuple(
        rung if rung.id in clock.fired else replace(rung, at=rung.at + (at - last.began_at)) for rung in clock.rungs
    )
    return replace(running, rungs=put_off)


def paused(clock: Clock, ground: str, at: Instant) -> Clock:
    """A running clock as it stops counting at `at`."""
    return replace(clock, state="paused", pauses=(*clock.pauses, Pause(at, None, ground)))


def _internal(cards: Cards, calendar: Calendar, clock: Clock, due: Due) -> Instant | None:
    match cards.warning:
        case Share(share=share):
            return internal_due(calendar, clock.started_at, spanned(calendar, clock), due, share, clock.pauses)
        case Before(before=lead):
            return before(calendar, due, lead)[0]
    return None


def _cards(cards: Cards, warned: Instant | None, calendar: Calendar, clock: Clock, due: Due) -> tuple[Rung, ...]:
    begun = clock.started_at
    rungs = [Rung("red", due.due_at, "card", color="red")]
    match cards.yellow:
        case Share(share=(numerator, denominator)):
            rungs.append(Rung("yellow", share_of(begun, due.due_at, numerator, denominator), "card", color="yellow"))
        case Before(before=lead):
            rungs.append(Rung("yellow", before(calendar, due, lead)[0], "card", color="yellow"))
    if warned is not None:
        rungs.append(Rung("warning", warned, "warn"))
    # A warning or yellow card due before the clock's start is left out; the red one always stays.
    return tuple(sorted((r for r in rungs if r.at > begun or r.id == "red"), key=lambda rung: rung.at))


def _ladder(setting: Setting, rule: ClockRule, clock: Clock, facts: Mapping[str, Any], due: Due) -> tuple[Rung, ...]:
    rungs = []
    had = {rung.id for rung in clock.rungs}
    given = {**facts, "unit": clock.unit, "unit_level": clock.unit_level}
    for step in setting.procedure.ladders.get(rule.ladder or "", []):
        post = Post.parse(step.to)
        hat = post.at(setting.lineage, clock.unit)
        if hat is None or (step.to not in had if had else not meets(step.when, given)):
            continue
        level = clock.unit_level if post.level == "unit" else post.level
        climbs_at = after(setting.calendar, due, step.after).due_at
        rungs.append(Rung(step.to, climbs_at, "climb", to=str(hat), level=level))
    return tuple(rungs)
