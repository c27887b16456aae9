"""A case as it stood."""

from application.answering import answering
from application.declined import Declined
from application.look import Look, reads
from application.shapes.case import ReplayShape
from domain.case.view import present
from domain.days.instant import Instant
from domain.rules.refusal import Code, Refusal
from ledger.read.history import replayed

ONE_OF_TWO = Refusal(Code.INVALID_QUERY, "请给出 version 或 at 其中之一")
UNKNOWN_VERSION = Refusal(Code.UNKNOWN_VERSION, "事项当时还没有这一版")


async def stood(look: Look, version: int | None = None, at: Instant | None = None) -> ReplayShape:
    """The case as of a version, or as recorded by an instant; one of the two. By an instant, also who answered then."""
    if (version is None) == (at is None):
        raise Declined(ONE_OF_TWO)
    case = await replayed(look.connection, look.case_id, version, at)
    if case is None:
        raise Declined(UNKNOWN_VERSION)
    look.earlier.append(case)
    who = await answering(look, case, at) if at else {}
    return ReplayShape.model_validate({**present(str(look.case_id), case), **who})


replay = reads("replay", inside=True)(stood)
