"""Where a page ended: the sort key of its last row, as an opaque word that callers hand back."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.days.instant import Instant, utc


class Cursor(NamedTuple):
    """The last row's due date (None: it had none; such rows come last) and id."""

    due_at: Instant | None
    id: UUID

    def __str__(self) -> str:
        due = utc(self.due_at).isoformat() if self.due_at else None
        return urlsafe_b64encode(json.dumps([due, self.id.hex]).encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """The cursor that was written as `text`. Raises ValueError."""
        try:
            due, identity = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            return cls(utc(datetime.fromisoformat(due)) if due else None, UUID(identity))
        except (NotBase64, TypeError, AttributeError, OverflowError, RecursionError, ValueError):
            raise ValueError("翻页位置无效") from None
