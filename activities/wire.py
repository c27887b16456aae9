"""What crosses Temporal: the names that any client may use, and the values they carry. No personal data."""

from dataclasses import dataclass

TASK_QUEUE = "bihuan"

CASE = "Case"  # workflow: input Watch, workflow id = case id
MOVED = "moved"  # its signal: input Watch
INTAKE = "Intake"  # workflow: input like activities.registrar.Opening, result Opened
ROUND = "Round"  # workflow: input the round's id, result how many cases it opened

WAKE = "registrar.wake"  # activity: case id → Watch
OPEN = "registrar.open"  # activity: opening → Opened
OPEN_ROUND = "round.open"  # activity: the round's id → how many cases it opened

PROCEDURE = "BihuanProcedure"  # search attributes, keywords
DIVISION = "BihuanDivision"

POISONED = "PoisonedCase"  # failure types
UNAVAILABLE = "LedgerUnavailable"


@dataclass(frozen=True, slots=True)
class Opened:
    """How an opening was ruled. `outcome`: "opened", or a stable refusal code with `detail` for a person.

    Refused: `case_id` and `number` are None.
    """

    outcome: str
    case_id: str | None = None
    number: str | None = None
    version: int = 0
    detail: str | None = None
