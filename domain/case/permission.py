"""Permissions: whether this person, under this hat, may take this action on this case now."""

from domain.case.item import Item
from domain.case.state import Case
from domain.case.verbs import VERBS
from domain.rules.hat import Actor, Post
from domain.rules.procedure import INTAKE, Action, Procedure
from domain.rules.refusal import Code, Refusal


def permitted(
    case: Case, action_id: str, action: Action, procedure: Procedure, actor: Actor, home: str
) -> Refusal | None:
    """Why the actor may not take the action: stage, recusal, post, windows, separation, closing gate. None: allowed."""
    if case.closed and case.stage not in action.from_:
        return Refusal(Code.CASE_CLOSED, f"事项已{case.stage_title.removeprefix('已')}，不能再{action.title}")
    if case.stage not in action.from_:
        return Refusal(Code.ACTION_NOT_ALLOWED_IN_STAGE, f"事项处于“{case.stage_title}”，此时不能{action.title}")
    if actor.person in case.recused:
        return Refusal(Code.PERSON_RECUSED, "您在本事项中已回避，不能参与办理")
    items = settleable(case, action)
    if not any(worn(case, by, actor, home, items) for by in action.by):
        if action.settles and not items:
            return Refusal(Code.NOTHING_TO_SETTLE, f"没有可以{action.title}的事")
        return Refusal(Code.HAT_NOT_ALLOWED, f"您当前的身份不能对本事项{action.title}")
    if action.settles and not items:
        return Refusal(Code.NOTHING_TO_SETTLE, f"没有可以{action.title}的事")
    return (
        _timely(case, action_id, action, procedure)
        or _separated(case, action_id, procedure, actor)
        or _gate(case, action_id, action, procedure)
    )


def worn(case: Case, by: str, actor: Actor, home: str, items: tuple[Item, ...]) -> bool:
    """Whether the actor's hat fills the post `by` in this case; `items`: those that could be answered."""
    match by:
        case "holder":
            return case.holder == str(actor.hat)
        case "opener":
            return case.opened_by == actor.person
        case "addressee":
            return any(item.to == str(actor.hat) for item in items)
    unit = case.unit.id if case.unit else None
    return Post.parse(by).worn_by(actor.hat, case.lineage, unit, home)


def settleable(case: Case, action: Action) -> tuple[Item, ...]:
    """The open items that an action could settle."""
    kinds = action.settles.kinds if action.settles else ()
    return tuple(item for item in case.items.values() if item.open and item.kind in kinds)


def answerable(case: Case, action: Action, actor: Actor, home: str) -> tuple[Item, ...]:
    """Those open items that this actor, under this hat, may settle."""
    return tuple(
        item for item in settleable(case, action) if any(worn(case, by, actor, home, (item,)) for by in action.by)
    )


def _timely(case: Case, action_id: str, action: Action, procedure: Procedure) -> Refusal | None:
    if action.within is not None and _state(case, action.within) != "running":
        return Refusal(Code.WINDOW_CLOSED, f"“{procedure.clocks[action.within].title}”已过，不能再{action.title}")
    if action.after is not None and _state(case, action.after) is None:
        return Refusal(
            Code.WINDOW_STILL_OPEN, f"“{procedure.clocks[action.after].title}”还没有开始，还不能{action.title}"
        )
    if action.after is not None and _state(case, action.after) != "lapsed":
        return Refusal(
            Code.WINDOW_STILL_OPEN, f"“{procedure.clocks[action.after].title}”尚未期满，还不能{action.title}"
        )
    if action.times is not None and action_id in case.done and case.done[action_id].times >= action.times:
        return Refusal(Code.DONE_ALREADY, f"{action.title}只能办理 {action.times} 次")
    verb = VERBS.get(action.effect or "")
    return verb.timely(case, action.title) if verb else None


def _state(case: Case, window: str) -> str | None:
    clock = case.clocks.get(window)
    return clock.state if clock else None


def _separated(case: Case, action_id: str, procedure: Procedure, actor: Actor) -> Refusal | None:
    """DOMAIN §6.1: compared by person, never by account or hat."""
    for rule in procedure.separation:
        mine = [group for group in rule.groups if action_id in group]
        for other in rule.groups:
            if not mine or other in mine:
                continue
            for done in other:
                if actor.person in _doers(case, done):
                    return Refusal(Code.SAME_PERSON, f"{rule.title}：您已对本事项{procedure.act_title(done)}")
    return None


def _doers(case: Case, name: str) -> tuple[str, ...]:
    """The persons who have taken an action, or who opened the case."""
    if name == INTAKE:
        return (case.opened_by,)
    return case.done[name].persons if name in case.done else ()


def _gate(case: Case, action_id: str, action: Action, procedure: Procedure) -> Refusal | None:
    """What closing needs has been done since the last submission, or is being done by this very action."""
    closes = any(procedure.stages[branch.stage].closed for branch in action.to)
    if case.closed or action.unfinished or not closes:
        return None
    closing = procedure.closing
    since = max((case.done[a].version for a in closing.after if a in case.done), default=0)
    for needed in closing.acts:
        if needed == action_id:
            continue
        if needed not in case.done or case.done[needed].version < since:
            return Refusal(Code.CLOSING_GATE, f"尚未{procedure.actions[needed].title}，不能{action.title}")
    return None
