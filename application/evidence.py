"""Files: brought by a person, named by their content, and given only to whom they concern."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from application.caller import Caller
from application.declined import Declined
from application.house import House
from application.look import Look, Which, reads
from application.shapes.evidence import EvidenceShape
from domain.rules.form import SHA256
from domain.rules.refusal import Code, Refusal
from ledger.read import evidence
from ledger.read.evidence import KeptFile

SIZE_BYTES_MAX = evidence.SIZE_BYTES_MAX
TOO_LARGE = Refusal(Code.BODY_TOO_LARGE, f"内容过大，最多 {SIZE_BYTES_MAX // 2**20} MiB")
UNSUPPORTED = Refusal(Code.UNSUPPORTED_TYPE, "只接受图片（PNG、JPEG、WebP）、PDF 和 MP4")
NOT_KEPT = Refusal(Code.STORAGE_UNAVAILABLE, "附件暂时无法保存，请稍后重试")
DAMAGED = Refusal(Code.EVIDENCE_DAMAGED, "这个附件已损坏或缺失，已记录，请联系管理员")
UNKNOWN = Refusal(Code.UNKNOWN_EVIDENCE, "没有这个附件")  # also for one that the caller may not read

log = structlog.get_logger("evidence")


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A file on disk that is, byte for byte, what was uploaded; `type`: its media type."""

    path: Path
    sha256: str
    type: str


async def keep(house: House, caller: Caller, chunks: AsyncIterator[bytes]) -> EvidenceShape:
    """Keep a picture (PNG, JPEG, WebP), PDF or MP4 of at most 20 MiB as the caller's. Raises Declined."""
    try:
        kept = await evidence.keep(house.ledger.writers, house.evidence_dir, chunks, caller.person)
    except evidence.TooLarge:
        raise Declined(TOO_LARGE) from None
    except evidence.UnsupportedType:
        raise Declined(UNSUPPORTED) from None
    except evidence.NotKept:
        raise Declined(NOT_KEPT) from None
    return EvidenceShape(sha256=kept.sha256, size=kept.size, type=kept.type)


async def own_file(house: House, caller: Caller, sha256: str) -> WholeFile:
    """A file that the caller has uploaded. Raises Declined."""
    _check(sha256)
    async with house.ledger.reading() as connection:
        kept = await evidence.find(connection, sha256, caller.person)
    return await _whole(house, kept)


async def case_file(house: House, caller: Caller, which: Which, sha256: str) -> WholeFile:
    """A file that the case's history names, for everybody who may see the case. Raises Declined."""
    _check(sha256)
    try:
        kept = await _named(house, caller, which, sha256)
    except Declined:
        raise Declined(UNKNOWN) from None
    return await _whole(house, kept)


@reads("evidence", inside=True)
async def _named(look: Look, sha256: str) -> KeptFile:
    library = look.house.ledger.library
    named = await evidence.named(look.connection, library, look.case_id, look.case.version, sha256)
    kept = await evidence.find(look.connection, sha256) if named else None
    if kept is None:
        raise Declined(UNKNOWN)
    return kept


async def _whole(house: House, kept: KeptFile | None) -> WholeFile:
    """The file, looked through before its first byte is given."""
    if kept is None:
        raise Declined(UNKNOWN)
    if fault := await evidence.fault(house.evidence_dir, kept):
        log.error("evidence damaged", sha256=kept.sha256, fault=fault)
        raise Declined(DAMAGED)
    return WholeFile(evidence.place(house.evidence_dir, kept.sha256), kept.sha256, kept.type)


def _check(sha256: str) -> None:
    if not SHA256.fullmatch(sha256):
        raise Declined(UNKNOWN)
