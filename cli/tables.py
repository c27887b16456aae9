"""How the terminal shows a case, its history and a board."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import typer
from rich.box import SIMPLE
from rich.table import Column, Table
from rich.text import Text

from cli import event_text as tale
from cli.session import show
from cli.wording import Wording, asked
from domain.days.instant import local, shown

if TYPE_CHECKING:
    from application.shapes.case import CaseShape, ReplayShape
    from application.shapes.case_list import BoardShape
    from application.shapes.history import HistoryShape
    from application.shapes.shape import Shape
    from application.worded import Worded

STATES = {"running": "计时中", "paused": "已停止计时", "met": "已办", "lapsed": "已过", "dropped": "新版不设"}
READS = {
    "case": "事项",
    "history": "经过",
    "replay": "回放",
    "documents": "文书",
    "evidence": "附件",
    "explanation": "时限说明",
    "reporter": "报告人",
}
COUNTS = {
    "open": "在办",
    "overdue": "超期",
    "red": "红牌",
    "yellow": "黄牌",
    "due_today": "今日到期",
    "escalated": "已升级",
}


def picture(found: "Worded[CaseShape] | Worded[ReplayShape]") -> None:
    """The case, and what may be done where it says so."""
    case, lexicon = _plain(found.answer), Wording(found.procedure, found.names)
    cards = "、".join(f"{title} {case['cards'][color]}" for color, title in tale.CARDS.items())
    table = Table(Column(), Column(overflow="fold"), show_header=False, box=None, pad_edge=False)
    for title, value in (
        ("编号", f"{case['number']}（{case['case_id']}）"),
        ("标题", case["title"]),
        ("办理流程", f"{found.procedure.title}（{case['procedure']['id']} 第 {case['procedure']['version']} 版）"),
        ("区划", f"{lexicon.names.scope(case['division'])}（{case['division']}）"),
        ("阶段", f"{case['stage_title']}（{case['stage']}）"),
        ("责任岗位", lexicon.hat(case["holder"]) if case["holder"] else "—"),
        ("督办情况", f"{cards}；升级 {case['escalations']} 次；重办 {case['reopened']} 次"),
        ("版次", f"{case['version']}，记于 {_time(case['recorded_at'])}"),
        *((f"· {title}", value) for title, value in lexicon.fields(case["fields"])),
    ):
        table.add_row(title, Text(value))
    show(table)
    if case["clocks"]:
        show(_clocks(case["clocks"]))
    if case["items"]:
        show(_items(case["items"], lexicon))
    for action in case.get("actions", ()):
        reason = "，须写理由（--reason）" if action["reason_required"] else ""
        typer.echo(f"可办：{action['id']}（{action['title']}）{reason}")
        for field in action["form"]:
            typer.echo(f"    {asked(field)}")


def chronicle(found: "Worded[HistoryShape]") -> None:
    """A history: one row an event, then who read what of it, then the refused attempts."""
    history, lexicon = _plain(found.answer), Wording(found.procedure, found.names)
    table = Table("版次", "事件", "记录于", "谁", "身份", Column("内容", overflow="fold"), "哈希")
    for event in history["events"]:
        kind, words = tale.event(lexicon, event)
        table.add_row(
            str(event["version"]), kind, _when(event), *_who(event["actor"]), Text(words),
            event["hash"][:12],
        )  # fmt: skip
    show(table)
    if history.get("reads"):
        read = Table("看过密封内容的", "时间", "谁", "身份")
        for each in history["reads"]:
            read.add_row(READS[each["what"]], _time(each["at"]), *_who(each["actor"]))
        show(read)
    if history.get("refusals"):
        refused = Table("不予办理的尝试", "时间", "谁", "身份", Column("原因", overflow="fold"))
        for each in history["refusals"]:
            why = f"{each['detail']}（{each['code']}）"
            refused.add_row(lexicon.action(each["action"]), _time(each["recorded_at"]), *_who(each["actor"]), Text(why))
        show(refused)


def tally(board: "BoardShape", where: str) -> None:
    """A board: whose it is, the counts, then one row a case."""
    typer.echo(where)
    typer.echo("  ".join(f"{title} {getattr(board.counts, name)}" for name, title in COUNTS.items()))
    table = Table(
        Column("编号", no_wrap=True), Column("标题", no_wrap=True, overflow="ellipsis", min_width=6, ratio=3),
        Column("区划", no_wrap=True, overflow="ellipsis", ratio=2), Column("阶段", no_wrap=True),
        Column("责任岗位", no_wrap=True, overflow="ellipsis", ratio=2), Column("到期", no_wrap=True),
        Column("牌", no_wrap=True), Column("级", no_wrap=True, justify="right"),
        box=SIMPLE, pad_edge=False, padding=(0, 1, 0, 0), expand=True,
    )  # fmt: skip
    for item in board.items:
        late = item.due_at is not None and item.due_at <= board.at
        table.add_row(
            item.number, item.title, short(item.division_name), item.stage_title, short(item.holder_name or "—"),
            _due(item.due_at, board.at), "红" * (item.cards.red > 0) + "黄" * (item.cards.yellow > 0),
            str(item.escalations),
            style="red" if late else None,
        )  # fmt: skip
    show(table)
    if board.next:
        typer.echo(f"只列出前 {len(board.items)} 件。")


def _plain(answer: "Shape") -> dict[str, Any]:
    return answer.model_dump(mode="json", by_alias=True, exclude_unset=True)


def short(name: str) -> str:
    """A division's name without what every village's ends with."""
    return name.removesuffix("村民委员会").removesuffix("居民委员会")


def _due(due_at: datetime | None, at: datetime) -> str:
    """A due date as short as it is clear: without the year where it is this one; late ones say so."""
    if due_at is None:
        return "—"
    return shown(due_at).removeprefix(f"{local(at):%Y}-") + ("超" if due_at <= at else "")


def _clocks(clocks: list[dict[str, Any]]) -> Table:
    table = Table("时限", "状态", "到期", "内部到期", "依据")
    for clock in clocks:
        due = shown(datetime.fromisoformat(clock["due_at"])) + ("（暂定）" if clock["provisional"] else "")
        internal = clock["internal_due_at"]
        warned = shown(datetime.fromisoformat(internal)) if internal else "—"
        table.add_row(clock["title"], STATES.get(clock["state"], clock["state"]), due, warned, clock["authority"])
    return table


def _items(items: list[dict[str, Any]], lexicon: Wording) -> Table:
    table = Table("待办项", "标题", "状态", "由谁办", Column("内容", overflow="fold"))
    for item in items:
        said = "\n".join(f"{title}：{value}" for title, value in lexicon.fields({**item["data"], **item["answer"]}))
        table.add_row(item["id"], item["title"], item["state_title"], lexicon.hat(item["to"]) if item["to"] else "—",
                      Text(said))  # fmt: skip
    return table


TOLD_APART = timedelta(minutes=1)  # the engine's own acts come a moment after their time


def _when(event: dict[str, Any]) -> str:
    """When it was recorded, and when it happened and was received where that was before, so that backdating shows."""
    recorded = datetime.fromisoformat(event["recorded_at"])
    marks = ["迁入"] if event["imported"] else []
    for name, word in (("occurred_at", "发生"), ("received_at", "收到")):
        if recorded - datetime.fromisoformat(event[name]) >= TOLD_APART:
            marks.append(f"{_time(event[name])} {word}")
    return _time(event["recorded_at"]) + (f"（{'，'.join(marks)}）" if marks else "")


def _who(actor: dict[str, Any]) -> tuple[Text, str]:
    """A person with the id, for whom when as a delegate, and the hat in words; ids of the engine itself say nothing."""
    same, absent = actor["name"] == actor["id"], actor.get("for")
    who = actor["id"] if same else f"{actor['name']}（{actor['id']}）"
    days = f"（代理 {absent['name']}，{absent['from_on']} 至 {absent['to_on']}）" if absent else ""
    return Text(who + days), actor["hat_title"]


def _time(text: str) -> str:
    return f"{local(datetime.fromisoformat(text)):%Y-%m-%d %H:%M:%S}"
