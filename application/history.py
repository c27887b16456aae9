"""What happened to a case."""

from typing import Any

from application.look import Look, reads
from application.shapes.history import HistoryShape
from domain.rules.hat import SUPERVISING
from ledger.read import history as past


async def happened(look: Look) -> HistoryShape:
    """Every event in order; for whoever supervises also the refused attempts, and who read it while it was sealed."""
    connection, case_id = look.connection, look.case_id
    masked = past.hidden(look.case, look.caller.actor)
    found: dict[str, Any] = {"events": await past.history(connection, case_id, look.case.version, masked)}
    if look.caller.hat.role in SUPERVISING:
        await look.trace()  # this read is one of those that it tells
        found["refusals"] = await past.refusals(connection, case_id, masked)
        found["reads"] = await past.reads(connection, case_id, masked)
    return HistoryShape.model_validate(found)


history = reads("history", inside=True)(happened)
