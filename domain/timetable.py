"""Starting a clock: its due dates, cards and ladder, worked out once and written into the event."""

from collections.abc import Mapping
from typing import Any

from domain.calendar import Calendar
from domain.counting import Due, after, before, count, internal_due, share_of
from domain.event import Clock, Rung
from domain.hat import Post
from domain.instant import Instant
from domain.limit import Limit
from domain.procedure import Before, Cards, ClockRule, Procedure, Share, meets


def start(
    procedure: Procedure,
    clock_id: str,
    *,
    facts: Mapping[str, Any],
    lineage: Mapping[str, str],
    calendar: Calendar,
    at: Instant,
    version: int,
    limit: Limit | None = None,
) -> Clock:
    """The clock `clock_id` as it starts at `at` for a case with `facts`; `limit` overrides the rule's."""
    rule = procedure.clocks[clock_id].terms(facts)
    limit = limit or rule.limit
    due = count(calendar, at, limit, rule.roll)
    if rule.window:
        warned: Instant | None = None
        rungs: tuple[Rung, ...] = (Rung("lapse", due.due_at, "lapse"),)
    else:
        cards = rule.cards_for(limit)
        warned = _internal(cards, calendar, at, limit, due)
        rungs = (*_cards(cards, warned, calendar, at, due), *_ladder(procedure, rule, facts, lineage, calendar, due))
    return Clock(
        id=clock_id,
        title=rule.title,
        limit=limit,
        roll=rule.roll,
        authority=rule.authority,
        started_at=at,
        due_at=due.due_at,
        internal_due_at=warned,
        provisional=due.provisional,
        calendar=calendar.version,
        version=version,
        window=rule.window,
        rungs=rungs,
    )


def _internal(cards: Cards, calendar: Calendar, at: Instant, limit: Limit, due: Due) -> Instant | None:
    if cards.warning is None:
        return None
    return internal_due(calendar, at, limit, due, cards.warning.share)


def _cards(cards: Cards, warned: Instant | None, calendar: Calendar, at: Instant, due: Due) -> tuple[Rung, ...]:
    rungs = [Rung("red", due.due_at, "card", color="red")]
    match cards.yellow:
        case Share(share=(numerator, denominator)):
            rungs.append(Rung("yellow", share_of(at, due.due_at, numerator, denominator), "card", color="yellow"))
        case Before(before=lead):
            rungs.append(Rung("yellow", before(calendar, due, lead)[0], "card", color="yellow"))
    if warned is not None:
        rungs.append(Rung("warning", warned, "warn"))
    # A warning that would lie before the clock's own start says nothing; red always stays.
    return tuple(sorted((r for r in rungs if r.at > at or r.id == "red"), key=lambda rung: rung.at))


def _ladder(
    procedure: Procedure,
    rule: ClockRule,
    facts: Mapping[str, Any],
    lineage: Mapping[str, str],
    calendar: Calendar,
    due: Due,
) -> tuple[Rung, ...]:
    rungs = []
    for step in procedure.ladders.get(rule.ladder or "", []):
        post = Post.parse(step.to)
        hat = post.at(lineage, facts.get("unit"))
        if hat is None or not meets(step.when, facts):
            continue
        level = facts.get("unit_level") if post.level == "unit" else post.level
        climbs_at = after(calendar, due, step.after).due_at
        rungs.append(Rung(step.to, climbs_at, "climb", to=str(hat), level=level))
    return tuple(rungs)
