"""Spawning: a child case, opened under the rights of whoever asks for it."""

from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from domain.case.act import CheckedAct, asked
from domain.case.command import TITLE_LENGTH_MAX, Open
from domain.case.consequence import Consequence, Facts, invalid
from domain.case.context import Place
from domain.case.event import CaseOpened
from domain.case.evidence import nameable
from domain.case.opening import open_case
from domain.case.state import Case
from domain.case.verbs.verb import Verb
from domain.clocks.clock import Move
from domain.rules.form import legible
from domain.rules.hat import LEVELS
from domain.rules.refusal import Code, Refusal
from domain.rules.template import filled


class Spawn(Verb):
    """A child case, opened by a letter under the rights of the person who asks; a refusal comes at once."""

    name = "spawn"

    def decide(self, act: CheckedAct, facts: Facts) -> Consequence | Refusal:
        """What the act brings, or why it cannot be."""
        context, lineage = act.context, act.case.lineage
        child = context.child
        if child is None:
            said_by = (act.action.spawns and act.action.spawns.by_field) or "procedure"
            named = legible(str(act.action.child(act.fields)), 40)
            return invalid(said_by, f"没有名为“{named}”的办理流程", "unknown_choice")
        division = act.fields.get("division") or act.case.division
        place = context.places.get(division)
        if division == act.case.division:
            place = Place(division, next(level for level in LEVELS if level in lineage), lineage)
        data = {"fields": {}, **act.fields, **_said(act), "division": division}
        command = Open(data["procedure"], division, data["title"], data["fields"])
        known = replace(context.known, evidence=nameable(act.case, context))
        tried = open_case(command, replace(context, procedure=child, place=place, rivals=(), known=known), act.at)
        if isinstance(tried, Refusal):
            return tried
        opened = tried[0]
        for_now = isinstance(opened, CaseOpened) and child.stages[opened.move.stage].for_now
        if isinstance(opened, CaseOpened) and opened.move.sealed and not for_now and not act.case.sealed:
            return Refusal(Code.SEALED_ELSEWHERE, f"{child.title}密封办理，请直接登记，不能衍生")
        if isinstance(opened, CaseOpened) and act.case.sealed and not _as_sealed(opened.move, act.case):
            return Refusal(Code.SEALED_ELSEWHERE, "密封办理的事项只能衍生密封给相同岗位的事项，以免外泄；请另行登记")
        case_id = str(uuid5(NAMESPACE_OID, f"bihuan:child:{context.case_id}:{act.version}"))
        one = asked(act, facts, data={**data, "case": case_id})
        return one if isinstance(one, Refusal) else Consequence(opened=[one])


def _as_sealed(move: Move, parent: Case) -> bool:
    """Whether everybody who may see the child may see the parent too: the child names it."""
    return bool(move.sealed) and set(move.sealed) <= set(parent.sealed)


def _said(act: CheckedAct) -> dict[str, Any]:
    """Procedure, title and form of the child where the action itself says them; {} where its form does."""
    spawns = act.action.spawns
    if spawns is None:
        return {}
    about = act.item.data if act.item else {}
    silent = dict.fromkeys(act.context.procedure.fields, "")  # an absent field fills in as an empty text
    names = {**silent, **act.case.fields, **about, **act.fields, "case_title": act.case.title}
    procedure = str(act.action.child(act.fields))
    more = act.fields.get(spawns.more or "") or {}
    title = filled({"title": spawns.title}, names).get("title", act.case.title)
    return {
        "procedure": procedure,
        "title": title[:TITLE_LENGTH_MAX],
        "fields": {**filled(spawns.fields.get(procedure, {}), names), **more},
    }
