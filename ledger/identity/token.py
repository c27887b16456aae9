"""Tokens: what a caller shows, bound to one person and one hat. Only their hashes are kept."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from domain.days.instant import Instant
from domain.rules.hat import ROLE_TITLES, Actor, Hat
from domain.rules.refusal import Code, Refusal
from ledger.store.connection import Writers

KEEP = "insert into token (sha256, person, role, scope, delegated) values ($1, $2, $3, $4, $5)"
# A post that was never on register; one that has ended is not taken up again so.
WEAR = """
insert into hat (person, role, scope) select $1, $2, $3
where not exists (select from hat where (person, role, scope) = ($1, $2, $3)) on conflict do nothing
"""
# Every token, the newest last.
ISSUED = """
select left(encode(t.sha256, 'hex'), 12) as fingerprint, t.*, p.name from token t join person p on p.id = t.person
order by t.created_at, t.sha256
"""
KNOWN = "select sha256, revoked_at from token where sha256 = any($1)"
# By the first digits of its hash.
REVOKE = """
update token set revoked_at = clock_timestamp() where starts_with(encode(sha256, 'hex'), $1) and revoked_at is null
returning 1
"""

PREFIX = "bh_"
FINGERPRINT = re.compile(r"[0-9a-f]{12,64}")
BAD_TOKEN = Refusal(Code.BAD_TOKEN, "令牌无效或已吊销")

# Whoever wears the hat, and whoever stands in for such a person; `day` is today in Shanghai.
IN_FORCE = "h.valid_from <= day and (h.valid_to is null or h.valid_to > day)"
WORN = "from hat h where (h.person, h.role, h.scope) = (t.person, t.role, t.scope)"
STANDS_IN = (
    "from absence a where a.delegate = t.person and a.role = t.role and a.scope = t.scope and a.voided_at is null"
    f" and exists (select from hat h where (h.person, h.role, h.scope) = (a.person, a.role, a.scope) and {IN_FORCE})"
)
BEARER = f"""
select t.person, t.role, t.scope, t.delegated,
  exists (select {WORN} and {IN_FORCE})
    or t.delegated and exists (select {STANDS_IN} and day between a.from_on and a.to_on) as good,
  (select max(h.valid_to) {WORN} and h.valid_to <= day) as ended_on,
  (select a.from_on || ' 至 ' || a.to_on {STANDS_IN} order by a.to_on < day, abs(a.from_on - day) limit 1) as days
from token t, (values (today())) as now(day) where t.sha256 = $1 and t.revoked_at is null
"""
# Whether a person does not wear a hat, and stands in, now or later, for somebody who does.
DELEGATE = f"""
select from (values ($1, $2, $3, today())) as t(person, role, scope, day)
where exists (select {STANDS_IN} and day <= a.to_on) and not exists (select {WORN} and {IN_FORCE})
"""
# Whether a person wore a hat and does so no longer.
OVER = f"""
select from (values ($1, $2, $3, today())) as t(person, role, scope, day)
where exists (select {WORN}) and not exists (select {WORN} and (h.valid_to is null or h.valid_to > day))
"""


@dataclass(frozen=True, slots=True)
class IssuedToken:
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

    It is good while the person wears the hat, which begins today for one who never wore it; with `delegated`, on the
    days on which the person stands in for somebody absent (the register says).
    """
    token = f"{PREFIX}{secrets.token_urlsafe(32)}"
    async with writers.held() as connection, connection.transaction():
        if not delegated:
            await connection.execute(
                WEAR,
                person, hat.role, hat.scope,
            )  # fmt: skip
        await connection.execute(
            KEEP,
            _hash(token), person, hat.role, hat.scope, delegated,
        )  # fmt: skip
    return token


async def bearer(writers: Writers, token: str) -> Actor | Refusal:
    """Who shows this token, or why it is not good: unknown or revoked, its post over, or a delegate's on other days."""
    rows = await writers.fetch(BEARER, _hash(token))
    if not rows:
        return BAD_TOKEN
    row = rows[0]
    if row["good"]:
        return Actor(row["person"], Hat(row["role"], row["scope"]))
    title = ROLE_TITLES[row["role"]]
    if row["delegated"]:
        days = f"代理期限为 {row['days']}，" if row["days"] else f"登记册里没有可代理的{title}，"
        return Refusal(Code.DELEGATION_OVER, f"{days}现在不能以此身份办理")
    ended = f"您的{title}任职已于 {row['ended_on']} 结束" if row["ended_on"] else f"您的{title}任职还没有开始"
    return Refusal(
        Code.POST_OVER, f"{ended}，不能再以此身份办理" if row["ended_on"] else f"{ended}，现在不能以此身份办理"
    )


async def stands_in(writers: Writers, person: str, hat: Hat) -> bool:
    """Whether this person does not wear the hat, and stands in, now or later, for somebody who does."""
    rows = await writers.fetch(
        DELEGATE,
        person, hat.role, hat.scope,
    )  # fmt: skip
    return bool(rows)


async def over(writers: Writers, person: str, hat: Hat) -> bool:
    """Whether this person wore the hat and does so no longer."""
    rows = await writers.fetch(
        OVER,
        person, hat.role, hat.scope,
    )  # fmt: skip
    return bool(rows)


async def issued(writers: Writers) -> list[IssuedToken]:
    """Every token ever created, in order of creation."""
    rows = await writers.fetch(ISSUED)
    return [
        IssuedToken(
            row["fingerprint"], row["person"], row["name"], Hat(row["role"], row["scope"]),
            row["created_at"], row["revoked_at"],
        )
        for row in rows
    ]  # fmt: skip


async def known(writers: Writers, tokens: Iterable[str]) -> dict[str, bool]:
    """Of `tokens`, those that this ledger has issued, and whether each is still good."""
    by_hash = {_hash(token): token for token in tokens}
    rows = await writers.fetch(KNOWN, list(by_hash))
    return {by_hash[row["sha256"]]: row["revoked_at"] is None for row in rows}


async def revoke(writers: Writers, which: str) -> int:
    """Revoke the token itself or those whose fingerprint begins with `which`; how many ended by it."""
    prefix = which if FINGERPRINT.fullmatch(which) else _hash(which).hex()
    rows = await writers.fetch(
        REVOKE,
        prefix,
    )
    return len(rows)
