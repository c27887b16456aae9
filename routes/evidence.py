"""Evidence: files by their hash. Given back only as downloads, for a picture may pretend to be a page."""

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Path, Request
from pydantic_core import to_json
from starlette.responses import FileResponse

from domain.refusal import Code
from domain.rules.form import SHA256
from ledger.read import evidence
from routes import notice
from routes.actor import Caller
from routes.answer import Answer, Declined
from routes.app_state import AppState, TheAppState
from routes.body import chunks, too_large
from routes.cases import CaseId, visible
from routes.openapi import says
from routes.trace import TheTrace

router = APIRouter(prefix="/api", tags=["附件"])

log = structlog.get_logger("evidence")

ENDINGS = {
    "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "application/pdf": "pdf", "video/mp4": "mp4",
}  # fmt: skip
HEADERS = {"Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "private, immutable"}
Sha256 = Annotated[str, Path()]
BINARY: dict[str, Any] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


@router.post(
    "/evidence",
    summary="上传附件",
    openapi_extra={
        **says("stored", notice.Evidence, "body_too_large request_timeout unsupported_type storage_unavailable"),
        "requestBody": {"required": True, "content": BINARY},
    },
)
async def upload(actor: Caller, request: Request, house: TheAppState) -> Answer:
    """Keep a picture (PNG, JPEG, WebP), PDF or MP4 of at most 20 MiB. Its type is told from its content."""
    limit = evidence.SIZE_BYTES_MAX
    try:
        incoming = chunks(request, limit)
        kept = await evidence.keep(house.ledger.writers, house.evidence_dir, incoming, actor.person)
    except evidence.TooLarge:
        raise too_large(limit) from None
    except evidence.UnsupportedType:
        raise Declined(Code.UNSUPPORTED_TYPE, "只接受图片（PNG、JPEG、WebP）、PDF 和 MP4") from None
    except evidence.NotKept:
        raise Declined(Code.STORAGE_UNAVAILABLE, "附件暂时无法保存，请稍后重试") from None
    return Answer("stored", to_json(kept))


@router.get(
    "/evidence/{sha256}",
    summary="下载自己上传的附件",
    openapi_extra=says("ok", None, "unknown_evidence evidence_damaged"),
)
async def download(actor: Caller, sha256: Sha256, house: TheAppState) -> FileResponse:
    """The file, as a download; only for a person who has uploaded it."""
    async with house.ledger.reading() as connection:
        kept = await evidence.find(connection, sha256, actor.person) if SHA256.fullmatch(sha256) else None
    return await _sent(house, kept)


@router.get(
    "/cases/{case_id}/evidence/{sha256}",
    summary="下载事项的附件",
    openapi_extra=says("ok", None, "unknown_case unknown_evidence evidence_damaged case_unreadable"),
)
async def download_of_case(
    actor: Caller, case_id: CaseId, sha256: Sha256, house: TheAppState, trace: TheTrace
) -> FileResponse:
    """A file that the case's history names, for everybody who may see the case."""
    try:
        case, _ = await visible(trace, actor, case_id, None, inside=True)
    except Declined:
        raise _unknown() from None
    kept = None
    async with house.ledger.reading() as connection:
        library = house.ledger.library
        if SHA256.fullmatch(sha256) and await evidence.named(connection, library, case_id, case.version, sha256):
            kept = await evidence.find(connection, sha256)
    if kept is not None:
        await trace.case(actor, "evidence", case_id, case)
    return await _sent(house, kept)


async def _sent(house: AppState, kept: evidence.KeptFile | None) -> FileResponse:
    """The file, looked through before the first byte goes out. Raises Declined."""
    if kept is None:
        raise _unknown()
    if fault := await evidence.fault(house.evidence_dir, kept):
        log.error("evidence damaged", sha256=kept.sha256, fault=fault)
        raise Declined(Code.EVIDENCE_DAMAGED, "这个附件已损坏或缺失，已记录，请联系管理员")
    path = evidence.place(house.evidence_dir, kept.sha256)
    name = f"{kept.sha256[:16]}.{ENDINGS.get(kept.type, 'bin')}"
    return FileResponse(path, media_type=kept.type, filename=name, headers=HEADERS)


def _unknown() -> Declined:
    """No such file, or none that the caller may read: the same words for both."""
    return Declined(Code.UNKNOWN_EVIDENCE, "没有这个附件")
