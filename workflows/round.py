"""Temporal's way of opening a round, beside the worker's own loop."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities import wire
from workflows import registrar


@workflow.defn(name=wire.ROUND)
class RoundWorkflow:
    """Started by a schedule: opens whatever is due of one round. The ledger decides which, if any."""

    @workflow.run
    async def run(self, round_id: str) -> int:
        """How many cases stand for it now that did not before."""
        return await registrar.open_round(round_id)
