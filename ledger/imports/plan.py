"""What is to become of each row of a table from another system: a command, and what is doubtful about it. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.case.command import Act, Import, Open
from domain.days.instant import Instant, local, rfc3339
from ledger.imports.column_map import Cells, Map
from ledger.imports.foreign_time import ForeignTime, Reading
from ledger.registrar.request import request_hash

YEARS = range(1950, 2101)  # outside these a year is a slip of the pen, or stands for "none"
DOUBT_LENGTH_MAX = 4000


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that somebody should know of a row: its kind, and the words."""

    kind: str
    words: str


# Kinds of remarks, in the order of the report. Those in CONTRADICTIONS keep a row for a person to look at.
KINDS = {
    "created_unreadable": "受理时间读不懂或没有",
    "closed_unreadable": "办结时间读不懂",
    "due_unreadable": "办理期限读不懂",
    "year": "年份不合常理",
    "future": "时间在将来",
    "closed_first": "办结早于受理",
    "due_first": "期限早于受理",
    "clock_change": "时钟拨动，时刻不确定",
    "no_due": "没有办理期限",
    "closed_without_time": "状态为办结而没有办结时间",
    "open_with_time": "有办结时间而状态不是办结",
}
CONTRADICTIONS = {
    "created_unreadable", "closed_unreadable", "due_unreadable", "year", "future", "closed_first", "due_first",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planned:
    """A row with its command; `content`: what a repeat of it must match."""

    number: int
    reference: str
    command: Import
    content: bytes
    remarks: tuple[Remark, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Whether a person must look at it before its limits run."""
        return any(remark.kind in CONTRADICTIONS for remark in self.remarks)


@dataclass
class _Times:
    """The times of a row as far as they can be believed, and what is to be said of them."""

    now: Instant
    remarks: list[Remark] = field(default_factory=list)

    def say(self, kind: str, words: str) -> None:
        self.remarks.append(Remark(kind, words))

    @property
    def contradictory(self) -> bool:
        """Whether a person must look at it first."""
        return any(remark.kind in CONTRADICTIONS for remark in self.remarks)

    def read(
        self, what: str, kind: str, moment: ForeignTime | None, cells: Cells, last: bool = False
    ) -> Instant | None:
        """A time within reason, or None with the remark why."""
        text = cells.get(moment.column, "") if moment else ""
        if moment is None or not text:
            return None
        found: Reading | None = moment.read(text, last)
        if found is None:
            self.say(f"{kind}_unreadable", f"{what}“{text[:40]}”读不懂")
            return None
        if local(found.at).year not in YEARS:
            self.say("year", f"{what}“{text[:40]}”年份不合常理")
            return None
        for words in found.remarks:
            self.say("clock_change", f"{what}：{words}")
        return found.at


def planned(one: Map, number: int, cells: Cells, now: Instant) -> Planned:
    """What a row comes to, as of `now`.

    A matter without due date binds from the day on which it is taken over, and one whose times contradict each other
    waits for a person from that day: their past is not judged.
    """
    times = _Times(now)
    created = times.read("受理时间", "created", one.created, cells)
    due = times.read("办理期限", "due", one.due, cells, last=True)
    closed = times.read("办结时间", "closed", one.closed, cells, last=True)
    if not cells.get(one.created.column):
        times.say("created_unreadable", "没有受理时间")
    if closed is not None and one.closed and closed == _end_of_today(one.closed, now):
        closed = now  # a day without time, and the day is not over
    _compare(times, created, due, closed)
    status = cells.get(one.status.column, "") if one.status else None
    done = one.status is not None and status in one.status.closed
    if done and not (one.closed and cells.get(one.closed.column)):
        times.say("closed_without_time", f"状态为“{status}”，但没有办结时间，按在办迁入")
    if status is not None and not done and one.closed and cells.get(one.closed.column):
        times.say("open_with_time", f"有办结时间，但状态为“{status}”")
    if due is None and not (one.due and cells.get(one.due.column)):
        ended = closed is not None and not times.contradictory
        times.say("no_due", "没有办理期限，" + ("不计是否逾期" if ended else "按默认时限自迁入之日起算"))
    return _command(one, number, cells, times, (created, due, closed))


def _end_of_today(moment: ForeignTime, now: Instant) -> Instant:
    there = now.astimezone(moment.clocks)
    return there.replace(hour=23, minute=59, second=59, microsecond=999999)


def _compare(times: _Times, created: Instant | None, due: Instant | None, closed: Instant | None) -> None:
    for what, moment in (("受理时间", created), ("办结时间", closed)):
        if moment is not None and moment > times.now:
            times.say("future", f"{what} {_shown(moment)} 在将来")
    if created is not None and closed is not None and closed < created:
        times.say("closed_first", f"办结时间 {_shown(closed)} 早于受理时间 {_shown(created)}")
    if created is not None and due is not None and due < created:
        times.say("due_first", f"办理期限 {_shown(due)} 早于受理时间 {_shown(created)}")


def _command(
    one: Map, number: int, cells: Cells, times: _Times, read: tuple[Instant | None, Instant | None, Instant | None]
) -> Planned:
    created, due, closed = read
    reference = cells.get(one.reference, "")
    contradictory = times.contradictory
    fields = {name: said.of(cells) for name, said in one.fields.items()}
    fields |= {"source": one.source, "reference": reference}
    doubt = "；".join(remark.words for remark in times.remarks)[:DOUBT_LENGTH_MAX]
    given = {**fields, "due_at": rfc3339(due) if due else "", "doubt": doubt, "contradictory": contradictory or None}
    happened = created if created is not None and created <= times.now else None
    opening = Open(
        one.procedure,
        one.division.of(cells),
        one.title.of(cells),
        {name: value for name, value in given.items() if value not in ("", None)},
        occurred_at=happened,
    )
    answers = {name: said.of(cells) for name, said in one.closing.fields.items()}
    ending = Act(one.closing.action, {name: value for name, value in answers.items() if value})
    steps: Sequence[tuple[Instant | None, Act]] = ((closed, ending),) if closed and not contradictory else ()
    then = happened if due and not contradictory else steps[0][0] if steps else None
    said = json.dumps(one.said(cells), ensure_ascii=False, sort_keys=True)
    content = request_hash("import", one.procedure, one.source, reference, said)
    return Planned(number, reference, Import(opening, then, tuple(steps)), content, tuple(times.remarks))


def _shown(at: Instant) -> str:
    return f"{local(at):%Y-%m-%d %H:%M:%S}"
