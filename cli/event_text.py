"""Events in words: what sort each is, and what it says."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from cli.wording import Wording
from domain.days.instant import shown

CARDS = {"yellow": "黄牌", "red": "红牌"}
EVENTS = {
    "CaseOpened": "上报",
    "ActionTaken": "操作",
    "ClockWarned": "预警",
    "CaseEscalated": "升级",
    "ClockLapsed": "窗口届满",
    "ClockExtended": "延期",
    "ClocksPaused": "停止计时",
    "ClocksResumed": "恢复计时",
    "ClockRederived": "重新推算",
    "ItemOpened": "提出",
    "ItemSettled": "了结",
    "GateCounted": "计票",
    "PersonRecused": "回避",
    "FieldCorrected": "更正",
    "DisciplineNotified": "通报纪检监察",
    "NewsReceived": "来自其他事项",
    "ProcedureChanged": "换版",
}
NEWS = {
    "merged": "并入本事项",
    "split_off": "已撤销并案",
    "declined": "未被接受",
    "linked": "已关联",
    "child_closed": "衍生事项已办结",
}
Data = Mapping[str, Any]


def event(lexicon: Wording, entry: Data) -> tuple[str, str]:
    """The title of an event as the history gives it, and its words."""
    kind, data = str(entry["type"]), entry["data"]
    title: str = CARDS.get(data.get("color") or "", EVENTS.get(kind, kind))
    return title, TALES.get(kind, _clock)(lexicon, data)


def _opened(lexicon: Wording, data: Data) -> str:
    return _joined(data["title"], [*lexicon.fields(data["fields"]), *_papers(data)])


def _taken(lexicon: Wording, data: Data) -> str:
    reason = [("理由", data["reason"])] if data.get("reason") else []
    given = lexicon.fields(data.get("fields", {}), data["action"])
    return _joined(data["title"], [*given, *reason, *_papers(data)])


def _papers(data: Data) -> list[tuple[str, str]]:
    return [(each["title"], each["number"]) for each in data.get("papers", ())]


def _escalated(lexicon: Wording, data: Data) -> str:
    return f"{lexicon.clock(data['clock'])}：至{lexicon.hat(data['to'])}"


def _asked(lexicon: Wording, data: Data) -> str:
    item = data["item"]
    return _joined(f"{item['title']}（{item['id']}）", lexicon.fields(item.get("data", {})))


def _settled(lexicon: Wording, data: Data) -> str:
    return _joined(f"{data['item']}：{data['state_title']}", lexicon.fields(data.get("answer", {})))


def _moved(_: Wording, data: Data) -> str:
    clock = data["clock"]
    was, now = (shown(datetime.fromisoformat(text)) for text in (data["was_due_at"], clock["due_at"]))
    return f"{clock['title']}：{was} → {now}"


def _stopped(_: Wording, data: Data) -> str:
    ground = [("事由", data["ground_title"])] if "ground_title" in data else []
    return _joined("、".join(clock["title"] for clock in data["clocks"]) or "—", ground)


def _counted(_: Wording, data: Data) -> str:
    tally = data["tally"]
    heads = f"应到 {tally['due']}，到会 {tally['present']}，同意 {tally['in_favour']}，不同意 {tally['opposed']}"
    return f"{heads}：{'通过' if tally['passed'] else '未通过'}"


def _corrected(lexicon: Wording, data: Data) -> str:
    ((title, was),) = lexicon.fields({data["field"]: data.get("was")})
    ((_, now),) = lexicon.fields({data["field"]: data.get("now")})
    return f"{title}：{was} → {now}"


def _recused(lexicon: Wording, data: Data) -> str:
    return data.get("name") or lexicon.names.person(data.get("person") or "")


def _notified(lexicon: Wording, data: Data) -> str:
    return f"至{lexicon.hat(data['to'])}"


def _heard(_: Wording, data: Data) -> str:
    return f"{NEWS.get(data['kind'], data['kind'])}：{data['number']} {data['words']}".rstrip()


def _rebound(_: Wording, data: Data) -> str:
    was, now = (f"第 {data[name]['version']} 版（{data[name]['sha256'][:12]}）" for name in ("was", "procedure"))
    dues = [(each["title"], f"至 {shown(datetime.fromisoformat(each['due_at']))}") for each in data.get("clocks", ())]
    return _joined(f"{was} → {now}，{data['stage_title']}", [*dues, ("批准人", data["approved_by"])])


def _clock(lexicon: Wording, data: Data) -> str:
    return lexicon.clock(data.get("clock", ""))


TALES: Mapping[str, Callable[[Wording, Data], str]] = {
    "CaseOpened": _opened,
    "ActionTaken": _taken,
    "CaseEscalated": _escalated,
    "ItemOpened": _asked,
    "ItemSettled": _settled,
    "ClockExtended": _moved,
    "ClockRederived": _moved,
    "ClocksPaused": _stopped,
    "ClocksResumed": _stopped,
    "GateCounted": _counted,
    "FieldCorrected": _corrected,
    "PersonRecused": _recused,
    "DisciplineNotified": _notified,
    "NewsReceived": _heard,
    "ProcedureChanged": _rebound,
}


def _joined(title: str, given: Sequence[tuple[str, str]]) -> str:
    return "\n".join([title, *(f"{name}：{value}" for name, value in given)])
