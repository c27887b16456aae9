"""Verifying the ledger: chains, density, draws, and every state the fold of its events. Names each faulty row."""

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from domain.days.instant import rfc3339
from ledger.audit.refold import File, Row, files
from ledger.registrar.request import TAKEN
from ledger.rounds import lot
from ledger.store.connection import Connection
from ledger.store.journal import GENESIS, digest
from ledger.store.stored_case import UNREADABLE

# Commands that were taken, of which neither event nor case is left.
MISSING_CASES = """
select k.id, k.case_id from command k where k.outcome = any($1)
and not exists (select from event e where e.case_id = k.case_id and e.version = k.to_version)
and not exists (select from "case" c where c.id = k.case_id)
"""


async def verify(connection: Connection) -> AsyncIterator[str]:
    """Every fault found, in Chinese, with the case and version it stands at. Reads everything, changes nothing."""
    async for file in files(connection):
        for fault in faults(file):
            yield fault
    missing = await connection.fetch(
        MISSING_CASES,
        list(TAKEN),
    )
    for command in missing:
        yield f"事项 {command['case_id']}：指令 {command['id']} 已裁定，事项却不存在"
    async for fault in lot.faults(connection):
        yield fault


def faults(file: File) -> list[str]:
    """What is wrong with one case: its chain first, and only where that holds its fold."""
    found, head, authors = [], GENESIS, {command["id"]: command for command in file.commands}
    for place, event in enumerate(file.events, 1):
        if event["version"] != place:
            found.append(f"{file.name}：缺第 {place} 版事件")
            break
        found += [f"{file.name}第 {place} 版：{words}" for words in _event_faults(event, file.case_id, head)]
        author = authors.get(_author(event))
        if author is None or not author["from_version"] < place <= author["to_version"]:
            found.append(f"{file.name}第 {place} 版：没有对应的指令")
        head = hashlib.sha256(event["leaf"].encode()).digest()
    return found or _end_faults(file, head) or _fold_faults(file)


def _leaf(event: Row) -> dict[str, Any]:
    """What the leaf says; nothing where it is no JSON object."""
    try:
        leaf = json.loads(event["leaf"])
    except ValueError:
        return {}
    return leaf if isinstance(leaf, dict) else {}


def _author(event: Row) -> UUID | None:
    try:
        return UUID(str(_leaf(event).get("command")))
    except ValueError:
        return None


def _event_faults(event: Row, case_id: UUID, previous: bytes) -> list[str]:
    leaf = _leaf(event)
    if not leaf:
        return ["叶子不是 JSON 对象"]
    expected = {
        "case": str(case_id),
        "version": event["version"],
        "name": event["name"],
        "schema": event["schema"],
        "recorded_at": rfc3339(event["recorded_at"]),
        "previous": previous.hex(),
        "body": digest(event["salt"], event["body"].encode()),
    }
    words = {"body": "事件内容与其摘要不符", "previous": "与上一条事件的哈希链断开"}
    return [words.get(key, f"叶子中的 {key} 与行不符") for key, value in expected.items() if leaf.get(key) != value]


def _end_faults(file: File, head: bytes) -> list[str]:
    """The tail: what commands and the case row know to have happened must be there."""
    if file.row is None:
        return [f"{file.name}：有事件而无事项行"]
    stands, reached = file.row["version"], len(file.events)
    promised = max([stands, *(command["to_version"] for command in file.commands)])
    if reached < promised:
        return [f"{file.name}：末尾事件缺失，应到第 {promised} 版，只有 {reached} 版"]
    if reached > stands:
        return [f"{file.name}：事项行停在第 {stands} 版，事件已到第 {reached} 版"]
    if file.row["head"] != head:
        return [f"{file.name}：事项行的链头与最后一条事件不符"]
    return []


def _fold_faults(file: File) -> list[str]:
    try:
        return [f"{file.name}：事项行的 {column} 与事件折叠的结果不符" for column in file.differences(file.refolded())]
    except UNREADABLE as error:
        return [f"{file.name}：事件无法折叠（{type(error).__name__}）"]
