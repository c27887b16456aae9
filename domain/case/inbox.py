"""Inbox: what the letters of other cases, and a new calendar, make happen to this case."""

from dataclasses import replace

from domain.case.command import Tell
from domain.case.context import Context
from domain.case.event import ClockRederived, ClocksResumed, Event, ItemOpened, ItemSettled, NewsReceived
from domain.case.item import Item
from domain.case.stage_entry import enter, foreseen
from domain.case.state import HOLD, Case
from domain.clocks.clock import Clock, Then
from domain.clocks.schedule import resumed, timed
from domain.days.instant import Instant
from domain.rules.refusal import Code, Refusal

ENGINE = "bihuan"


def hear(case: Case, news: Tell, context: Context, at: Instant) -> tuple[Event, ...] | Refusal:
    """What a message from another case does. A Refusal goes back to the sender."""
    received = NewsReceived(news.kind, news.other, news.number, news.words)
    match news.kind:
        case "merged":
            return _merged(case, news, context, received)
        case "split_off" | "declined" if case.merged_into == news.other:
            return _restored(case, context, at, received)
        case "child_closed" | "declined":
            waiting = [i for i in case.items.values() if i.open and i.kind == "child" and i.data["case"] == news.other]
            state, title = ("closed", "已办结") if news.kind == "child_closed" else ("declined", "未能开立")
            words = {"words": news.words} if news.words else {}
            return (received, *(ItemSettled(item.id, state, title, words) for item in waiting))
        case _:
            return (received,)


def _merged(case: Case, news: Tell, context: Context, received: NewsReceived) -> tuple[Event, ...] | Refusal:
    kind = context.procedure.items.get("source")
    if case.closed or kind is None:
        return Refusal(Code.OTHER_CASE_CLOSED, f"事项 {case.number} 已经了结或不能并案")
    if any(item.kind == "source" and item.open and item.data["case"] == news.other for item in case.items.values()):
        return (received,)
    number = sum(item.kind == "source" for item in case.items.values()) + 1
    caller = next((f"{post.partition('@')[0]}@{case.lineage[level]}" for post in kind.to
                   if (level := post.partition("@")[2]) in case.lineage), None)  # fmt: skip
    source = Item(
        id=f"source.{number}", kind="source", title=kind.title, version=case.version + 1, by=ENGINE, to=caller,
        blocks=kind.blocks, data={"case": news.other, "number": news.number, "words": news.words},
    )  # fmt: skip
    return (received, ItemOpened(source))


def _restored(case: Case, context: Context, at: Instant, received: NewsReceived) -> tuple[Event, ...] | Refusal:
    """A merged case stands again where it stood, and its time runs on."""
    left = case.left
    assert left is not None  # set by the merge: the stage and unit to return to
    setting = context.setting(case.lineage)
    facts = {**case.facts, "unit": left.unit.id if left.unit else None}
    facts["unit_level"] = left.unit.level if left.unit else None
    waiting = [clock for clock in case.clocks.values() if clock.state == "paused"]
    move = enter(setting, left.stage, facts, at, case.version + 1, [clock.id for clock in waiting])
    if isinstance(move, Refusal):
        return move
    back = tuple(resumed(setting, clock, facts, at) for clock in waiting)
    return (ClocksResumed(back), replace(received, move=replace(move, unit=left.unit)))


def rederived(case: Case, context: Context, at: Instant) -> tuple[Event, ...] | Refusal:
    """Every clock that the calendar in force counts otherwise, with the date before kept. () when there is none.

    Paused clocks are counted when they run on; the clock that ends the pause is counted again now.
    """
    setting = context.setting(case.lineage)
    events: list[Event] = []
    for clock in case.clocks.values():
        if clock.state != "running" or clock.calendar == context.calendar.version or clock.red:
            continue
        if clock.id == HOLD:
            waiting = [each for each in case.clocks.values() if each.state == "paused"]
            back = tuple(resumed(setting, each, case.facts, clock.due_at) for each in waiting)
            again: Clock | Refusal = replace(timed(setting, clock, case.facts, at), then=Then(resumed=back))
        else:
            again = foreseen(setting, timed(setting, replace(clock, then=None), case.facts, at), case.facts)
        if isinstance(again, Refusal):
            return again
        if replace(again, calendar=clock.calendar) != clock:
            events.append(ClockRederived(again, clock.due_at, clock.calendar, clock.provisional))
    return tuple(events)
