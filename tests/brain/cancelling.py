"""Cancels a question to a brain at a chosen step of its task."""

import trio

from robi.brain.base import Brain, BrainRequest


class CancelAt(trio.abc.Instrument):
    """Cancels `scope` as its task is about to take the step `step`."""

    def __init__(self, step: int) -> None:
        self.left = step
        self.scope = trio.CancelScope()
        self.task = trio.lowlevel.current_task()

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        if task is self.task:
            self.left -= 1
            if self.left == 0:
                self.scope.cancel()


async def ask_and_cancel_at(step: int, brain: Brain, request: BrainRequest) -> bool:
    """Read an answer, with checkpoints between, until the cancel; tell whether it came to that."""
    canceller = CancelAt(step)
    trio.lowlevel.add_instrument(canceller)
    try:
        with canceller.scope:
            async with brain.stream(request) as fragments:
                async for _ in fragments:
                    await trio.lowlevel.checkpoint()
    finally:
        trio.lowlevel.remove_instrument(canceller)
    return canceller.scope.cancelled_caught
