"""The registrar's activities as workflows call them: names, types and patience in one place."""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities import wire
    from domain.watch import Watch

# An attempt outlives the registrar's patience; a lost one is repeated for ever, its ids make that harmless.
ATTEMPT_WITHIN = timedelta(seconds=10)
ROUND_WITHIN = timedelta(minutes=5)
RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    backoff_coefficient=2,
    maximum_interval=timedelta(seconds=10),
)


async def wake(case_id: str) -> Watch:
    """Let happen what is due on a case; when to look again."""
    watch: Watch = await workflow.execute_activity(
        wire.WAKE, case_id, result_type=Watch, start_to_close_timeout=ATTEMPT_WITHIN, retry_policy=RETRY
    )
    return watch


async def open_case(opening: Any) -> wire.Opened:
    """Open a case under the hat of an integration; refusals are values."""
    opened: wire.Opened = await workflow.execute_activity(
        wire.OPEN, opening, result_type=wire.Opened, start_to_close_timeout=ATTEMPT_WITHIN, retry_policy=RETRY
    )
    return opened


async def open_round(round_id: str) -> int:
    """Open whatever is due of a round; how many cases stand for it now that did not before."""
    opened: int = await workflow.execute_activity(
        wire.OPEN_ROUND, round_id, result_type=int, start_to_close_timeout=ROUND_WITHIN, retry_policy=RETRY
    )
    return opened
