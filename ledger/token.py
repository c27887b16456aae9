"""Tokens: what a caller shows, bound to one person and one hat. Only their hashes are kept."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from domain.hat import Actor, Hat
from domain.instant import Instant
from ledger.connection import Writers

PREFIX = "bh_"
FINGERPRINT = re.compile(r"[0-9a-f]{12,64}")

TODAY = "(clock_timestamp() at time zone 'Asia/Shanghai')::date"
STANDS_IN = (
    "select from absence a where a.delegate = t.person and a.role = t.role and a.scope = t.scope"
    " and exists (select from hat h where (h.person, h.role, h.scope) = (a.person, a.role, a.scope))"
)


@dataclass(frozen=True, slots=True)
class Issued:
    """A token as the register shows it: `fingerprint` names it and cannot be used in its place."""

    fingerprint: str
    person: str
    name: str
    hat: Hat
    created_at: Instant
    revoked_at: Instant | None


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def create(writers: Writers, person: str, hat: Hat, delegated: bool = False) -> str:
    """A new token for this person under this hat; it is shown once. The person must be in the register.

    `delegated`: it is good only on the days on which the person stands in for somebody absent (the register says).
    """
    token = f"{PREFIX}{secrets.token_urlsafe(32)}"
    await writers.fetch(
        "insert into token (sha256, person, role, scope, delegated) values ($1, $2, $3, $4, $5)",
        _hash(token), person, hat.role, hat.scope, delegated,
    )  # fmt: skip
    return token


async def bearer(writers: Writers, token: str) -> Actor | None:
    """Who shows this token, or None when it is unknown or revoked, or a delegate's outside the days of absence."""
    rows = await writers.fetch(
        "select person, role, scope from token t where sha256 = $1 and revoked_at is null"
        f" and (not delegated or exists ({STANDS_IN} and {TODAY} between from_on and to_on))",
        _hash(token),
    )
    return Actor(rows[0]["person"], Hat(rows[0]["role"], rows[0]["scope"])) if rows else None


async def stands_in(writers: Writers, person: str, hat: Hat) -> bool:
    """Whether this person does not wear the hat, and stands in, now or later, for somebody who does."""
    rows = await writers.fetch(
        f"select from (values ($1, $2, $3)) as t(person, role, scope) where exists ({STANDS_IN} and {TODAY} <= to_on)"
        " and not exists (select from hat where (person, role, scope) = ($1, $2, $3))",
        person, hat.role, hat.scope,
    )  # fmt: skip
    return bool(rows)


async def issued(writers: Writers) -> list[Issued]:
    """Every token ever created, in order of creation."""
    rows = await writers.fetch(
        "select left(encode(t.sha256, 'hex'), 12) as fingerprint, t.*, p.name"
        " from token t join person p on p.id = t.person order by t.created_at, t.sha256"
    )
    return [
        Issued(
            row["fingerprint"], row["person"], row["name"], Hat(row["role"], row["scope"]),
            row["created_at"], row["revoked_at"],
        )
        for row in rows
    ]  # fmt: skip


async def known(writers: Writers, tokens: Iterable[str]) -> dict[str, bool]:
    """Of `tokens`, those that this ledger has issued, and whether each is still good."""
    by_hash = {_hash(token): token for token in tokens}
    rows = await writers.fetch("select sha256, revoked_at from token where sha256 = any($1)", list(by_hash))
    return {by_hash[row["sha256"]]: row["revoked_at"] is None for row in rows}


async def revoke(writers: Writers, which: str) -> int:
    """Revoke the token itself or those whose fingerprint begins with `which`; how many ended by it."""
    prefix = which if FINGERPRINT.fullmatch(which) else _hash(which).hex()
    rows = await writers.fetch(
        "update token set revoked_at = clock_timestamp()"
        " where starts_with(encode(sha256, 'hex'), $1) and revoked_at is null returning 1",
        prefix,
    )
    return len(rows)
