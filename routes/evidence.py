"""Evidence: files by their hash. Given back only as downloads, for a picture may pretend to be a page."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic_core import to_json
from starlette.responses import FileResponse

from domain.form import SHA256
from ledger import evidence
from routes import notice
from routes.actor import Caller
from routes.answer import Answer, Declined
from routes.body import chunks, too_large
from routes.document import says
from routes.house import TheHouse

router = APIRouter(prefix="/api/evidence", tags=["附件"])

ENDINGS = {
    "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "application/pdf": "pdf", "video/mp4": "mp4",
}  # fmt: skip
HEADERS = {"Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "private, immutable"}
BINARY: dict[str, Any] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


@router.post(
    "",
    summary="上传附件",
    openapi_extra={
        **says("stored", notice.Evidence, "body_too_large unsupported_type storage_unavailable ledger_unavailable"),
        "requestBody": {"required": True, "content": BINARY},
    },
)
async def upload(actor: Caller, request: Request, house: TheHouse) -> Answer:
    """Keep a picture (PNG, JPEG, WebP), PDF or MP4 of at most 20 MiB. Its type is told from its content."""
    limit = evidence.SIZE_BYTES_MAX
    try:
        incoming = chunks(request, limit)
        kept = await evidence.keep(house.ledger.writers, house.evidence_dir, incoming, actor.person)
    except evidence.TooLarge:
        raise too_large(limit) from None
    except evidence.UnsupportedType:
        raise Declined("unsupported_type", "只接受图片（PNG、JPEG、WebP）、PDF 和 MP4") from None
    except evidence.NotKept:
        raise Declined("storage_unavailable", "附件暂时无法保存，请稍后重试") from None
    return Answer("stored", to_json(kept))


@router.get("/{sha256}", summary="下载附件", openapi_extra=says("ok", None, "unknown_evidence"))
async def download(_: Caller, sha256: Annotated[str, Path()], house: TheHouse) -> FileResponse:
    """The file, as a download."""
    async with house.ledger.reading() as connection:
        kept = await evidence.find(connection, sha256) if SHA256.fullmatch(sha256) else None
    path = evidence.place(house.evidence_dir, sha256)
    if kept is None or not await asyncio.to_thread(path.is_file):
        raise Declined("unknown_evidence", "没有这个附件")
    name = f"{sha256[:16]}.{ENDINGS.get(kept.type, 'bin')}"
    return FileResponse(path, media_type=kept.type, filename=name, headers=HEADERS)
