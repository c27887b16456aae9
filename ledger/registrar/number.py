"""Numbers of sealed cases: each once, and in no order, so that two of them tell nobody how many came in between."""

import hmac
import secrets
from hashlib import sha256

from ledger.store.connection import Connection

FIRST, SPAN = 500_001, 499_999  # six digits; what is open has the numbers below
HALF_BITS, ROUNDS = 10, 6
HALF = (1 << HALF_BITS) - 1
KEY = "select key from sealed_number_key"
# Made by whoever numbers the first sealed case; of two at once one key stands.
MAKE_KEY = "insert into sealed_number_key (key) values ($1) on conflict do nothing"
NEXT = "select nextval('sealed_number')"
KEY_BYTES = 32


async def next_sealed(connection: Connection) -> int:
    """The number of the next sealed case."""
    key = await connection.fetchval(KEY)
    if key is None:
        await connection.execute(MAKE_KEY, secrets.token_bytes(KEY_BYTES))
        key = await connection.fetchval(KEY)
    return scattered(await connection.fetchval(NEXT), key)


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
