"""What the board page shows, made from the board's data. Pure: the time is given, never asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from application.shapes.case_list import BoardShape, ListedCaseShape, SurroundingsShape
from domain.days.instant import Instant, day_of, local
from domain.days.instant import shown as shown_instant
from domain.rules.hat import LEVEL_TITLES, ROLE_TITLES

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


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A case as the template shows it; `urgency` is also the name of its style."""

    case_id: str
    number: str
    title: str
    division_name: str
    procedure_title: str
    stage_title: str
    holder_title: str
    level_title: str
    yellow: bool
    red: bool
    emergency: bool
    due_text: str
    left_text: str
    urgency: Urgency
    urgency_title: str


def board(shown: BoardShape, around: SurroundingsShape, role: str, after: str | None = None) -> dict[str, Any]:
    """Everything `board.html` and `board_rows.html` need, for a viewer under a hat of this `role`.

    `after` is the cursor that this page was asked with.
    """
    code = around.place.code
    return {
        "county": around.county,
        "division": {"code": code, "name": short_name(around.place.name)},
        "divisions": [{"code": choice.code, "name": short_name(choice.name)} for choice in around.choices],
        "counts": shown.counts,
        "rows": [board_row(case, shown.at) for case in shown.items],
        "viewer": {"person_name": around.viewer_name, "hat_title": _post(around.scope_name, role)},
        "generated_at": f"{local(shown.at):%m-%d %H:%M:%S}",
        "rows_url": address("/board/rows", code, after),
        "next": address("/", code, shown.next) if shown.next else None,
    }


def address(path: str, division: str, after: str | None) -> str:
    """`path` for `division`, from the cursor `after` on."""
    return f"{path}?{urlencode({'division': division, **({'after': after} if after else {})})}"


def board_row(case: ListedCaseShape, now: Instant) -> BoardRow:
    """One case as the board shows it at `now`."""
    urgent = urgency(case, now)
    return BoardRow(
        case_id=case.case_id,
        number=case.number,
        title=case.title,
        division_name=short_name(case.division_name),
        procedure_title=case.procedure_title,
        stage_title=case.stage_title,
        holder_title=_holder(case),
        level_title=LEVEL_TITLES.get(case.level or "", "—"),
        yellow=case.cards.yellow > 0,
        red=case.cards.red > 0,
        emergency=case.emergency,
        due_text=due_text(case.due_at, now),
        left_text=left_text(case.due_at, now),
        urgency=urgent,
        urgency_title=URGENCY_TITLES[urgent],
    )


def urgency(case: ListedCaseShape, now: Instant) -> Urgency:
    """How much `case` presses at `now`: late, then the cards it has, then whether it is due within a day."""
    if case.due_at is not None and now >= case.due_at:
        return "overdue"
    if case.cards.red:
        return "red"
    if case.cards.yellow:
        return "yellow"
    return "soon" if case.due_at is not None and case.due_at - now <= SOON_WITHIN else "normal"


def due_text(due_at: Instant | None, now: Instant) -> str:
    """The due date as `11-24 24:00`; with the year when that is not the year of `now`."""
    if due_at is None:
        return "—"
    text = shown_instant(due_at)
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


def _holder(case: ListedCaseShape) -> str:
    """`北平镇 调度员`; a unit stands for itself."""
    role, _, scope = (case.holder or "").partition("@")
    name = case.holder_name or scope
    return short_name(name) if role == "handler" else _post(name, role)


def _post(place: str, role: str) -> str:
    return f"{short_name(place)} {ROLE_TITLES.get(role, role)}".strip() or "—"
