"""An answer that has begun, each fragment of it within its time.

Owns the limit between two chunks, and the total one from the first fragment on. That holds whatever
is done with the fragments meanwhile: it is what a person waits, and a model that never ends would
else be heard for as long as it takes to read.
"""

from collections.abc import AsyncIterator
from typing import Final

import trio
from attrs import frozen

from robi.brain.base import Fragment, stock_of
from robi.errors import BrainTimeout

_NO_END: Final = "no end within the limit"
_NO_FURTHER_CHUNK: Final = "no further chunk within the limit"


@frozen
class Time:
    """The time of one answer, in seconds of trio's clock and in seconds.

    `deadline` is when it has to be there; `gap_s` is the longest wait between two fragments,
    `waited_s` how long the question stood in line.
    """

    deadline: float
    gap_s: float
    waited_s: float


class Watched:
    """The fragments of one call, each within the limit between chunks and the total one."""

    def __init__(
        self, first: Fragment | None, upstream: AsyncIterator[Fragment], time: Time
    ) -> None:
        self._first = first
        self._upstream = upstream
        self._time = time
        self._stock = stock_of(upstream)
        self._ended = first is None

    def __aiter__(self) -> "Watched":
        return self

    async def __anext__(self) -> Fragment:
        if (there := self.next_nowait()) is not None:
            return there
        if self._ended:
            raise StopAsyncIteration
        # Whatever ends this `__anext__` other than a fragment ends the iteration: a brain that was
        # cancelled in mid-read has lost its place.
        self._ended = True
        now, deadline = trio.current_time(), self._time.deadline
        if now >= deadline:  # at full speed nothing waits, where it could be cancelled
            raise BrainTimeout(_NO_END)
        with trio.CancelScope(deadline=min(now + self._time.gap_s, deadline)):
            fragment = await anext(self._upstream)
            self._ended = False
            return fragment
        raise BrainTimeout(_NO_FURTHER_CHUNK)

    @property
    def over(self) -> bool:
        """Whether nothing more has to be waited for."""
        return self._ended or (self._stock is not None and self._stock.over)

    def next_nowait(self) -> Fragment | None:
        """Return the next if it is there, None if it has to be waited for, or none may come.

        What has come already needs no limit; one costs a third of the way to here.
        """
        if self._first is not None:
            first, self._first = self._first, None
            return first
        if self._ended or self._stock is None or trio.current_time() >= self._time.deadline:
            return None
        return self._stock.next_nowait()
