"""The year counted from the event table: openings, frozen lists, rungs. Every fault is a line of Chinese."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from bench.due_days import Expected
from bench.recount import Book, CountedRung, Document, replayed

EVENTS = "select name, body, leaf from event where case_id = $1 order by version"
DIVISIONS = """
select code, level, lineage from division where valid_to is null and lineage ? 'county'
"""
# Acts of people by the command that caused them: one each, whatever was lost on the way and sent again.
# What people asked for; a child case is opened by what its parent decided.
ACTS = """
select leaf::json ->> 'command' as command, leaf::json ->> 'actor' as actor, case_id, count(*) from event
where name in ('CaseOpened', 'ActionTaken') and (name <> 'CaseOpened' or body::json ->> 'parent' is null)
group by 1, 2, 3
"""
Connection = asyncpg.Connection
Lines = dict[tuple[datetime, str], list[Document]]


@dataclass
class YearTally:
    """What was found. `lists`: how the cases stood at each instant, by division."""

    books: dict[str, Book] = field(default_factory=dict)
    lists: Lines = field(default_factory=lambda: defaultdict(list))
    faults: list[str] = field(default_factory=list)
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)  # what there is, and what there should be
    spans: dict[str, list[tuple[datetime, datetime]]] = field(default_factory=dict)  # of openings: due, recorded

    @property
    def rungs(self) -> list[CountedRung]:
        """All that fired."""
        return [rung for book in self.books.values() for rung in book.rungs]

    async def read(self, connection: Any, instants: Sequence[datetime], now: datetime) -> None:
        """Replay every case from its events."""
        for row in await connection.fetch("select distinct case_id from event"):
            case_id = str(row["case_id"])
            book, stood = replayed(case_id, await connection.fetch(EVENTS, row["case_id"]), instants)
            book.missing(now)
            self.books[case_id] = book
            self.faults += book.faults
            if not book.stage.get("sealed"):
                for instant, line in stood:
                    for code in book.opening["lineage"].values():
                        self.lists[instant, code].append(line)

    async def rounds(self, connection: Any, expected: Sequence[Expected]) -> None:
        """Each division once a period, no more and no less, and the register of rounds agreeing."""
        codes = defaultdict(set)
        for row in await connection.fetch(DIVISIONS):
            codes[row["level"]].add(row["code"])
        noted: Counter[str] = Counter()
        for row in await connection.fetch("select id, openings, refusals from round"):
            noted[row["id"]] += row["openings"]
            if row["refusals"]:
                self.faults.append(f"{row['id']}：{row['refusals']} 次定期开立被拒")
        for one in expected:
            books = [book for book in self.books.values() if _of(book, one)]
            found = Counter((book.opening["division"], book.occurred_at) for book in books)
            self.spans[one.id] = [_span(book) for book in books]
            wanted = {(code, due) for code in codes[one.document["level"]] for due in one.due}
            count = len(wanted)
            if one.drawn is not None:
                count = one.drawn * len(codes["township"]) * len(one.due) or len(books)
                wanted &= set(found)
            self.counts[one.id] = len(books), count
            twice = sum(number > 1 for number in found.values())
            if twice or set(found) != wanted or len(books) != count or noted[one.id] != len(books):
                missing, more = len(wanted - set(found)), len(set(found) - wanted)
                self.faults.append(
                    f"{one.id}：应开立 {count} 件，有 {len(books)} 件，登记 {noted[one.id]} 件；"
                    f"重复 {twice}，缺 {missing}，多 {more}"
                )

    async def frozen(self, connection: Any, expected: Sequence[Expected]) -> tuple[int, int]:
        """Every list against the recount; how many lists, and how many lines on them."""
        rows = await connection.fetch("select sha256, division, as_of, body from analysis")
        kept = {row["sha256"]: row for row in rows}
        named, lines = set[str](), 0
        for one in expected:
            if "lists" not in one.document:
                continue
            for book in self.books.values():
                if not _of(book, one):
                    continue
                fields = book.opening["fields"]
                row = kept.get(fields["list"])
                named.add(fields["list"])
                if row is None:
                    self.faults.append(f"{book.opening['title']}：清单 {fields['list'][:12]} 不在台账中")
                    continue
                lines += self._compare(book, row, one.document["lists"].get("without", []))
        if named != set(kept):
            self.faults.append(f"有 {len(set(kept) - named)} 份清单没有事项引用")
        return len(kept), lines

    def _compare(self, book: Book, row: Mapping[str, Any], without: Sequence[str]) -> int:
        at, document = row["as_of"], json.loads(row["body"])
        again = [line for line in self.lists[at, row["division"]] if line["procedure"] not in without]
        again.sort(key=lambda line: (line["due_at"] is None, _due(line) or at, line["number"]))
        overdue = sum((due := _due(line)) is not None and due <= at for line in again)
        fields, named = book.opening["fields"], f"{book.opening['title']} {row['division']} {at.isoformat()}"
        if document["cases"] != again:
            ours = {line["case_id"]: line for line in again}
            theirs = {line["case_id"]: line for line in document["cases"]}
            differing = [each for each in ours.keys() | theirs.keys() if ours.get(each) != theirs.get(each)]
            self.faults.append(f"{named}：清单与重数不同 {len(differing)} 行，如 {differing[:2]}")
        if (fields["cases"], fields["overdue"], document["unreadable"]) != (len(again), overdue, 0):
            self.faults.append(f"{named}：件数 {fields['cases']}/{fields['overdue']}，重数 {len(again)}/{overdue}")
        if hashlib.sha256(row["body"].encode()).hexdigest() != row["sha256"]:
            self.faults.append(f"{named}：清单与其摘要不符")
        if (book.opening["division"], book.occurred_at) != (row["division"], at):
            self.faults.append(f"{named}：清单不属于这个地方或时点")
        return len(again)

    async def hazards(self, connection: Any, planned: Sequence[str], acknowledged: Mapping[UUID, UUID]) -> None:
        """Each planned hazard once, and each act that was acknowledged once."""
        opened = [book for book in self.books.values() if book.opening["procedure"]["id"] == "hazard"]
        titles = Counter(book.opening["title"] for book in opened)
        self.counts["hazard"] = len(opened), len(planned)
        if titles != Counter(planned):
            self.faults.append(
                f"隐患：应有 {len(planned)} 件，有 {len(opened)} 件，缺 {len(set(planned) - set(titles))}，"
                f"重复 {sum(number > 1 for number in titles.values())}"
            )
        acts = {UUID(row["command"]): row for row in await connection.fetch(ACTS)}
        lost = [one for one, case in acknowledged.items() if one not in acts or acts[one]["case_id"] != case]
        twice = [one for one in acknowledged if one in acts and acts[one]["count"] > 1]
        unasked = [one for one, row in acts.items() if one not in acknowledged and row["actor"] != "rounds"]
        self.faults += [f"没有人下过的指令生效：{one}" for one in unasked]
        self.faults += [f"已受理的指令丢失：{one}" for one in lost] + [f"指令生效两次：{one}" for one in twice]


def _of(book: Book, one: Expected) -> bool:
    """Whether a case was opened by this round."""
    opening = book.opening
    if book.opener != "rounds" or opening["procedure"]["id"] != one.document["opens"]:
        return False
    return all(opening["fields"].get(name) == value for name, value in one.constant.items())


def _due(line: Document) -> datetime | None:
    return datetime.fromisoformat(line["due_at"]) if line["due_at"] else None


def _span(book: Book) -> tuple[datetime, datetime]:
    assert book.opened_at is not None
    assert book.occurred_at is not None
    return book.occurred_at, book.opened_at
