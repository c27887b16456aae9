"""Effects between cases: merging, splitting, linking, spawning."""

from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from domain.case.act import CheckedAct, asked, moved
from domain.case.command import TITLE_LENGTH_MAX, Open
from domain.case.consequence import Consequence, Facts, invalid
from domain.case.context import Place
from domain.case.event import CaseOpened, ClocksPaused
from domain.case.evidence import nameable
from domain.case.opening import open_case
from domain.case.stage_entry import stage_clocks
from domain.case.state import Case
from domain.clocks.clock import Move
from domain.clocks.schedule import paused
from domain.hat import LEVELS
from domain.refusal import Code, Refusal
from domain.rules.form import legible
from domain.rules.template import filled


def merge(deed: CheckedAct, facts: Facts) -> Consequence | Refusal:
    """This case goes into another; its time stands still, in case that turns out to be a mistake."""
    into = next(other for other in deed.context.others.values() if other.case_id == deed.fields["into"])
    if into.case_id == deed.context.case_id:
        return invalid("into", "不能并入自身", "same_case")
    if into.procedure != deed.case.procedure.id:
        return invalid("into", "只能并入同一类事项", "other_procedure")
    if into.closed:
        return Refusal(Code.OTHER_CASE_CLOSED, f"事项 {into.number} 已经了结，不能并入")
    if deed.case.held:
        return Refusal(Code.CASE_ON_HOLD, f"事项已{deed.case.held.title}，请先恢复")
    waiting = [item for item in deed.case.items.values() if item.open and item.blocks]
    if any(item.kind == "source" for item in waiting):
        return Refusal(Code.HAS_SOURCES, "已有其他事项并入本事项，请把对方并入本事项，或先拆分")
    if waiting:
        return Refusal(Code.CLOSING_GATE, f"还有未办完的{waiting[0].title}（{waiting[0].id}），不能并案")
    move = moved(deed, deed.action.to[0].stage, facts, None)
    if isinstance(move, Refusal):
        return move
    running = stage_clocks(deed.context.procedure, deed.case.clocks)
    clocks = tuple(paused(deed.case.clocks[c], "merged", deed.at) for c in running if _runs(deed.case, c))
    before = (ClocksPaused(clocks, "merged", "并案"),) if clocks else ()
    return Consequence(before=before, move=replace(move, stopped=(), remembers=True), other=into.case_id)


def _runs(case: Case, clock: str) -> bool:
    return case.clocks[clock].state == "running" and not case.clocks[clock].window


def split(deed: CheckedAct, _facts: Facts) -> Consequence | Refusal:
    """The source goes its own way again; it will be told."""
    assert deed.item is not None
    return Consequence(other=deed.item.data["case"])


def link(deed: CheckedAct, _facts: Facts) -> Consequence | Refusal:
    """Both cases say so; neither changes. What is sealed is named nowhere else."""
    other = next(each for each in deed.context.others.values() if each.case_id == deed.fields["other"])
    if other.case_id == deed.context.case_id:
        return invalid("other", "不能与自身关联", "same_case")
    if other.sealed and not deed.case.sealed:
        return Refusal(Code.SEALED_ELSEWHERE, "密封办理的事项不能写进其他事项")
    return Consequence(other=other.case_id)


def _as_sealed(move: Move, parent: Case) -> bool:
    """Whether nobody sees the child, which names its parent, who does not see the parent."""
    return bool(move.sealed) and set(move.sealed) <= set(parent.sealed)


def spawn(deed: CheckedAct, facts: Facts) -> Consequence | Refusal:
    """A child case, to be opened under the rights of the person who asks for it; refused here if it would be there."""
    context, lineage = deed.context, deed.case.lineage
    child = context.child
    if child is None:
        said_by = (deed.action.spawns and deed.action.spawns.by_field) or "procedure"
        named = legible(str(deed.action.child(deed.fields)), 40)
        return invalid(said_by, f"没有名为“{named}”的办理流程", "unknown_choice")
    division = deed.fields.get("division") or deed.case.division
    place = context.places.get(division)
    if division == deed.case.division:
        place = Place(division, next(level for level in LEVELS if level in lineage), lineage)
    data = {"fields": {}, **deed.fields, **_said(deed), "division": division}
    command = Open(data["procedure"], division, data["title"], data["fields"])
    known = replace(context.known, evidence=nameable(deed.case, context))
    tried = open_case(command, replace(context, procedure=child, place=place, rivals=(), known=known), deed.at)
    if isinstance(tried, Refusal):
        return tried
    opened = tried[0]
    for_now = isinstance(opened, CaseOpened) and child.stages[opened.move.stage].for_now
    if isinstance(opened, CaseOpened) and opened.move.sealed and not for_now and not deed.case.sealed:
        return Refusal(Code.SEALED_ELSEWHERE, f"{child.title}密封办理，请直接登记，不能衍生")
    if isinstance(opened, CaseOpened) and deed.case.sealed and not _as_sealed(opened.move, deed.case):
        return Refusal(Code.SEALED_ELSEWHERE, "密封办理的事项只能衍生密封给相同岗位的事项，以免外泄；请另行登记")
    case_id = str(uuid5(NAMESPACE_OID, f"bihuan:child:{context.case_id}:{deed.version}"))
    one = asked(deed, facts, data={**data, "case": case_id})
    return one if isinstance(one, Refusal) else Consequence(opened=[one])


def _said(deed: CheckedAct) -> dict[str, Any]:
    """Procedure, title and form of the child where the action itself says them; {} where its form does."""
    spawns = deed.action.spawns
    if spawns is None:
        return {}
    about = deed.item.data if deed.item else {}
    silent = dict.fromkeys(deed.context.procedure.fields, "")  # what nobody said comes to nothing
    names = {**silent, **deed.case.fields, **about, **deed.fields, "case_title": deed.case.title}
    procedure = str(deed.action.child(deed.fields))
    more = deed.fields.get(spawns.more or "") or {}
    title = filled({"title": spawns.title}, names).get("title", deed.case.title)
    return {
        "procedure": procedure,
        "title": title[:TITLE_LENGTH_MAX],
        "fields": {**filled(spawns.fields.get(procedure, {}), names), **more},
    }
