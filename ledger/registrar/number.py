"""Numbers of sealed cases: each once, and in no order, so that two of them tell nobody how many came in between."""

import hmac
import secrets
from hashlib import sha256

from ledger.store.connection import Connection

FIRST, SPAN = 500_001, 499_999  # six digits; what is open has the numbers below
HALF_BITS, ROUNDS = 10, 6
HALF = (1 << HALF_BITS) - 1
KEY = "sealed_number_key"


async def next_sealed(connection: Connection) -> int:
    """The number of the next sealed case."""
    await connection.execute(
        "insert into setting (name, value) values ($1, $2) on conflict do nothing", KEY, secrets.token_hex(32)
    )
    key = bytes.fromhex(await connection.fetchval("select value from setting where name = $1", KEY))
    return scattered(await connection.fetchval("select nextval('sealed_number')"), key)


def scattered(number: int, key: bytes) -> int:
    """Another number from FIRST on for each of the first SPAN; those after them stay what they are.

    A Feistel network over twenty bits, walked until it falls within the span: every number is taken exactly once.
    """
    place = number - FIRST
    if not 0 <= place < SPAN:
        return number
    while True:
        left, right = place >> HALF_BITS, place & HALF
        for turn in range(ROUNDS):
            mixed = hmac.digest(key, bytes([turn, *right.to_bytes(2)]), sha256)
            left, right = right, left ^ (int.from_bytes(mixed[:2]) & HALF)
        place = left << HALF_BITS | right
        if place < SPAN:
            return FIRST + place
