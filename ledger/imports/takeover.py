"""Taking over matters of another system in bulk: each row a command of its own, so that none stops the others."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.case.imported_past import IMPORTING
from domain.rules.hat import Actor
from domain.rules.refusal import Code
from ledger.imports.column_map import Map, fitting
from ledger.imports.plan import Planned, Remark, planned
from ledger.ledger import Ledger
from ledger.registers.division import county_of
from ledger.registers.sheet import Sheet
from ledger.registrar.request import PoisonedCase, Request, Ruling, imports_id
from ledger.store.connection import Connection

NOW = "select clock_timestamp() as now"
# Which of some commands have been ruled already.
RULED = "select id from command where id = any($1::uuid[])"

BATCH = 200
REFERENCE_LENGTH_MAX = 60
# What comes of a row: every row comes to exactly one of these.
OUTCOMES: Mapping[str, str] = {
    "imported": "迁入", "to_check": "迁入待核对", "repeated": "已迁入过", "conflict": "编号相同而内容不同",
    "refused": "不予迁入",
}  # fmt: skip
# Of the matters taken over by these commands, from their events alone: those closed, and whether that was late.
COUNTS = """
with mine as (select case_id from command where id = any($1::uuid[]) and outcome = 'imported'),
fact as (
    select e.case_id, e.version, e.name, e.body::jsonb as body, (e.leaf::jsonb ->> 'occurred_at')::timestamptz as at
    from event e join mine using (case_id)),
stand as (
    select distinct on (case_id) case_id, at, (body -> 'move' ->> 'closed')::boolean as closed,
        body -> 'move' ->> 'stage_title' as stage
    from fact where body ? 'move' order by case_id, version desc),
clock as (
    select distinct on (case_id) case_id, (c ->> 'due_at')::timestamptz as due_at
    from fact, jsonb_array_elements(coalesce(body -> 'move' -> 'started', '[]') || coalesce(body -> 'clocks', '[]')
        || case jsonb_typeof(body -> 'clock') when 'object' then jsonb_build_array(body -> 'clock') else '[]' end) c
    where c ->> 'id' = any($2::text[]) order by case_id, version desc),
red as (
    select case_id, min(at) as at from fact
    where name = 'CardIssued' and body ->> 'color' = 'red' and body ->> 'clock' = any($2) group by case_id)
select stand.closed, stand.stage, count(*) as cases,
    count(*) filter (where case when closed then stand.at else clock_timestamp() end >= due_at) as late,
    count(*) filter (where red.at <= case when closed then stand.at else clock_timestamp() end) as red
from stand left join clock using (case_id) left join red using (case_id) group by 1, 2 order by 1, 2
"""


class TakeoverRefused(Exception):
    """Why nothing may be taken over, in words for a person."""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """What came of a row. `case`: the number of its case, where there is one; `words`: why not, or what is doubtful."""

    number: int
    reference: str
    outcome: str
    case: str = ""
    words: str = ""
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenOver:
    """How the matters of a file stand, by the ledger's events: `late` by their due instants, `red` by their cards."""

    stage: str
    closed: bool
    cases: int
    late: int
    red: int


async def take_over(ledger: Ledger, actor: Actor, one: Map, sheet: Sheet, dry_run: bool = False) -> list[ReportLine]:
    """A line for every row, in order; with `dry_run` nothing is kept. Raises MapFault and TakeoverRefused."""
    if actor.hat.role not in IMPORTING:
        raise TakeoverRefused("只有接入系统和管理员可以迁入事项")
    fitting(one, sheet.header, (await ledger.library.released(county_of(actor.hat.scope))).get(one.procedure))
    now = (await ledger.writers.fetch(NOW))[0]["now"]
    rows = [planned(one, number, cells, now) for number, cells in sheet.rows]
    lines = dict(_unfit(rows))
    asked = [row for row in rows if row.number not in lines]
    for first in range(0, len(asked), BATCH):
        lines.update(await _batch(ledger, actor, one, asked[first : first + BATCH], dry_run))
    return [lines[row.number] for row in rows]


async def standing(
    connection: Connection, actor: Actor, one: Map, sheet: Sheet, clocks: Sequence[str]
) -> list[TakenOver]:
    """How the matters in a table stand now, counted from the events of the ledger and from nothing else."""
    ids = list({_id(actor, one, cells.get(one.reference, "")) for _, cells in sheet.rows})
    found: Counter[tuple[bool, str, str]] = Counter()
    for first in range(0, len(ids), BATCH):
        for row in await connection.fetch(COUNTS, ids[first : first + BATCH], list(clocks)):
            found.update({(row["closed"], row["stage"], what): row[what] for what in ("cases", "late", "red")})
    stages = sorted({(closed, stage) for closed, stage, _ in found})
    return [
        TakenOver(stage, closed, *(found[closed, stage, what] for what in ("cases", "late", "red")))
        for closed, stage in stages
    ]


def _id(actor: Actor, one: Map, reference: str) -> UUID:
    return imports_id(actor.hat.scope, one.source, reference)


def _unfit(rows: Sequence[Planned]) -> Iterator[tuple[int, ReportLine]]:
    """The rows that are no matter of their own: without a usable reference, or with one that came before."""
    seen: dict[str, Planned] = {}
    for row in rows:
        first = seen.setdefault(row.reference, row)
        if not row.reference:
            yield row.number, ReportLine(row.number, "", "refused", "", "没有编号", row.remarks)
        elif len(row.reference) > REFERENCE_LENGTH_MAX:
            words = f"编号最多 {REFERENCE_LENGTH_MAX} 字"
            yield row.number, ReportLine(row.number, row.reference, "refused", "", words, row.remarks)
        elif first is not row:
            outcome = "repeated" if first.content == row.content else "conflict"
            words = f"与第 {first.number} 行编号相同" + ("" if outcome == "repeated" else "而内容不同，只迁入前一行")
            yield row.number, ReportLine(row.number, row.reference, outcome, "", words, row.remarks)


async def _batch(
    ledger: Ledger, actor: Actor, one: Map, rows: Sequence[Planned], dry_run: bool
) -> list[tuple[int, ReportLine]]:
    ids = [_id(actor, one, row.reference) for row in rows]
    before = await ledger.writers.fetch(RULED, ids)
    known = {row["id"] for row in before}
    requests = [Request(each, row.content, row.command, actor) for each, row in zip(ids, rows, strict=True)]
    rule = ledger.registrar.rehearse if dry_run else ledger.registrar.rule_many
    rulings = await rule(requests)
    return [
        (row.number, _line(row, ruling, each in known, dry_run))
        for each, row, ruling in zip(ids, rows, rulings, strict=True)
    ]


def _line(row: Planned, ruling: Ruling | PoisonedCase, known: bool, dry_run: bool) -> ReportLine:
    doubts = "；".join(remark.words for remark in row.remarks)
    if isinstance(ruling, PoisonedCase):
        return ReportLine(row.number, row.reference, "refused", "", f"不能推算：{ruling}", row.remarks)
    answer = json.loads(ruling.body)
    if ruling.outcome == Code.IDEMPOTENCY_CONFLICT:
        return ReportLine(
            row.number, row.reference, "conflict", "", "此编号已迁入过，而内容不同，没有改动", row.remarks
        )
    if ruling.refused:
        return ReportLine(
            row.number, row.reference, "refused", "", f"{answer['detail']}（{ruling.outcome}）", row.remarks
        )
    outcome = "repeated" if known else "to_check" if row.doubtful else "imported"
    number = "" if dry_run and not known else answer["number"]
    return ReportLine(row.number, row.reference, outcome, number, doubts, row.remarks)
