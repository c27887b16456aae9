"""What the agendas of a village have left unfinished, for the next one to open with."""

from collections.abc import Collection
from uuid import UUID

from domain import case as cases
from domain.case import Case
from domain.fold import fold
from domain.form import TEXT_LENGTH_MAX
from domain.item import Item
from ledger.connection import Connection
from ledger.query import UNREADABLE
from ledger.reading import journal

CARRIED = "carried_over"
COMMITMENTS = {"decided", "child"}
MORE = "\n……（其余见上月议程）"

AGENDAS = """
select id, village, fold, state from "case"
where procedure = $1 and village = any($2::text[]) and (not closed or id = any($3::uuid[]))
order by opened_at, id
"""


async def unfinished(
    connection: Connection, procedure: str, villages: Collection[str], previous: Collection[UUID]
) -> dict[str, str]:
    """Village → what was carried over from its agenda among `previous`, and what is still open in any earlier one."""
    rows = await connection.fetch(AGENDAS, procedure, list(villages), list(previous))
    found: dict[str, list[str]] = {}
    for row in rows:
        try:
            stored = row["fold"] == cases.FOLD
            case = cases.load(row["state"]) if stored else fold(None, await journal(connection, row["id"]))
        except UNREADABLE:
            continue  # Patrol and `ledger verify` tell of such a case
        if case is not None:
            found.setdefault(row["village"], []).extend(_left(case, row["id"] in previous))
    return {village: _text(lines) for village, lines in found.items() if lines}


def _left(case: Case, last: bool) -> list[str]:
    items = [
        item
        for item in case.items.values()
        if (item.open and item.kind in COMMITMENTS and not case.closed) or (last and item.state == CARRIED)
    ]
    return [f"{_called(case, item)}（{case.number}，{item.state_title or '未办结'}）" for item in items]


def _called(case: Case, item: Item) -> str:
    """A topic by its title, a commitment by topic and resolution, a child case by its title."""
    about = case.items.get(str(item.data.get("item", "")))
    parts = [about.data.get("topic_title") if about else None]
    parts += [item.data.get(name) for name in ("topic_title", "resolution", "title")]
    return "：".join(" ".join(str(part).split()) for part in parts if part) or item.title


def _text(lines: list[str]) -> str:
    text = "\n".join(f"{place}. {line}" for place, line in enumerate(lines, 1))
    return text if len(text) <= TEXT_LENGTH_MAX else text[: TEXT_LENGTH_MAX - len(MORE)] + MORE
