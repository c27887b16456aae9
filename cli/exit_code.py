"""How a command ends, for scripts: refused, not found, unreachable and broken are told apart."""

from enum import IntEnum

from domain.rules.refusal import Code


class ExitCode(IntEnum):
    """What a command ends with. README lists them."""

    DONE = 0
    REFUSED = 1  # the rules, the rights or a check say no
    USAGE = 2  # the command line itself is wrong
    NOT_FOUND = 3  # not there, or not for this hat: the same for both
    UNREACHABLE = 4  # no instance, no database: the same command may do later
    BROKEN = 5  # the house itself: whoever runs it should look


NOT_FOUND = {code for code in Code if code.startswith("unknown_")} | {Code.NOT_FOUND, Code.CASE_OUTSIDE_SCOPE}
UNREACHABLE = {Code.LEDGER_UNAVAILABLE, Code.STORAGE_UNAVAILABLE}
BROKEN = {Code.INTERNAL, Code.CASE_UNREADABLE, Code.EVIDENCE_DAMAGED}


def exit_code(code: Code) -> ExitCode:
    """How a command ends that was refused with this code."""
    if code in NOT_FOUND:
        return ExitCode.NOT_FOUND
    if code in UNREACHABLE:
        return ExitCode.UNREACHABLE
    return ExitCode.BROKEN if code in BROKEN else ExitCode.REFUSED
