"""What the keeper of a case needs to know of it. Apart, so that workflows load nothing else."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """When to wake a case next (None: nothing will happen by itself), as of which version. No personal data.

    `version` 0 says that the ledger has no such case.
    """

    case_id: str
    version: int
    wake_at: datetime | None
