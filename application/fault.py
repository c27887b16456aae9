"""What goes wrong beneath the application, as a refusal: for surfaces that know no database."""

import asyncpg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from application.declined import Declined
from domain.rules.refusal import Code, Refusal
from ledger.registers.division import RegisterFault
from ledger.registrar.request import LedgerUnavailable, PoisonedCase
from ledger.store.connection import LOST

UNREACHABLE = (*LOST, LedgerUnavailable)
WORDS_LENGTH_MAX = 300


def fault_of(error: Exception) -> Refusal | None:
    """What an exception of the application comes to; None: nobody expected it."""
    match error:
        case Declined():
            return error.refusal
        case RegisterFault():
            return Refusal(Code.INVALID_FIELDS, str(error))
        case PoisonedCase():
            return Refusal(Code.CASE_UNREADABLE, f"这个事项读不出来：{error}")
    cause = _cause(error)
    if isinstance(cause, asyncpg.UndefinedTableError):
        return Refusal(Code.LEDGER_UNAVAILABLE, "数据库里还没有建立结构")
    if isinstance(error, UNREACHABLE):
        return Refusal(Code.LEDGER_UNAVAILABLE, f"连不上数据库（{str(error)[:WORDS_LENGTH_MAX]}）")
    if isinstance(error, asyncpg.PostgresError | SQLAlchemyError):
        return Refusal(Code.INTERNAL, f"数据库没有接受：{str(error)[:WORDS_LENGTH_MAX]}")
    return None


def _cause(error: Exception) -> BaseException:
    """What the driver said, also where SQLAlchemy has wrapped it."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig.__cause__ or error.orig
    return error
