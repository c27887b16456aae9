"""Tokens: what a caller shows, bound to one person and one hat. Only their hashes are kept."""

import hashlib
import secrets

from domain.hat import Actor, Hat
from ledger.connection import Writers


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def create(writers: Writers, person: str, hat: Hat) -> str:
    """A new token for this person under this hat; it is shown once. The person must be in the register."""
    token = f"bh_{secrets.token_urlsafe(32)}"
    await writers.fetch(
        "insert into token (sha256, person, role, scope) values ($1, $2, $3, $4)",
        _hash(token),
        person,
        hat.role,
        hat.scope,
    )
    return token


async def bearer(writers: Writers, token: str) -> Actor | None:
    """Who shows this token, or None when it is unknown or revoked."""
    rows = await writers.fetch(
        "select person, role, scope from token where sha256 = $1 and revoked_at is null", _hash(token)
    )
    return Actor(rows[0]["person"], Hat(rows[0]["role"], rows[0]["scope"])) if rows else None
