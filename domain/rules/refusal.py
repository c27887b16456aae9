"""Refusals: why something did not happen, as a value with a code that programs may rely on.

A code is kept with its ruling for ever and never renamed; which HTTP status each has, api.py knows.
"""

from dataclasses import dataclass
from enum import StrEnum, auto


class Code(StrEnum):
    """Every code there is. A refusal's words are for people and may change; its code does not."""

    # What was sent cannot be read or taken.
    MALFORMED_JSON = auto()
    BAD_IDEMPOTENCY_KEY = auto()
    IDEMPOTENCY_CONFLICT = auto()
    INVALID_BODY = auto()
    INVALID_QUERY = auto()
    INVALID_FIELDS = auto()
    BODY_TOO_LARGE = auto()
    UNSUPPORTED_TYPE = auto()
    REQUEST_TIMEOUT = auto()
    METHOD_NOT_ALLOWED = auto()
    NOT_FOUND = auto()
    CROSS_SITE = auto()
    # Who asks, and whether he or she may.
    NO_TOKEN = auto()
    BAD_TOKEN = auto()
    POST_OVER = auto()
    DELEGATION_OVER = auto()
    DIVISION_OUTSIDE_SCOPE = auto()
    CASE_OUTSIDE_SCOPE = auto()
    HAT_NOT_ALLOWED = auto()
    SAME_PERSON = auto()
    PERSON_RECUSED = auto()
    NOT_PUBLIC = auto()
    REPORTER_NOT_REVEALED = auto()
    # What is asked about is not there.
    UNKNOWN_CASE = auto()
    UNKNOWN_ACTION = auto()
    UNKNOWN_VERSION = auto()
    UNKNOWN_CLOCK = auto()
    UNKNOWN_EVIDENCE = auto()
    UNKNOWN_DOCUMENT = auto()
    UNKNOWN_HOUSEHOLD = auto()
    UNKNOWN_PROCEDURE = auto()
    UNKNOWN_DIVISION = auto()
    # The case stands otherwise.
    VERSION_CONFLICT = auto()
    ACTION_NOT_ALLOWED_IN_STAGE = auto()
    CASE_CLOSED = auto()
    CASE_ON_HOLD = auto()
    NOT_ON_HOLD = auto()
    CLOSING_GATE = auto()
    REQUIREMENT_NOT_MET = auto()
    DONE_ALREADY = auto()
    NOTHING_TO_SETTLE = auto()
    NOTHING_TO_PAUSE = auto()
    WINDOW_CLOSED = auto()
    WINDOW_STILL_OPEN = auto()
    WINDOW_OVER = auto()
    ALREADY_ASKED = auto()
    EXTENSION_TOO_LATE = auto()
    EXTENSION_USED_UP = auto()
    CLOCK_NOT_RUNNING = auto()
    SAME_UNIT = auto()
    UNIT_ELSEWHERE = auto()
    OTHER_CASE_CLOSED = auto()
    HAS_SOURCES = auto()
    SEALED_ELSEWHERE = auto()
    NOT_CORRECTABLE = auto()
    REVOTE_NEEDED = auto()
    NO_HOLDER = auto()
    NO_STAGE = auto()
    OCCURRED_IN_FUTURE = auto()
    # Other rules, and matters of other systems.
    STAGE_GONE = auto()
    ITEM_GONE = auto()
    NOT_FOR_IMPORT = auto()
    OUT_OF_ORDER = auto()
    DOCUMENT_IN_PAST = auto()
    # The house itself.
    INTERNAL = auto()
    CASE_UNREADABLE = auto()
    EVIDENCE_DAMAGED = auto()
    LEDGER_UNAVAILABLE = auto()
    STORAGE_UNAVAILABLE = auto()


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field of a form: its name, a stable code, and words for the person."""

    name: str
    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command that the domain declines. `words` are Chinese, for the person who asked."""

    code: Code
    words: str
    errors: tuple[FieldProblem, ...] = ()


def invalid_fields(problems: tuple[FieldProblem, ...]) -> Refusal:
    """The refusal of a form; its words name the first five problems."""
    return Refusal(Code.INVALID_FIELDS, "；".join(problem.words for problem in problems[:5]), problems)
