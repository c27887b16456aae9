"""What the ledger holds, compared with the answers that clients got. Every fault is a line of Chinese."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ledger.audit.verify import verify
from ledger.registrar.request import callers_id
from ledger.store.connection import Connection

COMMANDS = "select id, case_id, outcome, body, from_version, to_version, recorded_at from command where id = any($1)"
# Acts of clients by the command that caused them: one each.
TWICE = """
select leaf::json ->> 'command' as command, count(*) from event where name in ('CaseOpened', 'ActionTaken')
group by 1 having count(*) > 1
"""
RUNGS_TWICE = """
select case_id, name, body, count(*) from event where name not in ('CaseOpened', 'ActionTaken')
group by 1, 2, 3 having count(*) > 1
"""
GAPS = """
select case_id, count(*), min(version), max(version) from event
group by 1 having count(*) <> max(version) or min(version) <> 1
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """`lost` and `twice`: command ids; `known_before`: unknown outcomes that had been recorded after all."""

    acknowledged: int
    lost: Sequence[str]
    unlike: Sequence[str]
    twice: Sequence[str]
    unknown: int
    known_before: int
    faults: Sequence[str]

    @property
    def broken(self) -> bool:
        """Whether any promise was broken."""
        return bool(self.lost or self.unlike or self.twice or self.faults)

    @property
    def lines(self) -> list[str]:
        """For people."""
        listing = [
            f"已受理的指令 {self.acknowledged:,} 条：丢失 {len(self.lost)}，重复生效 {len(self.twice)}，"
            f"答复与台账不符 {len(self.unlike)}",
            f"结果一度不明的指令 {self.unknown} 条，全部以原编号问清；其中 {self.known_before} 条当时其实已记录",
            f"ledger verify：{len(self.faults)} 处有误",
        ]
        named = [*self.lost, *self.twice, *self.unlike, *self.faults]
        return listing + [f"  {each}" for each in named[:20]]


async def audited(connection: Connection, acknowledged: Sequence[Mapping[str, Any]]) -> Finding:
    """Compare. `acknowledged`: bench.message.Acknowledged as documents."""
    by_id = {callers_id(each["person"], each["key"]): each for each in acknowledged}
    rows = {row["id"]: row for row in await connection.fetch(COMMANDS, list(by_id), timeout=60)}
    lost, unlike, before = [], [], 0
    for command_id, answer in by_id.items():
        row = rows.get(command_id)
        if row is None or row["outcome"] not in ("opened", "acted") or row["case_id"] != UUID(answer["case_id"]):
            lost.append(f"指令 {command_id}（{answer['action']}）已裁定，台账中没有")
        elif hashlib.sha256(row["body"].encode()).hexdigest() != answer["sha256"]:
            unlike.append(f"指令 {command_id}（{answer['action']}）的答复与台账不同")
        elif answer["unknown"] and row["recorded_at"].timestamp() < answer["asked_at"]:
            before += 1
    twice = [f"指令 {row['command']} 生效 {row['count']} 次" for row in await connection.fetch(TWICE, timeout=60)]
    twice += [
        f"{row['case_id']} {row['name']} {row['body']}" for row in await connection.fetch(RUNGS_TWICE, timeout=60)
    ]
    faults = [fault async for fault in verify(connection)]
    faults += [f"{row['case_id']}：版本不连续" for row in await connection.fetch(GAPS, timeout=60)]
    unknown = sum(each["unknown"] > 0 for each in acknowledged)
    return Finding(len(by_id), lost, unlike, twice, unknown, before, faults)
