"""The case as others see it: one shape for the API, the command line and the pages."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from domain.case.item import Item
from domain.case.permission import answerable, permitted, worn
from domain.case.sight import follower, outsider
from domain.case.state import Case
from domain.case.verbs import VERBS
from domain.case.verbs.request_extension import extendable
from domain.days.instant import rfc3339
from domain.rules.form import FieldType, FormField
from domain.rules.hat import Actor
from domain.rules.procedure import Action, Procedure


def present(case_id: str, case: Case) -> dict[str, Any]:
    """The case less its `actions`: a function of the state alone, so that replay can be compared."""
    return {
        "case_id": case_id,
        "number": case.number,
        "procedure": {"id": case.procedure.id, "version": case.procedure.version, "sha256": case.procedure.sha256},
        "title": case.title,
        "division": case.division,
        "stage": case.stage,
        "stage_title": case.stage_title,
        "level": case.level,
        "holder": case.holder,
        "version": case.version,
        "closed": case.closed,
        "reopened": case.reopened,
        "escalations": case.escalations,
        "has_reporter": case.has_reporter,
        "occurred_at": rfc3339(case.occurred_at),
        "opened_at": rfc3339(case.opened_at),
        "recorded_at": rfc3339(case.recorded_at),
        "fields": case.fields,
        "cards": {"yellow": case.cards.get("yellow", 0), "red": case.cards.get("red", 0)},
        "clocks": [
            {
                "id": clock.id,
                "title": clock.title,
                "state": clock.state,
                "started_at": rfc3339(clock.started_at),
                "due_at": rfc3339(clock.due_at),
                "internal_due_at": rfc3339(clock.internal_due_at) if clock.internal_due_at else None,
                "provisional": clock.provisional,
                "authority": clock.authority,
                "limit": {"n": clock.limit.n, "unit": str(clock.limit.unit)},
                "fired": list(clock.fired),
                "item": clock.item,
                "extensions": [
                    {"n": each.n, "at": rfc3339(each.at), "authority": each.authority} for each in clock.extensions
                ],
                "pauses": [
                    {
                        "began_at": rfc3339(each.began_at),
                        "ended_at": rfc3339(each.ended_at) if each.ended_at else None,
                        "ground": each.ground,
                    }
                    for each in clock.pauses
                ],
            }
            for clock in case.clocks.values()
        ],
        "items": [_item(item) for item in case.items.values()],
        "tallies": [{**asdict(tally), "result": tally.result} for tally in case.tallies.values()],
        "recused": list(case.recused),
        "parent": case.parent,
        "merged_into": case.merged_into,
        "hops": len(case.had_by),
        "first_unit": case.had_by[0] if case.had_by else None,
        "failures": case.failures,
        "documents": len(case.papers),
        "sealed": bool(case.sealed),
    }


def shown(case_id: str, case: Case, actor: Actor) -> dict[str, Any]:
    """The case as this actor may see it."""
    answer = present(case_id, case)
    if follower(case, actor):
        answer |= {name: [] for name in ("clocks", "items", "tallies", "recused")}
    if outsider(case, actor):
        theirs: dict[str, Any] = {"data": {}, "answer": {}, "by": "", "settled_by": None}
        answer |= {"fields": {}, "items": [i if i["by"] == actor.person else {**i, **theirs} for i in answer["items"]]}
    return answer


def _item(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": item.kind,
        "title": item.title,
        "state": item.state,
        "state_title": item.state_title or "待办",
        "to": item.to,
        "by": item.by,
        "unit": item.unit.id if item.unit else None,
        "blocks": item.blocks,
        "data": item.data,
        "answer": item.answer,
        "settled_by": item.settled_by,
    }


HINT_LENGTH = 24
ELSEWHERE = {"earlier", "first", "had_before", "assigned"}  # known only with the other cases or the named unit


def possible(case: Case, action: Action, procedure: Procedure, facts: Mapping[str, Any]) -> bool:
    """Whether anything that the form could say would make it possible; what depends on the answer stays offered."""
    answered = {field.name for field in action.asked} | ELSEWHERE
    for each in action.requires:
        if not answered & {*each.when, *(each.unless or {}), *(each.override or {})} and not each.holds(facts):
            return False
    verb = VERBS.get(action.effect or "")
    if case.held and action.to and not (verb and verb.ends_hold):
        stages = [procedure.stages[branch.stage] for branch in action.to]
        if not any(stage.closed for stage in stages) and all(branch.stage != case.stage for branch in action.to):
            return False
    return verb is None or verb.possible(case, procedure)


def _called(item: Item) -> str:
    """An item by its kind, its number and the beginning of what was said, so that a person can tell items apart."""
    said = next((value for value in item.data.values() if isinstance(value, str)), "")
    return f"{item.title} {item.id.rpartition('.')[2]}：{said[:HINT_LENGTH]}" if said else f"{item.title} {item.id}"


def _asked(
    field: FormField, case: Case, action: Action, procedure: Procedure, actor: Actor, home: str
) -> dict[str, Any]:
    """A field as the API shows it; what is chosen from the case itself comes as a choice, with its options."""
    if field.type is FieldType.ITEM:
        options = {item.id: _called(item) for item in answerable(case, action, actor, home)}
    elif field.type is FieldType.CLOCK:
        options = {clock.id: clock.title for clock in extendable(case, procedure)}
    else:
        verb = VERBS.get(action.effect or "")
        own = verb.options(field, case, procedure, actor.person) if verb else None
        if own is None:
            return field.shown
        options = dict(own)
    return {**field.shown, "type": str(FieldType.CHOICE), "options": options}


def offered(case: Case, procedure: Procedure, actor: Actor, home: str) -> list[dict[str, Any]]:
    """What this actor may do now, each action with its form: a client needs no knowledge of procedures.

    The procedure's own actions come first, then the shared verbs.
    """
    facts, items = case.facts, tuple(item for item in case.items.values() if item.open)
    # A person wears one hat: most posts, and with them most actions, are ruled out at once.
    posts = {post for post in procedure.posts if worn(case, post, actor, home, items)}
    actions = []
    for action_id, action in procedure.actions_at.get(case.stage, ()):
        if posts.isdisjoint(action.by) or permitted(case, action_id, action, procedure, actor, home) is not None:
            continue
        if not possible(case, action, procedure, facts):
            continue
        verb = VERBS.get(action.effect or "")
        form = None if verb and verb.asks_case else action.shown_form
        if form is None:
            form = [_asked(field, case, action, procedure, actor, home) for field in action.asked]
            if any(field["required"] and field.get("options") == {} for field in form):
                continue  # there is nothing to choose from
        actions.append(
            {
                "id": action_id,
                "title": action.title,
                "shared": action.verb,
                "reason_required": action.reason,
                "form": form,
            }
        )
    return actions
