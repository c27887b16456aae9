"""Evidence: files kept by the hash of their bytes, and a row for each. A file stands before its row does."""

import asyncio
import hashlib
import os
from pathlib import Path
from secrets import token_hex

from ledger.connection import Writers


async def keep(writers: Writers, folder: Path, data: bytes, kind: str, person: str) -> str:
    """Keep `data` of media type `kind` under `folder`; its sha256 in hex. The first bringer stays named."""
    sha256 = hashlib.sha256(data).hexdigest()
    await asyncio.to_thread(_write, place(folder, sha256), data)
    await writers.fetch(
        "insert into evidence (sha256, size, type, person) values ($1, $2, $3, $4) on conflict do nothing",
        sha256, len(data), kind, person,
    )  # fmt: skip
    return sha256


def place(folder: Path, sha256: str) -> Path:
    """Where the bytes with this hash are."""
    return folder / sha256[:2] / sha256


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, whatever fails meanwhile."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{token_hex(4)}")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
