"""Several brains as one: the next is asked when one is unavailable before its first fragment.

Owns the order (`BRAIN`). It is a `Brain` before `Brain`s, behind the gate: a brain that is not the
last has half of the gate's time for a first chunk, so that the next is heard before the gate gives
up. After the first fragment nothing is begun again, for a robot cannot unsay what it said; what was
blocked is not put to another judge. What a brain cannot hear or see, another may: that too is asked
on.

The scopes are as in `robi.brain.gate`: each attempt has one around it, lifted once its first
fragment is there.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from math import inf
from typing import Final

import structlog
import trio

from robi.brain.base import Brain, BrainRequest, Fragment
from robi.brain.breaker import degraded
from robi.brain.failures import CircuitOpen, worth_asking_another
from robi.errors import BrainError, BrainTimeout

PATIENCE_S: Final = 5.0
"""Within this a brain that is not the last has to bring its first fragment, in seconds."""

PATIENCE_FOR_ALL_S: Final = 15.0
"""Within this it has to bring a whole answer."""

log = structlog.get_logger()


class Failover:
    """A `Brain` that asks several in turn.

    Args:
        brains: one or more, the best first; `aclose` closes them all.
    """

    def __init__(self, brains: Sequence[Brain]) -> None:
        """Stand before `brains`; nobody is asked."""
        self._brains = tuple(brains)

    @property
    def model(self) -> str:
        """The models' names, in their order."""
        return ", ".join(brain.model for brain in self._brains)

    @property
    def degraded(self) -> bool:
        """Whether the service of one of them is left alone."""
        return any(map(degraded, self._brains))

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        """Ask; see `robi.brain.base.Brain.stream`. What the last one raises is raised."""
        for brain, following in pairwise(self._brains):
            opened = False
            failure: BrainError = BrainTimeout("no first chunk")
            try:
                with trio.move_on_after(PATIENCE_S) as attempt:
                    async with brain.stream(request) as fragments:
                        first = await anext(fragments, None)
                        attempt.deadline = inf
                        if attempt.cancel_called:  # It came, but in the instant of the limit.
                            await trio.lowlevel.checkpoint_if_cancelled()
                        opened = True
                        yield _Begun(first, fragments)
                        return
            except BrainError as error:
                if opened or not worth_asking_another(error):
                    raise
                failure = error
            _tell(brain, following, failure)
        async with self._brains[-1].stream(request) as fragments:
            yield fragments

    async def generate(self, request: BrainRequest) -> Fragment:
        """Ask for a whole answer; see `robi.brain.base.Brain.generate`. Raises as `stream` does."""
        for brain, following in pairwise(self._brains):
            failure: BrainError = BrainTimeout("no answer")
            try:
                with trio.move_on_after(PATIENCE_FOR_ALL_S):
                    return await brain.generate(request)
            except BrainError as error:
                if not worth_asking_another(error):
                    raise
                failure = error
            _tell(brain, following, failure)
        return await self._brains[-1].generate(request)

    async def aclose(self) -> None:
        """Close all brains."""
        async with trio.open_nursery() as nursery:
            for brain in self._brains:
                nursery.start_soon(brain.aclose)


class _Begun:
    """The fragments of a call whose first one is there."""

    def __init__(self, first: Fragment | None, rest: AsyncIterator[Fragment]) -> None:
        self._first = first
        self._rest = rest
        self._ended = first is None

    def __aiter__(self) -> "_Begun":
        return self

    async def __anext__(self) -> Fragment:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        if self._ended:
            raise StopAsyncIteration
        return await anext(self._rest)


def _tell(brain: Brain, following: Brain, failure: BrainError) -> None:
    if isinstance(failure, CircuitOpen):  # which the breaker has told, once
        return
    log.warning(
        "next_brain_asked",
        model=brain.model,
        next_model=following.model,
        error_code=failure.error_code,
        details=failure.details,
    )
