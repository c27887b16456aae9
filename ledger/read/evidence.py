"""Evidence: files kept by their content's hash, so that one file is kept once and none can be exchanged."""

import asyncio
import hashlib
import json
import os
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.case.evidence import files
from ledger.store.connection import Connection, Writers
from ledger.store.keyset import each_row
from ledger.store.library import Library
from ledger.store.table import event, evidence
from ledger.store.table import upload as uploads

SIZE_BYTES_MAX = 20 * 2**20
HEAD_BYTES = 16
CHUNK_BYTES = 2**20
# One answer for all: whether the bytes were known before, through somebody else, is nobody's business.
KEEP = """
with kept as (insert into evidence (sha256, size, type) values ($1, $2, $3) on conflict do nothing)
insert into upload (sha256, person) values ($1, $4) on conflict do nothing
"""
# Every file on register.
FILES = "select sha256, size, type from evidence where sha256 > $1 order by sha256 limit $2"
RULES = ("CaseOpened", "ProcedureChanged")  # the events that say under which procedure the case goes on


class UnsupportedType(Exception):
    """A file that is none of the kinds that count as evidence, whatever it calls itself."""


class NotKept(Exception):
    """The disk did not take the file."""


class TooLarge(Exception):
    """A file of more than SIZE_BYTES_MAX."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A kept file: sha256 in hex, size in bytes, media type."""

    sha256: str
    size: int
    type: str


def sniff(head: bytes) -> str | None:
    """The media type that the first bytes show; None for anything else than pictures, PDF and MP4."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    return "video/mp4" if head[4:8] == b"ftyp" else None


def place(directory: Path, sha256: str) -> Path:
    """Where a file is kept."""
    return directory / sha256[:2] / sha256


async def keep(writers: Writers, directory: Path, chunks: AsyncIterator[bytes], person: str) -> KeptFile:
    """Keep what `chunks` bring as this person's: on disk, then in the registers.

    Raises UnsupportedType, TooLarge, NotKept.
    """
    try:
        kept = await _on_disk(directory, chunks)
    except OSError as error:
        raise NotKept(str(error)) from error
    await writers.fetch(KEEP, kept.sha256, kept.size, kept.type, person)
    return kept


async def _on_disk(directory: Path, chunks: AsyncIterator[bytes]) -> KeptFile:
    file = await asyncio.to_thread(_begin, directory)
    try:
        with file:
            kept = await _receive(file, chunks)
            await asyncio.to_thread(_settle, file, place(directory, kept.sha256))
    finally:
        await asyncio.to_thread(Path(file.name).unlink, missing_ok=True)
    return kept


async def find(connection: AsyncConnection, sha256: str, person: str | None = None) -> KeptFile | None:
    """What the register says of a file; with `person`, only if that person has uploaded it."""
    columns = evidence.c.sha256, evidence.c.size, evidence.c.type
    query = select(*columns).where(evidence.c.sha256 == sha256)
    if person is not None:
        query = query.where(select(uploads).where(uploads.c.sha256 == sha256, uploads.c.person == person).exists())
    row = (await connection.execute(query)).first()
    return KeptFile(*row) if row else None


async def named(connection: AsyncConnection, library: Library, case_id: UUID, version: int, sha256: str) -> bool:
    """Whether one of the case's events up to `version`, as whoever asks was found to see it, names this file where a
    form asks for files.

    A text is no name, though it be the hash alone: or whoever knows a hash could write it down and read the file.
    """
    # A hash is the same in every way of writing JSON, so a search in the text only leaves out what cannot name it.
    telling = or_(func.strpos(event.c.body, sha256) > 0, event.c.name.in_(RULES))
    query = (
        select(event.c.name, event.c.body)
        .where(event.c.case_id == case_id, event.c.version <= version, telling)
        .order_by(event.c.version)
    )
    procedure = None
    for name, body in (await connection.execute(query)).all():
        said = json.loads(body)
        if name in RULES:
            procedure = await library.procedure(said["procedure"]["sha256"])
        item = said.get("item")
        parts = [said.get("fields"), said.get("answer"), item.get("data") if isinstance(item, dict) else None]
        if procedure and any(sha256 in files(procedure, part) for part in parts if isinstance(part, dict)):
            return True
    return False


async def fault(directory: Path, kept: KeptFile) -> str | None:
    """What is wrong with the file on disk: its words, or None when it is, byte for byte, what was uploaded."""
    return await asyncio.to_thread(_fault, place(directory, kept.sha256), kept)


async def verify(connection: Connection, directory: Path) -> AsyncIterator[str]:
    """Every file on register that is missing or damaged, in Chinese. Reads all of them, changes nothing."""
    async for row in each_row(connection, FILES, key="sha256", first=""):
        if words := await fault(directory, KeptFile(row["sha256"], row["size"], row["type"])):
            yield f"附件 {row['sha256']}：{words}"


def _fault(path: Path, kept: KeptFile) -> str | None:
    hasher, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                hasher.update(chunk)
                size += len(chunk)
    except FileNotFoundError:
        return "文件缺失"
    except OSError as error:
        return f"文件读不出来（{error.strerror}）"
    if size != kept.size:
        return f"文件大小应为 {kept.size} 字节，实为 {size} 字节"
    return None if hasher.hexdigest() == kept.sha256 else "文件内容与其 sha256 不符"


async def _receive(file: IO[bytes], chunks: AsyncIterator[bytes]) -> KeptFile:
    hasher, size, head = hashlib.sha256(), 0, b""
    async for chunk in chunks:
        size += len(chunk)
        if size > SIZE_BYTES_MAX:
            raise TooLarge
        head = head if len(head) >= HEAD_BYTES else head + chunk[:HEAD_BYTES]
        if len(head) >= HEAD_BYTES and sniff(head) is None:
            raise UnsupportedType
        hasher.update(chunk)
        await asyncio.to_thread(file.write, chunk)
    kind = sniff(head)
    if kind is None:
        raise UnsupportedType
    return KeptFile(hasher.hexdigest(), size, kind)


def _begin(directory: Path) -> IO[bytes]:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return tempfile.NamedTemporaryFile(dir=directory, prefix="incoming-", delete=False)


def _settle(file: IO[bytes], target: Path) -> None:
    """Durable under its name before anybody is told."""
    file.flush()
    os.fsync(file.fileno())
    target.parent.mkdir(mode=0o700, exist_ok=True)
    Path(file.name).replace(target)
    for directory in (target.parent, target.parent.parent):
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
