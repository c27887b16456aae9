"""A door for any Temporal client in any language."""

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities import wire
from workflows import registrar


@workflow.defn(name=wire.INTAKE)
class IntakeWorkflow:
    """Opens a case and returns the ruling. Only the relay starts its keeper."""

    @workflow.run
    async def run(self, opening: Any = None) -> wire.Opened:
        """`opening`: activities.registrar.Opening as JSON; untyped here, to answer a wrong one too."""
        return await registrar.open_case(opening)
