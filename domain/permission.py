"""Permissions: whether this person, under this hat, may take this action on this case now."""

from domain.case import Case
from domain.hat import Actor, Post, Role
from domain.procedure import Action, Procedure
from domain.refusal import Refusal


def permitted(
    case: Case, action_id: str, action: Action, procedure: Procedure, actor: Actor, home: str
) -> Refusal | None:
    """Why not, in the order in which a person would ask; None when it is allowed."""
    if case.closed and case.stage not in action.from_:
        return Refusal("case_closed", f"事项已{case.stage_title.removeprefix('已')}，不能再{action.title}")
    if case.stage not in action.from_:
        return Refusal("action_not_allowed_in_stage", f"事项处于“{case.stage_title}”，此时不能{action.title}")
    unit = case.unit.id if case.unit else None
    if not any(Post.parse(by).worn_by(actor.hat, case.lineage, unit, home) for by in action.by):
        return Refusal("hat_not_allowed", f"您当前的身份不能对本事项{action.title}")
    if action.within is not None and _shut(case, action.within):
        return Refusal("window_closed", f"“{procedure.clocks[action.within].title}”已过，不能再{action.title}")
    return _separated(case, action_id, procedure, actor) or _gate(case, action_id, action, procedure)


def _shut(case: Case, window: str) -> bool:
    clock = case.clocks.get(window)
    return clock is None or clock.state != "running"


def _separated(case: Case, action_id: str, procedure: Procedure, actor: Actor) -> Refusal | None:
    """DOMAIN §6.1: compared by person, never by account or hat."""
    for rule in procedure.separation:
        mine = [group for group in rule.groups if action_id in group]
        for other in rule.groups:
            if not mine or other in mine:
                continue
            for done in other:
                if done in case.done and actor.person in case.done[done].persons:
                    title = procedure.actions[done].title
                    return Refusal("same_person", f"{rule.title}：您已对本事项{title}")
    return None


def _gate(case: Case, action_id: str, action: Action, procedure: Procedure) -> Refusal | None:
    """What closing needs has been done since the last submission, or is being done by this very action."""
    if case.closed or not any(procedure.stages[branch.stage].closed for branch in action.to):
        return None
    closing = procedure.closing
    since = max((case.done[a].version for a in closing.after if a in case.done), default=0)
    for needed in closing.acts:
        if needed == action_id:
            continue
        if needed not in case.done or case.done[needed].version < since:
            return Refusal("closing_gate", f"尚未{procedure.actions[needed].title}，不能{action.title}")
    return None


def knows_reporter(case: Case, procedure: Procedure, actor: Actor) -> bool:
    """Whether this person has put on record, at this stage, why he or she must know who reported (DOMAIN §6.5)."""
    return any(
        action.reveals_reporter
        and case.stage in action.from_
        and name in case.done
        and actor.person in case.done[name].persons
        for name, action in procedure.actions.items()
    )


def sees(case: Case, actor: Actor, home: str) -> bool:
    """Whether this hat may look at the case: its scope lies above the case, or is a unit that has had it.

    A resident follows what he or she reported, not what the neighbours did.
    """
    if actor.hat.role == Role.RESIDENT:
        return case.opened_by == actor.person
    return actor.hat.scope in case.units or (home == actor.hat.scope and home in case.lineage.values())
