"""What the board page shows, made from the board's data. Pure: the time is given, never asked."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Literal, TypedDict
from urllib.parse import urlencode

from domain.days.instant import Instant, day_of, local, shown

Urgency = Literal["overdue", "red", "yellow", "soon", "normal"]

SOON_WITHIN = timedelta(hours=24)
URGENCY_TITLES: Mapping[Urgency, str] = {
    "overdue": "超期",
    "red": "红牌",
    "yellow": "黄牌",
    "soon": "临期",
    "normal": "正常",
}
NO_DUE = "无时限"


class OpenCase(TypedDict):
    """An open case as the ledger's board answers it; `due_at` is the first late instant, or None."""

    case_id: str
    number: str
    title: str
    division_name: str
    procedure_title: str
    stage_title: str
    holder_title: str
    level_title: str
    due_at: Instant | None
    yellow: bool
    red: bool
    emergency: bool


class BoardRow(OpenCase):
    """A row as the template shows it."""

    due_text: str
    left_text: str
    urgency: Urgency
    urgency_title: str


class BoardCounts(TypedDict):
    """How many open cases there are of each sort; the same case may be in several."""

    open: int
    overdue: int
    red: int
    yellow: int
    due_today: int
    escalated: int


def board(
    county: Mapping[str, str],
    division: Mapping[str, str],
    divisions: Iterable[Mapping[str, str]],
    counts: BoardCounts,
    cases: Iterable[OpenCase],
    viewer: Mapping[str, str],
    now: Instant,
    after: str | None = None,
    next_after: str | None = None,
) -> dict[str, Any]:
    """Everything `board.html` and `board_rows.html` need.

    `county`, `division`, `divisions`: {code, name, level}; `viewer`: {person_name, hat_title}. `after` is the
    cursor that this page was asked with, `next_after` that of the following page (None on the last).
    """
    code = division["code"]
    return {
        "county": county,
        "division": {**division, "name": short_name(division["name"])},
        "divisions": [{**choice, "name": short_name(choice["name"])} for choice in divisions],
        "counts": counts,
        "rows": [board_row(case, now) for case in cases],
        "viewer": viewer,
        "generated_at": f"{local(now):%m-%d %H:%M:%S}",
        "rows_url": address("/board/rows", code, after),
        "next": address("/", code, next_after) if next_after else None,
    }


def address(path: str, division: str, after: str | None) -> str:
    """`path` for `division`, from the cursor `after` on."""
    return f"{path}?{urlencode({'division': division, **({'after': after} if after else {})})}"


def board_row(case: OpenCase, now: Instant) -> BoardRow:
    """One case as the board shows it at `now`."""
    urgent = urgency(case, now)
    return {
        **case,
        "division_name": short_name(case["division_name"]),
        "due_text": due_text(case["due_at"], now),
        "left_text": left_text(case["due_at"], now),
        "urgency": urgent,
        "urgency_title": URGENCY_TITLES[urgent],
    }


def urgency(case: OpenCase, now: Instant) -> Urgency:
    """How much `case` presses at `now`: late, then the cards it has, then whether it is due within a day."""
    due_at = case["due_at"]
    if due_at is not None and now >= due_at:
        return "overdue"
    if case["red"]:
        return "red"
    if case["yellow"]:
        return "yellow"
    return "soon" if due_at is not None and due_at - now <= SOON_WITHIN else "normal"


def due_text(due_at: Instant | None, now: Instant) -> str:
    """The due date as `11-24 24:00`; with the year when that is not the year of `now`."""
    if due_at is None:
        return "—"
    text = shown(due_at)
    return text.removeprefix(f"{day_of(now).year}-")


def left_text(due_at: Instant | None, now: Instant) -> str:
    """How long is left or over, e.g. `剩 5 小时`, `已超 2 小时`. Rounded down: nobody is promised more."""
    if due_at is None:
        return NO_DUE
    if now < due_at:
        return f"剩 {span(due_at - now)}"
    return f"已超 {span(now - due_at)}"


def span(length: timedelta) -> str:
    """A length in its largest whole unit; days only from two on, because `1 天` hides up to 23 hours."""
    seconds = int(length.total_seconds())
    if seconds >= 2 * 86400:
        return f"{seconds // 86400} 天"
    if seconds >= 3600:
        return f"{seconds // 3600} 小时"
    if seconds >= 60:
        return f"{seconds // 60} 分钟"
    return f"{seconds} 秒"


def short_name(division_name: str) -> str:
    """A division as people call it: 何家岭村民委员会 is 何家岭村, 岳阳社区居民委员会 is 岳阳社区."""
    if division_name.endswith("村民委员会"):
        return division_name.removesuffix("村民委员会").removesuffix("村") + "村"
    return division_name.removesuffix("居民委员会")
