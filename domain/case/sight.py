"""Sight: who may look at a case, and at how much of it."""

from domain.case.state import Case
from domain.hat import OPENER, Actor, Role
from domain.rules.procedure import Procedure


def knows_reporter(case: Case, procedure: Procedure, actor: Actor) -> bool:
    """Whether this person has put on record, at this stage, why he or she must know who reported (DOMAIN §6.5)."""
    return any(
        action.reveals_reporter
        and case.stage in action.from_
        and name in case.done
        and actor.person in case.done[name].persons
        for name, action in procedure.actions.items()
    )


def outsider(case: Case, actor: Actor) -> bool:
    """Whether this is somebody who sees of the case the papers and the state only, not what was said in it.

    It is public and none of theirs; or it is sealed, and they brought it.
    """
    return follower(case, actor) or (actor.hat.role == Role.RESIDENT and case.opened_by != actor.person)


def follower(case: Case, actor: Actor) -> bool:
    """Whether a sealed case shows itself to this actor only because he or she, as an official, brought it."""
    brought = OPENER in case.sealed and case.opened_by == actor.person
    return brought and actor.hat.role != Role.RESIDENT and str(actor.hat) not in case.sealed


def sees(case: Case, actor: Actor, home: str) -> bool:
    """Whether this hat may look at the case: its scope lies above the case, or is a unit that has had it.

    A sealed case shows itself to the hats it is sealed to, whatever lies above it, and where they are named to whoever
    brought it. A resident follows what he or she reported, not what the neighbours did, and the public affairs of his
    or her own place.
    """
    if actor.hat.role == Role.RESIDENT:
        own = case.public and not case.sealed and home in case.lineage.values()
        return case.opened_by == actor.person or own
    if case.sealed:
        return str(actor.hat) in case.sealed or follower(case, actor)
    if case.opened_by == actor.person:
        return True  # whoever brought it may follow it, wherever it went
    return actor.hat.scope in case.units or (home == actor.hat.scope and home in case.lineage.values())
