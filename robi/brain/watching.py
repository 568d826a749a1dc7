"""An answer that has begun, each fragment of it within its time.

Owns the limit between two chunks, and the total one from the first fragment on. That holds whatever
is done with the fragments meanwhile: it is what a person waits, and a model that never ends would
else be heard for as long as it takes to read.
"""

from collections.abc import AsyncIterator
from typing import Final

import trio
from attrs import frozen

from robi.brain.base import Fragment
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
        self._ended = first is None

    def __aiter__(self) -> "Watched":
        return self

    async def __anext__(self) -> Fragment:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        if self._ended:
            raise StopAsyncIteration
        # Whatever ends this `__anext__` other than a fragment ends the iteration: a brain that was
        # cancelled in mid-read has lost its place.
        self._ended = True
        now = trio.current_time()
        if now >= self._time.deadline:  # at full speed nothing waits, where it could be cancelled
            raise BrainTimeout(_NO_END)
        with trio.move_on_at(min(now + self._time.gap_s, self._time.deadline)):
            fragment = await anext(self._upstream)
            self._ended = False
            return fragment
        raise BrainTimeout(_NO_FURTHER_CHUNK)
