"""What Temporal is measured by: a life whose every step is an update with an activity, and a workflow without work."""

from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow

WRITE = "bench.write"  # activity: Written → None


@dataclass(frozen=True, slots=True)
class Written:
    """One event row to write."""

    case_id: str
    version: int
    leaf: str
    body: str


@workflow.defn(name="BenchLife")
class LifeWorkflow:
    """A life kept by Temporal alone; ends after its last step."""

    def __init__(self) -> None:
        self.done = 0

    @workflow.run
    async def run(self, steps: int) -> None:
        """Wait until `steps` steps are done."""
        await workflow.wait_condition(lambda: self.done >= steps and workflow.all_handlers_finished())

    @workflow.update
    async def step(self, row: Written) -> int:
        """Write the step's event; acknowledged when it is written."""
        await workflow.execute_activity(WRITE, row, start_to_close_timeout=timedelta(seconds=10))
        self.done += 1
        return self.done


@workflow.defn(name="BenchEmpty")
class EmptyWorkflow:
    """Starts and ends."""

    @workflow.run
    async def run(self) -> None:
        """Nothing."""
