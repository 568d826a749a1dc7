"""An answer that has begun, each fragment of it within its time.

Owns the limit between two chunks and what counts against the total one: the time that a reader
takes for a fragment is the reader's, not the model's.
"""

from collections.abc import AsyncIterator
from typing import Final

import trio
from attrs import define

from robi.brain.base import Fragment
from robi.errors import BrainTimeout

_NO_FURTHER_CHUNK: Final = "no further chunk within the limit"


@define
class Budget:
    """The time of one answer, in seconds of trio's clock and in seconds.

    `deadline` is when it has to be there, moved on while its reader is not ready for more; `gap_s`
    is the longest wait between two fragments, `waited_s` how long the question stood in line.
    """

    deadline: float
    gap_s: float
    waited_s: float = 0.0


class Watched:
    """The fragments of one call, each within the limit between chunks and the total one."""

    def __init__(
        self, first: Fragment | None, upstream: AsyncIterator[Fragment], budget: Budget
    ) -> None:
        self._first = first
        self._upstream = upstream
        self._budget = budget
        self._handed_at = trio.current_time()
        self._ended = first is None

    def __aiter__(self) -> "Watched":
        return self

    async def __anext__(self) -> Fragment:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        if self._ended:
            raise StopAsyncIteration
        now = trio.current_time()
        self._budget.deadline += now - self._handed_at
        # Whatever ends this `__anext__` other than a fragment ends the iteration: a brain that was
        # cancelled in mid-read has lost its place.
        self._ended = True
        with trio.move_on_at(min(now + self._budget.gap_s, self._budget.deadline)):
            fragment = await anext(self._upstream)
            self._ended = False
            self._handed_at = trio.current_time()
            return fragment
        raise BrainTimeout(_NO_FURTHER_CHUNK)
