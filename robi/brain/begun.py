"""An answer whose first fragment is there.

Owns that it is waited for once. Whoever stands before a brain wants to know whether an answer has
begun: `robi.brain.breaker` to judge the service, `robi.brain.failover` to ask another,
`robi.brain.gate` to lift a limit. Each of them would put an iterator of its own around the answer,
and each later fragment would go through them all, to no end. So the first is taken off once, and
what follows comes from where it is read.
"""

from collections.abc import AsyncIterator

from robi.brain.base import Fragment


class Begun:
    """The fragments of one answer.

    Attributes:
        first: None where there is not one.
        rest: those after the first.
    """

    def __init__(self, first: Fragment | None, rest: AsyncIterator[Fragment]) -> None:
        """Give `first`, and then `rest`."""
        self.first = first
        self.rest = rest
        self._next = first
        self._ended = first is None

    def __aiter__(self) -> "Begun":
        return self

    async def __anext__(self) -> Fragment:
        if self._next is not None:
            first, self._next = self._next, None
            return first
        if self._ended:
            raise StopAsyncIteration
        return await anext(self.rest)


async def wait_begun(fragments: AsyncIterator[Fragment]) -> Begun:
    """Wait for the first of `fragments`, of which none was taken yet.

    Raises:
        BrainError: what comes instead.
    """
    if isinstance(fragments, Begun):
        return fragments
    return Begun(await anext(fragments, None), fragments)
