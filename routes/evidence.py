"""Evidence: files by their hash. Given back only as downloads, for a picture may pretend to be a page."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import FileResponse

from application.evidence import SIZE_BYTES_MAX, WholeFile, case_file, keep, own_file
from application.shapes.evidence import EvidenceShape
from routes.actor import TheCaller
from routes.answer import Answer
from routes.body import chunks
from routes.cases import CaseId
from routes.house import TheHouse
from routes.openapi import says

router = APIRouter(prefix="/api", tags=["附件"])

ENDINGS = {
    "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "application/pdf": "pdf", "video/mp4": "mp4",
}  # fmt: skip
HEADERS = {"Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "private, immutable"}
Sha256 = Annotated[str, Path()]
BINARY: dict[str, Any] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
UPLOADED = says("body_too_large request_timeout unsupported_type storage_unavailable", "stored")
UPLOADED["openapi_extra"]["requestBody"] = {"required": True, "content": BINARY}


@router.post("/evidence", summary="上传附件", response_model=EvidenceShape, **UPLOADED)
async def upload(house: TheHouse, caller: TheCaller, request: Request) -> Answer:
    """Keep a picture (PNG, JPEG, WebP), PDF or MP4 of at most 20 MiB. Its type is told from its content."""
    kept = await keep(house, caller, chunks(request, SIZE_BYTES_MAX))
    return Answer("stored", kept.model_dump_json())


@router.get("/evidence/{sha256}", summary="下载自己上传的附件", **says("unknown_evidence evidence_damaged"))
async def download(house: TheHouse, caller: TheCaller, sha256: Sha256) -> FileResponse:
    """The file, as a download; only for a person who has uploaded it."""
    return _sent(await own_file(house, caller, sha256))


@router.get(
    "/cases/{case_id}/evidence/{sha256}",
    summary="下载事项的附件",
    **says("unknown_case unknown_evidence evidence_damaged case_unreadable"),
)
async def download_of_case(house: TheHouse, caller: TheCaller, case_id: CaseId, sha256: Sha256) -> FileResponse:
    """A file that the case's history names, for everybody who may see the case."""
    return _sent(await case_file(house, caller, case_id, sha256))


def _sent(file: WholeFile) -> FileResponse:
    name = f"{file.sha256[:16]}.{ENDINGS.get(file.type, 'bin')}"
    return FileResponse(file.path, media_type=file.type, filename=name, headers=HEADERS)
