"""Cases that could not be read or decided: noted once, until they can."""

from ledger.registrar.request import PoisonedCase
from ledger.store.connection import Writers

# Once for each case, until it is well again.
NOTE = "insert into trouble (case_id, words) values ($1, $2) on conflict (case_id) do nothing returning 1"

WORDS_LENGTH_MAX = 500


async def note(writers: Writers, poisoned: PoisonedCase) -> bool:
    """Note the trouble; False when it was known already."""
    rows = await writers.fetch(
        NOTE,
        poisoned.case_id,
        str(poisoned)[:WORDS_LENGTH_MAX].replace("\0", ""),
    )
    return bool(rows)
