"""What the agendas of a village have left unfinished, for the next one to open with."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.case.state import Case
from domain.rules.form import TEXT_LENGTH_MAX
from ledger.store.connection import Connection
from ledger.store.stored_case import UNREADABLE, stored_case

TOPIC = "topic"
PASSED_ON = {"carried_over", "ended"}
MORE = "\n……（其余见上月议程）"

AGENDAS = """
select id, village, version, fold, state from "case"
where procedure = $1 and village = any($2::text[]) and (not closed or id = any($3::uuid[]))
order by opened_at, id
"""
# Whatever was decided stays on the list until it is done, whether its own agenda has been closed or not.
CHILDREN = """
select child.village, child.title, child.number, child.state::jsonb ->> 'stage_title' as stage
from "case" child join "case" agenda on agenda.id = (child.state::jsonb ->> 'parent')::uuid
where agenda.procedure = $1 and child.village = any($2::text[]) and not child.closed and child.sealed is null
order by child.opened_at, child.id
"""


@dataclass(slots=True)
class Left:
    """What a village has left: everything in words, and the topics that its next agenda takes over."""

    lines: list[str] = field(default_factory=list)
    topics: list[dict[str, Any]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Numbered lines, within what a form holds."""
        text = "\n".join(f"{place}. {line}" for place, line in enumerate(self.lines, 1))
        return text if len(text) <= TEXT_LENGTH_MAX else text[: TEXT_LENGTH_MAX - len(MORE)] + MORE


async def unfinished(
    connection: Connection, procedure: str, villages: Collection[str], previous: Collection[UUID]
) -> dict[str, Left]:
    """By village: topics carried over from its agenda among `previous` or still open in any, child cases not done."""
    found: dict[str, Left] = {}
    for row in await connection.fetch(AGENDAS, procedure, list(villages), list(previous)):
        try:
            case = await stored_case(connection, row["id"], row)
        except UNREADABLE:
            continue
        _topics(found.setdefault(row["village"], Left()), case, row["id"] in previous)
    for row in await connection.fetch(CHILDREN, procedure, list(villages)):
        line = f"{_line(row['title'])}（{row['number']}，{row['stage']}）"
        found.setdefault(row["village"], Left()).lines.append(line)
    return found


def _topics(left: Left, case: Case, last: bool) -> None:
    for item in case.items.values():
        if item.kind != TOPIC:
            continue
        over = last and item.state in PASSED_ON  # what a day that was never held leaves is not lost either
        if over:
            left.topics.append({**item.data, "carried_from": case.number})
        if over or (item.open and not case.closed):
            title = _line(item.data.get("topic_title")) or item.title
            left.lines.append(f"{title}（{case.number}，{item.state_title or '未议定'}）")


def _line(text: object) -> str:
    return " ".join(str(text or "").split())
