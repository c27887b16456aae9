"""The keeper of one case."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities import wire
    from domain.watch import Watch
from workflows import registrar

PAUSE_MIN = timedelta(milliseconds=250)
PAUSE_MAX = timedelta(seconds=30)


@workflow.defn(name=wire.CASE)
class CaseWorkflow:
    """Wakes one case whenever its time comes. Knows when, never what."""

    @workflow.init
    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.pause = timedelta(0)  # before the next look: grows while an answer stays the same

    @workflow.run
    async def run(self, _: Watch) -> None:
        """Ends when nothing is left to wake for; the relay starts another keeper should that change."""
        while self.watch.wake_at is not None:
            try:
                if await self._time_comes():
                    await self._wake()
                if workflow.info().is_continue_as_new_suggested():
                    await workflow.wait_condition(workflow.all_handlers_finished)
                    workflow.continue_as_new(self.watch)
            except (FailureError, asyncio.CancelledError):
                # Whatever left this loop would leave the case without a keeper: only termination ends one.
                workflow.logger.warning("the keeper carries on")
                self._slow_down()

    @workflow.signal(name=wire.MOVED)
    def moved(self, watch: Watch) -> None:
        """The relay's news of a case that changed when it must be woken."""
        if watch.version > self.watch.version:  # late news changes nothing
            self._move(watch)

    async def _time_comes(self) -> bool:
        """Sleep until it is time to look; False when the case moved or the history has grown long."""
        watch, info = self.watch, workflow.info()
        assert watch.wake_at is not None
        try:
            await workflow.wait_condition(
                lambda: self.watch is not watch or info.is_continue_as_new_suggested(),
                timeout=max(watch.wake_at - workflow.now(), self.pause, timedelta(milliseconds=1)),
            )
        except TimeoutError:
            return True
        return False

    async def _wake(self) -> None:
        asked = self.watch
        answer = await registrar.wake(asked.case_id)
        if answer == asked:
            self._slow_down()  # the clocks differ: no hot loop
        elif self.watch is asked or answer.version > self.watch.version:
            self._move(answer)

    def _move(self, watch: Watch) -> None:
        self.watch, self.pause = watch, timedelta(0)

    def _slow_down(self) -> None:
        self.pause = min(max(self.pause * 2, PAUSE_MIN), PAUSE_MAX)
