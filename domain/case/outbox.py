"""Outbox: the letters that one case's events send to others. No command touches two cases; letters travel later."""

from dataclasses import dataclass

from domain.case.command import Open, Tell
from domain.case.event import ActionTaken, Event, ItemOpened
from domain.case.state import Case


@dataclass(frozen=True, slots=True)
class Letter:
    """A command for the case `to`. `own`: under the rights of whoever acted; otherwise the engine's."""

    to: str
    command: Open | Tell
    own: bool = False


def letters(case_id: str, before: Case | None, after: Case, event: Event) -> tuple[Letter, ...]:
    """What an event that led from `before` to `after` says to others."""
    found: list[Letter] = []
    match event:
        case ItemOpened(item=item) if item.kind == "child":
            data = item.data
            command = Open(data["procedure"], data["division"], data["title"], data["fields"], parent=case_id)
            found.append(Letter(data["case"], command, own=True))
        case ActionTaken(other=str(other), action=action):
            kind = "merged" if after.merged_into == other else "split_off" if action == "split" else "linked"
            words = event.fields.get("relation", after.title)
            if not (event.item or "").startswith("child"):
                found.append(Letter(other, Tell(kind, case_id, after.number, words)))
    if after.closed and after.parent and not (before and before.closed):
        found.append(Letter(after.parent, Tell("child_closed", case_id, after.number, after.stage_title)))
    return tuple(found)
