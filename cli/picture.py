"""How the terminal shows a case, its history and a board."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Column, Table

from cli.session import show
from domain.hat import ROLE_TITLES
from domain.instant import local, shown

if TYPE_CHECKING:
    from domain.procedure import Procedure
    from ledger.board import Board

STATES = {"running": "计时中", "met": "已办", "lapsed": "已过"}
COUNTS = {
    "open": "未了结",
    "overdue": "超期",
    "red": "红牌",
    "yellow": "黄牌",
    "due_today": "今日到期",
    "escalated": "已升级",
}


def titles(procedure: "Procedure") -> dict[str, str]:
    """What the fields of a procedure are called."""
    forms = (procedure.intake.form, *(action.form for action in procedure.actions.values()))
    return {field.name: field.title for form in forms for field in form}


def picture(case: dict[str, Any], names: Mapping[str, str]) -> None:
    """The case as `domain.view.present` gives it, and what may be done where it says so; `names` of its fields."""
    cards = "、".join(f"{title} {case['cards'][color]}" for color, title in (("yellow", "黄牌"), ("red", "红牌")))
    table = Table(Column(), Column(overflow="fold"), show_header=False, box=None, pad_edge=False)
    for title, value in (
        ("编号", f"{case['number']}（{case['case_id']}）"),
        ("标题", case["title"]),
        ("流程", f"{case['procedure']['id']} 第 {case['procedure']['version']} 版"),
        ("区划", case["division"]),
        ("阶段", f"{case['stage_title']}（{case['stage']}）"),
        ("持有", _hat(case["holder"])),
        ("牌", f"{cards}；升级 {case['escalations']} 次；重办 {case['reopened']} 次"),
        ("版本", f"{case['version']}，记于 {_time(case['recorded_at'])}"),
        *((f"· {names.get(name, name)}", _value(value)) for name, value in case["fields"].items()),
    ):
        table.add_row(title, value)
    show(table)
    if case["clocks"]:
        show(_clocks(case["clocks"]))
    for action in case.get("actions", ()):
        asked = " ".join(f"{f['name']}{'*' if f['required'] else ''}" for f in action["form"])
        typer.echo(f"可办：{action['id']}（{action['title']}） {asked}".rstrip())


def chronicle(told: dict[str, Any]) -> None:
    """A history: one row an event, then the refused attempts."""
    table = Table("版", "事件", "记录于", "谁", "身份", "内容", "哈希")
    for event in told["events"]:
        data, actor = event["data"], event["actor"]
        words = data.get("title") or " ".join(str(data[name]) for name in ("clock", "color", "to") if name in data)
        table.add_row(
            str(event["version"]), event["type"], _time(event["recorded_at"]), actor["id"], actor["hat"],
            words, event["hash"][:12],
        )  # fmt: skip
    show(table)
    if told.get("refusals"):
        refused = Table("被拒绝的尝试", "时间", "谁", "身份", "原因")
        for each in told["refusals"]:
            actor, why = each["actor"], f"{each['detail']}（{each['code']}）"
            refused.add_row(each["action"], _time(each["recorded_at"]), actor["id"], actor["hat"], why)
        show(refused)


def tally(board: "Board", where: str) -> None:
    """A board: whose it is, the counts, then one row a case."""
    typer.echo(where)
    typer.echo("  ".join(f"{title} {board.counts[name]}" for name, title in COUNTS.items()))
    table = Table("编号", "标题", "区划", "阶段", "持有", "到期", "黄", "红", "升级")
    for item in board.page.items:
        late = item.due_at is not None and item.due_at <= board.at
        due = (shown(item.due_at) if item.due_at else "—") + ("（超期）" if late else "")
        table.add_row(
            item.number, item.title, item.division_name, item.stage_title, item.holder_name or "—", due,
            str(item.yellow), str(item.red), str(item.escalations), style="red" if late else None,
        )  # fmt: skip
    show(table)
    if board.page.next:
        typer.echo(f"只列出前 {len(board.page.items)} 件。")


def _clocks(clocks: list[dict[str, Any]]) -> Table:
    table = Table("时限", "状态", "到期", "内部预警", "依据")
    for clock in clocks:
        due = shown(datetime.fromisoformat(clock["due_at"])) + ("（暂定）" if clock["provisional"] else "")
        internal = clock["internal_due_at"]
        warned = shown(datetime.fromisoformat(internal)) if internal else "—"
        table.add_row(clock["title"], STATES.get(clock["state"], clock["state"]), due, warned, clock["authority"])
    return table


def _hat(holder: str | None) -> str:
    if holder is None:
        return "—"
    role = holder.partition("@")[0]
    return f"{ROLE_TITLES.get(role, role)}（{holder}）"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _time(text: str) -> str:
    return f"{local(datetime.fromisoformat(text)):%Y-%m-%d %H:%M:%S}"
