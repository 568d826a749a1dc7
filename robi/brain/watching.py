"""An answer that has begun, each fragment of it within its time.

Owns the limit between two chunks, and the total one from the first fragment on. That holds whatever
is done with the fragments meanwhile: it is what a person waits, and a model that never ends would
else be heard for as long as it takes to read.

A scope with a deadline around each wait is a tenth of what a chunk costs
(docs/decisions/0018-the-way-of-a-chunk.md). While a `Patrol` walks, a wait only notes until when it
may last, and the patrol cancels the scope of the answer that is late. That is turned into the error
that it is where the fragment was waited for; nobody who does something else is ever cancelled.
"""

from collections.abc import AsyncIterator
from math import inf
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


class Patrol:
    """One task that looks after all waits for a fragment.

    Attributes:
        walks: whether it does; until then each wait has a scope of its own.
        next: when it looks again.
    """

    def __init__(self) -> None:
        """Have nothing to look after, and nobody who does."""
        self.walks = False
        self.next = inf
        self._answers: set[Watched] = set()
        self._pause = trio.CancelScope()

    def add(self, answer: "Watched") -> None:
        """Look after an answer until `remove`."""
        self._answers.add(answer)

    def remove(self, answer: "Watched") -> None:
        """Look after it no more."""
        self._answers.remove(answer)

    def come_by(self, when: float) -> None:
        """Look again at `when`, which is sooner than `next`."""
        self.next = self._pause.deadline = when

    async def walk(self) -> None:
        """Look after answers until cancelled."""
        self.walks = True
        try:
            while True:
                now = trio.current_time()
                for answer in self._answers:
                    answer.cut_if_late(now)
                self.next = min((answer.until for answer in self._answers), default=inf)
                with trio.CancelScope(deadline=self.next) as self._pause:
                    await trio.sleep_forever()
        finally:
            self.walks = False


class Watched:
    """The fragments of one call, each within the limit between chunks and the total one.

    Args:
        first: None where there is not one.
        upstream: those after it.
        time: what it has.
        scope: that of the call, around all that is done with the fragments.
        patrol: to be told of it by the caller.

    Attributes:
        until: how long a wait that the patrol looks after may last; for ever if there is none.
    """

    def __init__(
        self,
        first: Fragment | None,
        upstream: AsyncIterator[Fragment],
        time: Time,
        scope: trio.CancelScope,
        patrol: Patrol,
    ) -> None:
        self._first = first
        self._upstream = upstream
        self._time = time
        self._scope = scope
        self._patrol = patrol
        self._stock = stock_of(upstream)
        self._ended = first is None
        self.until = inf
        self._late = False

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
        until = min(now + self._time.gap_s, deadline)
        if self._patrol.walks:
            fragment = await self._looked_after(until)
        else:
            with trio.CancelScope(deadline=until) as scope:
                fragment = await anext(self._upstream)
            self._late = scope.cancelled_caught
        if self._late:
            raise BrainTimeout(_NO_FURTHER_CHUNK)
        self._ended = False
        return fragment

    async def _looked_after(self, until: float) -> Fragment:
        """Wait for the next, cancelled by the patrol when it does not come in time."""
        self.until = until
        if until < self._patrol.next:
            self._patrol.come_by(until)
        try:
            return await anext(self._upstream)
        except trio.Cancelled:
            if self._late:
                raise BrainTimeout(_NO_FURTHER_CHUNK) from None
            raise
        finally:
            self.until = inf

    def cut_if_late(self, now: float) -> None:
        """End a wait that is too long."""
        if now >= self.until:
            self.until = inf
            self._late = True
            self._scope.cancel()

    @property
    def over(self) -> bool:
        """Whether nothing more has to be waited for."""
        return self._ended or (self._stock is not None and self._stock.over)

    def next_nowait(self) -> Fragment | None:
        """Return the next if it is there, None if it has to be waited for, or none may come.

        What has come already needs no limit.
        """
        if self._first is not None:
            first, self._first = self._first, None
            return first
        if self._ended or self._stock is None or trio.current_time() >= self._time.deadline:
            return None
        return self._stock.next_nowait()
