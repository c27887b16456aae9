"""How the application says no: one exception, which carries a refusal of the domain."""

from domain.rules.refusal import Code, Refusal

# One answer for what is not there and for what is not the caller's: only the ledger knows the difference.
UNKNOWN_CASE = Refusal(Code.UNKNOWN_CASE, "没有这个事项")


class Declined(Exception):
    """What was asked is refused. Whoever asked on a person's behalf shows the refusal's words."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.words)
        self.refusal = refusal
