"""Sight: who may look at a case, stated once. `ledger/identity/scope.py` says it in SQL, and a test compares.

To everybody else a case does not exist (docs/decisions/0005-who-may-look.md).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from domain.case.state import Case
from domain.rules.hat import OPENER, Actor, Role
from domain.rules.procedure import Procedure


@dataclass(frozen=True, slots=True)
class Outline:
    """What the rule reads of a case, where only its row is at hand.

    `sealed`: the hats it is sealed to, none when it is open; `units`: those that have had it; `lineage`: level → code.
    """

    opened_by: str
    sealed: Collection[str]
    public: bool
    units: Collection[str]
    lineage: Mapping[str, str]


def sees(case: Case | Outline, actor: Actor, home: str) -> bool:
    """Whether this hat may look at the case: its scope lies above the case, or is a unit that has had it.

    `home`: the division of the hat's scope (a unit's division, or the scope itself). A sealed case shows itself to the
    hats it is sealed to, whatever lies above it, and to whoever brought it where the opener is named among them. A
    resident follows what he or she reported, not what the neighbours did, and the public affairs of his or her own
    place; a resident's hat at a handling unit names no place.
    """
    above = home == actor.hat.scope and home in case.lineage.values()
    if actor.hat.role == Role.RESIDENT:
        return case.opened_by == actor.person or (case.public and not case.sealed and above)
    if case.sealed:
        return str(actor.hat) in case.sealed or follower(case, actor)
    # Whoever brought it may follow it, wherever it went.
    return case.opened_by == actor.person or actor.hat.scope in case.units or above


def follower(case: Case | Outline, actor: Actor) -> bool:
    """Whether a sealed case shows itself to this actor only because he or she, as an official, brought it."""
    brought = OPENER in case.sealed and case.opened_by == actor.person
    return brought and actor.hat.role != Role.RESIDENT and str(actor.hat) not in case.sealed


def outsider(case: Case, actor: Actor) -> bool:
    """Whether this is somebody who sees of the case the papers and the state only, not what was said in it.

    It is public and none of theirs; or it is sealed, and they brought it.
    """
    return follower(case, actor) or (actor.hat.role == Role.RESIDENT and case.opened_by != actor.person)


def knows_reporter(case: Case, procedure: Procedure, actor: Actor) -> bool:
    """Whether this person has put on record, at this stage, why he or she must know who reported (DOMAIN §6.5)."""
    return any(
        action.reveals_reporter
        and case.stage in action.from_
        and name in case.done
        and actor.person in case.done[name].persons
        for name, action in procedure.actions.items()
    )
