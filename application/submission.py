"""One write as it was sent: the key that makes it one and the same, however often it arrives."""

from dataclasses import dataclass
from uuid import UUID

from application.caller import Caller
from ledger.registrar.request import callers_id, request_hash


@dataclass(frozen=True, slots=True)
class Submission:
    """`key`: the caller's own for this write. What a repeat under it must match: by which `channel` it came (a method,
    or the command line), to what `target` (a path, a case), and the `body` that was sent.
    """

    key: str
    channel: str
    target: str
    body: bytes

    def command_id(self, caller: Caller) -> UUID:
        """The same for the same person and key, whatever is asked."""
        return callers_id(caller.person, self.key)

    def hash(self, caller: Caller) -> bytes:
        """What a repeat under the same key must match; the hat is part of it."""
        return request_hash(self.channel, self.target, str(caller.hat), self.body)
